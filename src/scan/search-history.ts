import { basename, dirname, join } from 'node:path'
import { type BlobOrigin, commitsOf } from './blob-origins.ts'
import { type HistoryBlob, type HistoryProblem, searchHistory } from './history.ts'
import { type FoundPlaces, newFoundPlaces } from './history-places.ts'
import { holdsHit } from './prefilter/holds-hit.ts'
import { openPrefilter, type Prefilter } from './prefilter/prefilter.ts'
import type { ScanCache } from './scan-cache.ts'
import { keepBuried, report, type Search, searchCopy } from './search.ts'

/** Blobs that are held until one pass over the commits names them all; that pass costs more than the search. */
const HELD_BYTES = 48 * 1024 * 1024

/**
 * Every blob of every repository that was met, once. A blob becomes a copy of a file under each of its last names, for detectors
 * go by names.
 */
export async function searchHistories(search: Search, cache?: ScanCache): Promise<void> {
  const prefilter = openPrefilter()
  for (const repository of await repositoriesMet(search)) await searchOne(repository, prefilter, search, cache)
}

/** A repository, bare or not, has a file `config`, whose name is wanted; git itself asks for the other three. */
async function repositoriesMet({ candidates, context }: Search): Promise<readonly string[]> {
  const { files } = context.system
  const found: string[] = []
  for (const path of candidates) {
    if (basename(path) !== 'config') continue
    const parts = ['HEAD', 'objects', 'refs'].map((name) =>
      files.entry(join(dirname(path), name)).catch(() => undefined),
    )
    if ((await Promise.all(parts)).every((part) => part !== undefined)) found.push(dirname(path))
  }
  return found
}

async function searchOne(
  repository: string,
  prefilter: Prefilter,
  search: Search,
  cache: ScanCache | undefined,
): Promise<void> {
  const environment = search.context.system.processes.environment()
  const hit = (bytes: Uint8Array, from: number, to: number): boolean => holdsHit(prefilter, bytes.subarray(from, to))
  const reach = prefilter.overlap + 1
  const history = searchHistory({ repository, hit, reach, environment, ...(cache === undefined ? {} : { cache }) })
  const found = newFoundPlaces(repository)
  let held: HistoryBlob[] = []
  let bytes = 0
  for await (const blob of history.blobs) {
    held.push(blob)
    bytes += blob.size
    if (bytes < HELD_BYTES) continue
    await searchBlobs(repository, held, found, search, cache)
    held = []
    bytes = 0
  }
  await searchBlobs(repository, held, found, search, cache)
  for (const { place, buried } of found.all()) keepBuried(place, buried, search)
  for (const problem of history.problems) reportProblem(problem, search)
}

async function searchBlobs(
  repository: string,
  blobs: readonly HistoryBlob[],
  found: FoundPlaces,
  search: Search,
  cache: ScanCache | undefined,
): Promise<void> {
  if (blobs.length === 0) return
  const environment = search.context.system.processes.environment()
  const oids = blobs.map(({ oid }) => oid)
  const { origins, problems } = await commitsOf(repository, oids, environment)
  for (const problem of problems) reportProblem(problem, search)
  const byOid = new Map(origins.map((origin) => [origin.oid, origin]))
  for (const { oid, bytes } of blobs) {
    const isAny = await searchBlob(repository, bytes, byOid.get(oid) ?? nameless(oid), found, search)
    if (!isAny) cache?.addBlob(Buffer.from(oid, 'hex'), 0)
  }
}

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
