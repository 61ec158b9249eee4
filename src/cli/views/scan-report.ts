import { basename, isAbsolute, relative } from 'node:path'
import { groupedBy } from '../../model/grouped-by.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Confidence, Place } from '../../model/place.ts'
import type { SecretKind } from '../../model/secret.ts'

/** A place that an earlier scan found and that a person has seen. */
export interface BaselineEntry {
  readonly id: string
  readonly consumer?: string
  /** Path below its source, or URL. */
  readonly path?: string
  readonly address?: string
  /** Why it may stay. */
  readonly reason?: string
}

/** What became of the places of a baseline. */
export interface BaselineComparison {
  /** As the person named it. */
  readonly file: string
  /** How many of its places were found again; they are not listed. */
  readonly known: number
  /** Those that were not found, in the order of the file. */
  readonly gone: readonly BaselineEntry[]
}

/** What every view of a scan shows: the inventory without the places of the baseline, and what became of those. */
export interface ScanReport {
  readonly inventory: Inventory
  readonly baseline?: BaselineComparison
}

/** All places of one secret. A secret that its holder does not show is a credential of its own. */
export interface CredentialGroup {
  /** `undefined` where the holder does not show the secret. */
  readonly fingerprint: string | undefined
  readonly kind: SecretKind
  readonly usernames: readonly (string | undefined)[]
  readonly places: readonly Place[]
}

/** Credentials in the order in which they were found. */
export function byCredential(places: readonly Place[]): readonly CredentialGroup[] {
  const groups = groupedBy(places, (place) => place.secret?.value?.fingerprint ?? `opaque ${place.id}`)
  return [...groups.values()].map((group) => ({
    fingerprint: group[0]?.secret?.value?.fingerprint,
    kind: group[0]?.secret?.kind ?? 'unknown',
    usernames: [...new Set(group.map((place) => place.username?.text))],
    places: group,
  }))
}

/** What no longer works comes first. */
const RANK: Readonly<Record<SecretKind, number>> = {
  'app-password': 0,
  'account-password': 1,
  'api-token': 2,
  'access-token': 2,
  'oauth-token': 2,
  'oauth-consumer': 2,
  unknown: 3,
}

/** For people: what no longer works first, otherwise in the order in which it was found. */
export function byUrgency(groups: readonly CredentialGroup[]): readonly CredentialGroup[] {
  return [...groups].sort((one, other) => RANK[one.kind] - RANK[other.kind])
}

/** Places that hold a secret. */
export function holding({ places }: Inventory): readonly Place[] {
  return places.filter((place) => place.secret !== undefined)
}

/** Places that only name a username. */
export function pinsOf({ places }: Inventory): readonly Place[] {
  return places.filter((place) => place.secret === undefined)
}

export const levelOf = ({ confidence }: Place): Confidence['level'] => confidence?.level ?? 'certain'

/** The source that holds a path, and the path below it. */
export interface BelowRoot {
  readonly root: string
  readonly path: string
}

export function below(path: string, sources: readonly string[]): BelowRoot | undefined {
  for (const root of sources.filter(isAbsolute)) {
    if (path === root) return { root, path: basename(path) }
    if (path.startsWith(root.endsWith('/') ? root : `${root}/`)) return { root, path: relative(root, path) }
  }
  return undefined
}

/** For people: the path below its root; where there are several roots the name of its own stands before it, or all of it if others are called so. */
export function shown(path: string, sources: readonly string[]): string {
  const found = below(path, sources)
  if (found === undefined) return path
  const roots = sources.filter(isAbsolute)
  if (roots.length < 2) return found.path
  const name = basename(found.root)
  const isOnly = roots.filter((root) => basename(root) === name).length === 1
  const root = isOnly ? name : found.root
  return path === found.root ? root : `${root}/${found.path}`
}

/** For people: the path with its line, or the URL. */
export function whereOf(place: Place, sources: readonly string[]): string {
  if (place.at.kind === 'url') return place.at.url
  return `${shown(place.at.path, sources)}${place.line === undefined ? '' : `:${place.line}`}`
}
