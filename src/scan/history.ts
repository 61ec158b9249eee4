import { join } from 'node:path'
import { type GitObject, readByGit } from '../system/git-objects.ts'
import {
  looseIn,
  loosePath,
  type ObjectStore,
  type OnUnread,
  openObjectStore,
  type PackName,
  packsIn,
} from '../system/git-store.ts'
import { newInflate } from '../system/inflate.ts'
import { readLoose } from '../system/loose-blobs.ts'
import { type FoundBlob, type Hit, LARGE, type PackResult, searchPack } from '../system/pack-blobs.ts'
import { readPacked } from '../system/packed-object.ts'
import { pause } from '../system/pause.ts'
import { type KeySet, newKeySet } from './key-set.ts'
import type { ScanCache } from './scan-cache.ts'

export interface HistoryBlob {
  readonly oid: string
  /** Bytes. */
  readonly size: number
  readonly bytes: Uint8Array
}

export interface HistoryProblem {
  /** Path of the repository, pack or folder. */
  readonly at: string
  readonly oid?: string
  readonly reason:
    | 'not-a-repository'
    | 'missing'
    | 'corrupt'
    | 'too-large'
    | 'no-git'
    | 'unread'
    | 'partial-clone'
    | 'shallow-clone'
    | 'missing-alternate'
  readonly detail: string
}

export interface HistoryRequest {
  /** Working folder, worktree, `.git` folder or bare repository. */
  readonly repository: string
  /** Folders of objects, or of packs, that are not looked at. */
  readonly leftOut?: readonly string[]
  /** Whether bytes `[from, to)` may hold something. It may say yes too often; more bytes never turn a yes into a no. */
  readonly hit: Hit
  /** What `hit` looks for is never longer than this, in bytes. Without it deltas save no searching. */
  readonly reach?: number
  readonly cache?: ScanCache
  /** Of a blob that an earlier run handed out: whether it need not be handed out again. */
  readonly isJudged?: (oid: string) => boolean
  /** Of git, which is asked for what is damaged or very large; only `PATH` is taken from it. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface HistoryCounts {
  /** Searched in this run: each id once. */
  readonly blobs: number
  readonly bytes: number
  /** Packs that an earlier run had searched to their end. */
  readonly packsKnown: number
}

export interface HistorySearch {
  /** Blobs in which `hit` finds something; each once, unreachable ones included. To be gone through once. */
  readonly blobs: AsyncIterable<HistoryBlob>
  /** Complete when `blobs` has come to its end. */
  readonly counts: HistoryCounts
  readonly problems: readonly HistoryProblem[]
}

/** More than this is longer than any signature together with its field. */
const DEFAULT_REACH = 4096
/** Ids of one run, so that copies in other packs are not searched again. */
const MOST_SEEN = 8_000_000

/**
 * Searches all blobs that a repository holds on this disk. Nothing is fetched, no setting of the repository takes effect, and
 * nothing is written. Problems are reported, and the rest goes on.
 */
export function searchHistory(request: HistoryRequest): HistorySearch {
  const run: Run = {
    request,
    seen: newKeySet(MOST_SEEN),
    handed: newKeySet(MOST_SEEN),
    counts: { blobs: 0, bytes: 0, packsKnown: 0 },
    problems: [],
    left: new Set(),
  }
  return { blobs: searchAll(run), counts: run.counts, problems: run.problems }
}

interface Run {
  readonly request: HistoryRequest
  /** Clean in this run, where no cache keeps it. */
  readonly seen: KeySet
  /** Handed out in this run. */
  readonly handed: KeySet
  readonly counts: { -readonly [Key in keyof HistoryCounts]: HistoryCounts[Key] }
  readonly problems: HistoryProblem[]
  readonly left: Set<string>
}

async function* searchAll(run: Run): AsyncGenerator<HistoryBlob> {
  const { repository } = run.request
  const store = openObjectStore(repository)
  if (store === undefined) {
    run.problems.push({ at: repository, reason: 'not-a-repository', detail: 'there is no git repository here' })
    return
  }
  reportGaps(store, run)
  // Loose ones are listed first: git may move them into a pack meanwhile, never the other way round.
  const onUnread: OnUnread = (at, error) => void run.problems.push({ at, reason: 'unread', detail: detailOf(error) })
  const { leftOut = [] } = run.request
  const folders = store.objectFolders.filter((folder) => !leftOut.includes(folder))
  const loose = folders.map((folder) => ({ folder, oids: looseIn(folder, store.hashBytes, onUnread) }))
  const packs = folders
    .filter((folder) => !leftOut.includes(join(folder, 'pack')))
    .flatMap((folder) => packsIn(folder, onUnread))
  for (const pack of packs) yield* searchOnePack(pack, store, run)
  for (const { folder, oids } of loose) yield* searchLoose(folder, oids, run)
  yield* askGit(store, run)
}

function reportGaps(store: ObjectStore, { problems, request }: Run): void {
  const at = request.repository
  if (store.isPartial)
    problems.push({ at, reason: 'partial-clone', detail: 'blobs that were never fetched are not searched' })
  if (store.isShallow)
    problems.push({ at, reason: 'shallow-clone', detail: 'the history before the oldest commits here is not searched' })
  for (const folder of store.absent)
    problems.push({ at: folder, reason: 'missing-alternate', detail: 'the repository borrows objects from here' })
}

