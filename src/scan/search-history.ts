import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { fileState } from '../system/file-identity.ts'
import { type BegunWalk, beginWalk, refTargets } from '../system/git-commits.ts'
import { readByGit } from '../system/git-objects.ts'
import { openObjectStore } from '../system/git-store.ts'
import { availableParallelism } from '../system/idle-cores.ts'
import { type BlobOrigin, blobsNamed, commitsOf } from './blob-origins.ts'
import { type HistoryBlob, type HistoryProblem, searchHistory } from './history.ts'
import { type FoundPlaces, newFoundPlaces } from './history-places.ts'
import { holdsHit } from './prefilter/holds-hit.ts'
import { openPrefilter, type Prefilter } from './prefilter/prefilter.ts'
import { repositoriesMet } from './repositories.ts'
import type { ScanCache } from './scan-cache.ts'
import { report, type Search } from './search.ts'
import { keepBuried, searchCopy } from './search-copy.ts'

/** Blobs that are held until one pass over the commits names them all; that pass costs more than the search. */
const HELD_BYTES = 48 * 1024 * 1024
/** A file of credentials has a few lines. */
const MOST_NAMED_BYTES = 4 * 1024 * 1024

/**
 * Every blob of every repository that was met, once. A blob becomes a copy of a file under each of its last names, for detectors
 * go by names.
 */
export async function searchHistories(search: Search, cache?: ScanCache): Promise<void> {
  const prefilter = openPrefilter()
  for (const { path, leftOut } of await repositoriesMet(search))
    await searchOne(path, leftOut, prefilter, search, cache)
}

async function searchOne(
  repository: string,
  leftOut: readonly string[],
  prefilter: Prefilter,
  search: Search,
  cache: ScanCache | undefined,
): Promise<void> {
  const environment = search.context.system.processes.environment()
  const hit = (bytes: Uint8Array, from: number, to: number): boolean => holdsHit(prefilter, bytes.subarray(from, to))
  const reach = prefilter.overlap + 1
  const memory = cache === undefined ? undefined : await memoryOf(repository, cache, environment)
  const history = searchHistory({ repository, leftOut, hit, reach, environment, ...memory })
  const found = newFoundPlaces(repository)
  // Git itself follows what the repository borrows.
  const named = leftOut.length > 0 ? Promise.resolve(NONE_NAMED) : startNamed(repository, search, memory)
  named.catch(() => undefined) // awaited below, when the packs are done
  const seen = new Set<string>()
  const names = beginNaming(repository, memory, environment)
  try {
    await searchHits(repository, history.blobs, { found, search, memory, names }, seen)
  } finally {
    names.stop()
  }
  memory?.keep()
  await searchNamed(repository, await named, { seen, found, search })
  for (const { place, buried } of found.all()) keepBuried(place, buried, search)
  for (const problem of history.problems) reportProblem(problem, search)
}

/** `seen` gets the ids of all that had a hit. */
async function searchHits(
  repository: string,
  blobs: AsyncIterable<HistoryBlob>,
  judging: Judging,
  seen: Set<string>,
): Promise<void> {
  let held: HistoryBlob[] = []
  let bytes = 0
  for await (const blob of blobs) {
    held.push(blob)
    seen.add(blob.oid)
    bytes += blob.size
    if (bytes < HELD_BYTES) continue
    await searchBlobs(repository, held, judging)
    held = []
    bytes = 0
  }
  await searchBlobs(repository, held, judging)
}

/**
 * Files that are wanted by their names, whatever stands in them, where a home that is kept in git has them: at the top and below
 * `.config`. Git compares few trees for that, beside the search of the packs; to look for the names everywhere it has to read all
 * trees, which takes as long as the whole search (docs/decisions/0007-sources.md).
 */
