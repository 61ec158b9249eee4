import type { Introducing } from '../model/place.ts'
import {
  type BegunWalk,
  beginWalk,
  type Introduction,
  introductionsOf,
  stagedPaths,
  type Walk,
} from '../system/git-commits.ts'
import { openObjectStore } from '../system/git-store.ts'
import type { HistoryProblem } from './history.ts'

/** Where a blob of the history came from. */
export interface BlobOrigin {
  readonly oid: string
  /**
   * What still leads to it: a branch, tag, stash or other ref; only a reflog, so that it goes away by itself; only the index;
   * or nothing, so that `git gc` removes it some day.
   */
  readonly heldBy: 'ref' | 'reflog' | 'index' | 'nothing'
  readonly paths: readonly string[]
  /** Every change that introduced it, oldest first. */
  readonly commits: readonly Introduced[]
}

/** A commit, and its position in the walk: less for a child than for its parents. */
export interface Introduced extends Introducing {
  readonly order: number
}

/**
 * Names and commits of a few blobs, in one pass over the history. Asked only for what was found, since it costs more than the search.
 * `begun`: the walk over the refs, when git is at it already.
 */
export async function commitsOf(
  repository: string,
  oids: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  begun?: BegunWalk,
): Promise<{ readonly origins: readonly BlobOrigin[]; readonly problems: readonly HistoryProblem[] }> {
  const store = openObjectStore(repository)
  const problems: HistoryProblem[] = []
  const met = new Map<string, { walk: Walk; found: Introduction[] }>()
  let staged: ReadonlyMap<string, readonly string[]> = new Map()
  if (store !== undefined && oids.length > 0) {
    for (const walk of ['refs', 'reflogs'] as const) {
      const open = new Set(oids.filter((oid) => !met.has(oid)))
      if (open.size === 0) break
      const git = walk === 'refs' ? begun : undefined
      const changes = (git ?? beginWalk(store, walk, environment)).introductions({ oids: open })
      const complaint = await collect(changes, walk, met)
      if (complaint !== undefined)
        problems.push({ at: repository, reason: 'unread', detail: `its commits: ${complaint}` })
    }
    const open = new Set(oids.filter((oid) => !met.has(oid)))
    if (open.size > 0) staged = await stagedPaths(store, open, environment)
  }
  return { origins: oids.map((oid) => originOf(oid, met.get(oid), staged.get(oid))), problems }
}

async function collect(
  introductions: AsyncGenerator<Introduction, string | undefined>,
  walk: Walk,
  met: Map<string, { walk: Walk; found: Introduction[] }>,
): Promise<string | undefined> {
  for (;;) {
    const next = await introductions.next()
    if (next.done === true) return next.value
    const entry = met.get(next.value.oid) ?? { walk, found: [] }
    met.set(next.value.oid, entry)
    entry.found.push(next.value)
  }
}

function originOf(
  oid: string,
  met: { readonly walk: Walk; readonly found: readonly Introduction[] } | undefined,
  staged: readonly string[] | undefined,
): BlobOrigin {
  const found = met?.found ?? []
  const commits = found
    .map(({ commit, authoredAt, path, order }) => ({ id: commit, authoredAt, path, order }))
    .sort(byAge)
  const paths = [...new Set([...found.map(({ path }) => path), ...(staged ?? [])])].sort()
  const kept = staged === undefined ? 'nothing' : 'index'
  return { oid, paths, commits, heldBy: met === undefined ? kept : met.walk === 'refs' ? 'ref' : 'reflog' }
}

/** Every blob that ever lay under one of the paths, from the root of the repository, in a commit of a ref or of a reflog. */
export async function blobsNamed(
  repository: string,
  paths: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly BlobOrigin[]> {
  const store = openObjectStore(repository)
  const met = new Map<string, { walk: Walk; found: Introduction[] }>()
  // What git complains about here it says again when commits are asked for; the blobs are searched without them.
  if (store !== undefined)
    for (const walk of ['refs', 'reflogs'] as const)
      await collect(introductionsOf(store, { paths }, walk, environment), walk, met)
  return [...met].map(([oid, found]) => originOf(oid, found, undefined))
}

/**
 * Oldest first, by the clocks of the authors: how git orders branches depends on what else there is, and the dates are the same on
 * every clone. A parent comes before its child of the same second.
 */
export function byAge(one: Introduced, other: Introduced): number {
  const [first, second] = [timeOf(one), timeOf(other)]
  if (first !== second) return first - second
  if (one.order !== other.order) return other.order - one.order
  return keyOf(one) === keyOf(other) ? 0 : keyOf(one) < keyOf(other) ? -1 : 1
}

const keyOf = ({ id, path }: Introduced): string => `${id} ${path}`

/** A date that is none comes last. */
function timeOf({ authoredAt }: Introduced): number {
  const time = Date.parse(authoredAt)
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time
}