async function* searchOnePack(pack: PackName, store: ObjectStore, run: Run): AsyncGenerator<HistoryBlob> {
  const { cache } = run.request
  const again = cache?.readAgain(pack.identity)
  try {
    if (again === undefined) yield* searchNewPack(pack, store, run)
    else {
      run.counts.packsKnown++
      yield* readAgain(pack, again, store, run)
    }
  } catch (error) {
    run.problems.push({ at: `${pack.path}.pack`, reason: 'unread', detail: detailOf(error) })
  }
}

async function* searchNewPack(pack: PackName, store: ObjectStore, run: Run): AsyncGenerator<HistoryBlob> {
  const { hit, reach = DEFAULT_REACH, cache } = run.request
  const found: string[] = []
  const search = searchPack(pack.path, store.hashBytes, {
    hit,
    reach,
    isNew: (oids, at) => {
      if (isKnown(oids, at, run)) return false
      if (!run.handed.has(oids, at)) return true
      // Of this pack, too, it is to be read again: the other one may be gone by then.
      found.push(Buffer.from(oids.subarray(at, at + store.hashBytes)).toString('hex'))
      return false
    },
    isClean: (oids, at) => markClean(oids, at, run),
  })
  const result = yield* handOut(search, found, run)
  for (const oid of result.left) run.left.add(oid)
  if (result.left.length === 0) cache?.addPack(pack.identity, found)
}

/** Whoever looks closer at a blob and finds nothing in it adds it to the cache; then it is not read again either. */
function* readAgain(pack: PackName, again: readonly string[], store: ObjectStore, run: Run): Generator<HistoryBlob> {
  const { isJudged = () => false } = run.request
  const open = again.filter((oid) => !run.handed.has(Buffer.from(oid, 'hex'), 0) && !isJudged(oid))
  if (open.length === 0) return
  for (const { oid, bytes } of readPacked(pack.path, store.hashBytes, open)) {
    if (bytes === undefined) {
      run.left.add(oid)
      continue
    }
    run.counts.blobs++
    run.counts.bytes += bytes.length
    yield* once({ oid, bytes }, run)
  }
}

function isKnown(oids: Uint8Array, at: number, { request, seen }: Run): boolean {
  return request.cache === undefined ? seen.has(oids, at) : request.cache.hasBlob(oids, at)
}

function markClean(oids: Uint8Array, at: number, { request, seen }: Run): void {
  if (request.cache === undefined) seen.add(oids, at)
  else request.cache.addBlob(oids, at)
}

async function* handOut(
  search: Generator<FoundBlob | undefined, PackResult>,
  found: string[],
  run: Run,
): AsyncGenerator<HistoryBlob, PackResult> {
  for (;;) {
    const next = search.next()
    if (next.done === true) {
      run.counts.blobs += next.value.blobs
      run.counts.bytes += next.value.bytes
      return next.value
    }
    if (next.value === undefined) {
      await pause()
      continue
    }
    found.push(next.value.oid)
    yield* once(next.value, run)
  }
}

function* once({ oid, bytes }: FoundBlob, { handed }: Run): Generator<HistoryBlob> {
  if (handed.add(Buffer.from(oid, 'hex'), 0)) yield { oid, size: bytes.length, bytes }
}

async function* searchLoose(folder: string, oids: readonly string[], run: Run): AsyncGenerator<HistoryBlob> {
  const inflate = newInflate()
  const { hit } = run.request
  for (const [number, oid] of oids.entries()) {
    const key = Buffer.from(oid, 'hex')
    if (isKnown(key, 0, run) || run.handed.has(key, 0)) continue
    if (number % 256 === 255) await pause()
    const object = readLoose(loosePath(folder, oid), inflate)
    if (object.kind === 'left') {
      run.left.add(oid)
      continue
    }
    if (object.kind === 'blob') {
      run.counts.blobs++
      run.counts.bytes += object.bytes.length
    }
    if (object.kind === 'blob' && hit(object.bytes, 0, object.bytes.length)) yield* once({ oid, ...object }, run)
    else markClean(key, 0, run)
  }
}

async function* askGit(store: ObjectStore, run: Run): AsyncGenerator<HistoryBlob> {
  if (run.left.size === 0) return
  const { hit, reach = DEFAULT_REACH, environment } = run.request
  const request = { hit, reach, environment, holdBytes: 2 * LARGE }
  for await (const object of readByGit(store, [...run.left], request)) yield* take(object, run)
}

function* take(object: GitObject, run: Run): Generator<HistoryBlob> {
  if (object.kind === 'problem') {
    const { oid, reason } = object
    // It was there when the repository was listed: git is silent about some kinds of damage, or it has been pruned since.
    const detail = reason === 'missing' ? 'git does not find it, or not whole' : object.detail
    run.problems.push({ at: run.request.repository, oid, reason, detail })
    return
  }
  if (object.kind === 'blob') {
    run.counts.blobs++
    run.counts.bytes += object.size
  }
  if (object.kind === 'blob' && object.found !== undefined) yield* once(object.found, run)
  else markClean(Buffer.from(object.oid, 'hex'), 0, run)
}

function detailOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code !== '') return code === 'EACCES' ? 'permission denied' : `it cannot be read (${code})`
  return error instanceof Error ? error.message : 'it cannot be read'
}