function namedPaths({ wanted: { names, suffixes } }: Search): readonly string[] {
  const ends = suffixes.map((suffix) => suffix.replace(/^\//, ''))
  return [...names, ...ends, ...ends.map((end) => `.config/${end}`)]
}

interface NamedBlobs {
  readonly origins: readonly BlobOrigin[]
  readonly done: () => void
}

const NONE_NAMED: NamedBlobs = { origins: [], done: () => undefined }

/** With what the cache is told when nothing is found: that these names were looked for behind these refs. */
async function startNamed(repository: string, search: Search, memory: Memory | undefined): Promise<NamedBlobs> {
  const environment = search.context.system.processes.environment()
  const paths = namedPaths(search)
  if (openObjectStore(repository) === undefined) return NONE_NAMED
  if (memory === undefined) return { origins: await blobsNamed(repository, paths, environment), done: () => undefined }
  const what = paths.join('\0')
  if (memory.isJudged(what)) return NONE_NAMED
  return { origins: await blobsNamed(repository, paths, environment), done: () => memory.addJudged(what) }
}

async function searchNamed(
  repository: string,
  { origins, done }: NamedBlobs,
  { seen, found, search }: { readonly seen: ReadonlySet<string>; readonly found: FoundPlaces; readonly search: Search },
): Promise<void> {
  const store = openObjectStore(repository)
  const open = new Map(origins.filter(({ oid }) => !seen.has(oid)).map((origin) => [origin.oid, origin]))
  if (store === undefined) return
  const environment = search.context.system.processes.environment()
  const request = { hit: () => true, reach: 0, environment, holdBytes: MOST_NAMED_BYTES }
  let isAny = false
  for await (const object of readByGit(store, [...open.keys()], request)) {
    const origin = open.get(object.oid)
    if (object.kind !== 'blob' || object.found === undefined || origin === undefined) continue
    isAny = (await searchBlob(repository, object.found.bytes, origin, found, search)) || isAny
  }
  if (!isAny) done()
}

interface Judging {
  readonly found: FoundPlaces
  readonly search: Search
  readonly memory: Memory | undefined
  readonly names: Naming
}

async function searchBlobs(repository: string, blobs: readonly HistoryBlob[], judging: Judging): Promise<void> {
  const { found, search, memory } = judging
  const originOf = await originsOf(repository, blobs, judging)
  for (const { oid, bytes } of blobs) {
    const isAny = await searchBlob(repository, bytes, originOf(oid), found, search)
    if (!isAny) memory?.addJudged(oid)
  }
}

async function originsOf(
  repository: string,
  blobs: readonly HistoryBlob[],
  { search, memory, names }: Judging,
): Promise<(oid: string) => BlobOrigin> {
  const open = blobs.map(({ oid }) => oid).filter((oid) => memory?.origins.has(oid) !== true)
  const environment = search.context.system.processes.environment()
  const asked = open.length === 0 ? NO_ORIGINS : await commitsOf(repository, open, environment, names.take())
  const { origins, problems } = asked
  for (const problem of problems) reportProblem(problem, search)
  const byOid = new Map(origins.map((origin) => [origin.oid, origin]))
  // What git complained about is told again by the next run.
  if (problems.length === 0) for (const origin of origins) memory?.origins.set(origin.oid, origin)
  return (oid) => memory?.origins.get(oid) ?? byOid.get(oid) ?? nameless(oid)
}

/** Git goes through the commits beside the search of the packs: most histories in which anything is found need it once. */
interface Naming {
  /** For the first who asks. */
  take(): BegunWalk | undefined
  stop(): void
}

function beginNaming(
  repository: string,
  memory: Memory | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Naming {
  const store = openObjectStore(repository)
  // What an earlier run found has its names; without a second processor git would only be in the way.
  const isUseful = store !== undefined && availableParallelism() > 1 && memory?.isSearched !== true
  let begun = isUseful ? beginWalk(store, 'refs', environment) : undefined
  const take = (): BegunWalk | undefined => {
    const taken = begun
    begun = undefined
    return taken
  }
  return { take, stop: () => take()?.stop() }
}

const NO_ORIGINS = { origins: [], problems: [] } as const

/** What the cache knows of one repository. The names of a blob tell who reads it, so all but the search for bytes is bound to them. */
interface Memory {
  readonly cache: ScanCache
  /** By blob. */
  readonly origins: Map<string, BlobOrigin>
  /** An earlier run went through all of it in this state. */
  readonly isSearched: boolean
  readonly isJudged: (what: string) => boolean
  readonly addJudged: (what: string) => void
  readonly keep: () => void
}

async function memoryOf(
  repository: string,
  cache: ScanCache,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Memory | undefined> {
  const store = openObjectStore(repository)
  if (store === undefined) return undefined
  const state = createHash('sha256')
    .update(`${repository}\0`)
    .update(await refTargets(store, environment))
  // Reflogs and the index hold names that no ref leads to.
  for (const name of ['index', join('logs', 'HEAD')]) {
    const { size, mtimeNs, ctimeNs, inode } = fileState(join(repository, name)) ?? NOTHING
    state.update(`${name} ${size} ${mtimeNs} ${ctimeNs} ${inode}\0`)
  }
  const digest = `${createHash('sha256').update(repository).digest('hex')} ${state.digest('hex')}`
  const keyOf = (what: string): Buffer => createHash('sha256').update(`${digest}\0${what}`).digest()
  const origins = new Map(cache.origins(digest))
  const known = origins.size
  return {
    cache,
    origins,
    isSearched: cache.hasBlob(keyOf(SEARCHED), 0),
    isJudged: (what) => cache.hasBlob(keyOf(what), 0),
    addJudged: (what) => cache.addBlob(keyOf(what), 0),
    keep: () => {
      cache.addBlob(keyOf(SEARCHED), 0)
      if (origins.size > known) cache.keepOrigins(digest, [...origins.values()])
    },
  }
}

const SEARCHED = 'all of it'
const NOTHING = { size: 0n, mtimeNs: 0n, ctimeNs: 0n, inode: 0n }

/** One pass over the paths that end differently: `.netrc` tells more than `a.txt`, and a second `.netrc` nothing more. */
async function searchBlob(
  repository: string,
  bytes: Uint8Array,
  origin: BlobOrigin,
  found: FoundPlaces,
  search: Search,
): Promise<boolean> {
  const { oid, commits, paths } = origin
  const ordered = [...commits.map(({ path }) => path), ...paths, ...(paths.length === 0 ? [''] : [])]
  const names = [...new Map(ordered.toReversed().map((path) => [basename(path), path])).values()].toReversed()
  for (const path of names) {
    const shownAs = `${repository}@${oid.slice(0, 10)}${path === '' ? '' : `:${path}`}`
    // As it lay in the working folder: what stands beside it there, keys of a Jenkins, may still open it.
    const working = basename(repository) === '.git' ? dirname(repository) : repository
    const copy = { path: join(working, path || oid), shownAs, fileOf: `${repository}:${path}` }
    const { places, isAny } = await searchCopy(copy, bytes, search)
    for (const place of places) found.add(place, origin)
    if (isAny) return true
  }
  return false
}

function nameless(oid: string): BlobOrigin {
  return { oid, heldBy: 'nothing', paths: [], commits: [] }
}

function reportProblem({ at, oid, reason, detail }: HistoryProblem, search: Search): void {
  const where = oid === undefined ? at : `${at}@${oid.slice(0, 10)}`
  report(search, { at: where, reason: reason === 'too-large' ? 'too-large' : 'unreadable', detail })
}
