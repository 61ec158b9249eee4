import type { Buried, Introducing, Place } from '../model/place.ts'
import { type BlobOrigin, byAge } from './blob-origins.ts'

/** Of commits and of paths: more than a person reads, and few enough that a thousand places fit into one report. */
export const MOST_TOLD = 100

/**
 * Places of a history: the same secret at the same address of the same file is one, however many versions hold it. A file is the
 * same under a new name when a version of it lay unchanged under both. Different secrets stay apart.
 */
export interface FoundPlaces {
  /** One place of one blob, `at` that blob. */
  add(place: Place, origin: BlobOrigin): void
  /** Each as it stands in the oldest blob that holds it, so that its id stays when further versions come. */
  all(): readonly { readonly place: Place; readonly buried: Buried }[]
}

interface Group {
  /** In the oldest blob so far. */
  place: Place
  oldest: BlobOrigin
  /** Shared by all places of a blob. */
  origins: BlobOrigin[]
  /** Under which it is found again. */
  keys: string[]
}

export function newFoundPlaces(repository: string): FoundPlaces {
  const groups = new Map<string, Group>()
  return {
    add: (place, origin) => {
      const paths = origin.paths.length === 0 ? [''] : origin.paths.slice(0, MOST_TOLD)
      const keys = paths.map((path) => [place.consumer, place.address, holderOf(place), path].join('\0'))
      let group: Group = { place, oldest: origin, origins: [origin], keys: [] }
      for (const known of new Set(keys.flatMap((key) => groups.get(key) ?? []))) group = joined(group, known, groups)
      for (const key of keys.filter((one) => groups.get(one) !== group)) {
        groups.set(key, group)
        group.keys.push(key)
      }
    },
    all: () =>
      [...new Set(groups.values())]
        .sort((one, other) => (isOlder(one.oldest, other.oldest) ? -1 : 1))
        .map((group) => ({ place: group.place, buried: buriedOf(group, repository) })),
  }
}

/** A URL that only names a username has no secret to be told by. */
function holderOf({ secret, username }: Place): string {
  return secret?.value?.fingerprint ?? `username ${username?.text ?? ''}`
}

/** The smaller one goes into the larger one, so that none is moved often. */
function joined(one: Group, other: Group, groups: Map<string, Group>): Group {
  const [small, large] = one.origins.length > other.origins.length ? [other, one] : [one, other]
  large.origins.push(...small.origins)
  for (const key of small.keys) groups.set(key, large)
  large.keys.push(...small.keys)
  if (isOlder(small.oldest, large.oldest)) Object.assign(large, { place: small.place, oldest: small.oldest })
  return large
}

/** The same in whatever order the blobs are met. */
function isOlder(one: BlobOrigin, other: BlobOrigin): boolean {
  const [first, second] = [one.commits[0], other.commits[0]]
  if (first === undefined || second === undefined)
    return second === undefined && (first !== undefined || one.oid < other.oid)
  const age = byAge(first, second)
  return age === 0 ? one.oid < other.oid : age < 0
}

const HOLDERS = ['ref', 'reflog', 'index', 'nothing'] as const

function buriedOf({ origins, oldest }: Group, repository: string): Buried {
  const commits = commitsOf(origins)
  const paths = [...new Set(origins.flatMap((origin) => origin.paths))].sort()
  const lastCommit = commits.at(-1)
  return {
    kind: 'history',
    repository,
    oid: oldest.oid,
    versions: origins.length,
    heldBy: HOLDERS.find((holder) => origins.some(({ heldBy }) => heldBy === holder)) ?? 'nothing',
    paths: paths.slice(0, MOST_TOLD),
    pathCount: paths.length,
    commits: commits.slice(0, MOST_TOLD),
    commitCount: commits.length,
    ...(lastCommit === undefined ? {} : { lastCommit }),
  }
}

/** Oldest first; one that brought in several of them stands under the first of their paths. */
function commitsOf(origins: readonly BlobOrigin[]): readonly Introducing[] {
  const found = new Map<string, Introducing>()
  for (const { id, authoredAt, path } of origins.flatMap(({ commits }) => commits).sort(byAge))
    if (!found.has(id)) found.set(id, { id, authoredAt, path })
  return [...found.values()]
}
