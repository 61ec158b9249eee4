import { hash } from 'node:crypto'
import { ownerOf, type TokenSummary } from './choose-token.ts'
import { lockedTogether, placeLocking } from './lock-files.ts'
import type { TokenPolicy } from './plan-input.ts'
import type { Unit } from './units.ts'

/** Places that get one token. `keepAs`: the name that this token has in the vault, if it has the one that a plan proposes. */
export interface TokenGroup {
  readonly owner?: string
  readonly places: readonly Unit[]
  readonly keepAs: string
}

/**
 * By owner unless the policy says otherwise: few tokens, each with a blast radius that a person can name. Which place is in which group,
 * and the names, are the same whenever the same places are planned.
 */
export function tokenGroups(
  places: readonly Unit[],
  tokens: readonly TokenSummary[],
  policy: TokenPolicy = 'owner',
): readonly TokenGroup[] {
  const groups = new Map<string, Unit[]>()
  const leaders = leadersOf(places)
  const ownerIn = ownersIn(places, tokens)
  for (const place of places) {
    const key = keyOf(leaders.get(place) ?? place, policy, ownerIn)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [place])
    else group.push(place)
  }
  const named = [...groups].map(([key, group]) => ({ key, group, owner: theOwner(group, ownerIn) }))
  const names = namesFor(named, policy)
  return named.map(({ key, group, owner }) => ({
    ...(owner === undefined ? {} : { owner }),
    places: group,
    keepAs: names.get(key) ?? key,
  }))
}

/** A manifest and its lock file get one token, however small the groups are: one of them, whatever the order, stands for all. */
function leadersOf(places: readonly Unit[]): ReadonlyMap<Unit, Unit> {
  const groups = lockedTogether(places, placeLocking)
  return new Map(
    [...groups.values()].flatMap((group) => {
      const leader = group.reduce((one, other) => (other.id < one.id ? other : one))
      return group.map((place) => [place, leader] as const)
    }),
  )
}

type OwnerOf = (place: Unit) => string | undefined

/** A secret belongs to one account: where a place names nobody, the others that hold the same tell whose it is, if they agree. */
function ownersIn(places: readonly Unit[], tokens: readonly TokenSummary[]): OwnerOf {
  const owners = new Map<string, Set<string>>()
  for (const place of places) {
    const [fingerprint, owner] = [place.secret?.value?.fingerprint, ownerOf(place, tokens)]
    if (fingerprint !== undefined && owner !== undefined)
      owners.set(fingerprint, (owners.get(fingerprint) ?? new Set()).add(owner))
  }
  return (place) => {
    const [known, ...others] = owners.get(place.secret?.value?.fingerprint ?? '') ?? []
    return ownerOf(place, tokens) ?? (others.length === 0 ? known : undefined)
  }
}

function keyOf(place: Unit, policy: TokenPolicy, ownerIn: OwnerOf): string {
  switch (policy) {
    case 'all':
      return ''
    case 'place':
      return place.id
    case 'owner':
      return ownerIn(place) ?? ''
    case 'consumer':
      return `${ownerIn(place) ?? ''}\0${place.consumer}`
  }
}

/** Of everybody's places together nobody is the owner. */
function theOwner([first, ...others]: readonly Unit[], ownerIn: OwnerOf): string | undefined {
  const owner = first === undefined ? undefined : ownerIn(first)
  return others.every((place) => ownerIn(place) === owner) ? owner : undefined
}

interface NamedGroup {
  readonly key: string
  readonly group: readonly Unit[]
  readonly owner: string | undefined
}

/**
 * Something that a person can type, and the vault takes as a name. Where owners look alike in it, each of them is written out, and what
 * is still alike has a few digits of its own: no name depends on the order of the places.
 */
function namesFor(groups: readonly NamedGroup[], policy: TokenPolicy): ReadonlyMap<string, string> {
  const short = groups.map((one) => ({ ...one, name: nameFor(one, vaultWord(one.owner?.split('@')[0] ?? ''), policy) }))
  const alike = repeated(short.map(({ name }) => name))
  const long = short.map((one) =>
    alike.has(one.name)
      ? { ...one, name: nameFor(one, vaultWord(one.owner?.replaceAll('@', '-') ?? ''), policy) }
      : one,
  )
  const still = repeated(long.map(({ name }) => name))
  return new Map(
    long.map(({ key, name }) => [key, fitting(name, still.has(name) || name.length > LONGEST_NAME ? key : undefined)]),
  )
}

function repeated(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(names.filter((name) => seen.size === seen.add(name).size))
}

/** `token` where nothing tells the owner; the key of a group ends with its consumer or place. */
function nameFor({ key }: NamedGroup, word: string, policy: TokenPolicy): string {
  if (policy === 'all') return word || 'all'
  const part = policy === 'owner' ? '' : (key.split('\0').at(-1) ?? '')
  const name = [word, part].filter((one) => one !== '').join('-')
  if (name !== '') return name
  return key === '' ? 'token' : `token-${digitsOf(key)}`
}

/** The vault takes 64 characters; some are left for the number of a later token of the same places (`freeIn`). */
const LONGEST_NAME = 56
const LONGEST_WORD = 40
const DIGITS = 6

function fitting(name: string, key: string | undefined): string {
  return key === undefined ? name : `${name.slice(0, LONGEST_NAME - DIGITS - 1)}-${digitsOf(key)}`
}

function digitsOf(key: string): string {
  return hash('sha256', key).slice(0, DIGITS)
}

function vaultWord(text: string): string {
  const word = text.replace(/[^A-Za-z0-9._-]/g, '').replace(/^[^A-Za-z0-9]+/, '')
  return /^AT(?:ATT|CTT|BB)/.test(word) ? '' : word.slice(0, LONGEST_WORD)
}

/** Under its name, and without the number of a later one of the same places: `alice.2` is there as itself and as `alice`. */
export function keptByName<Named extends { readonly name: string }>(
  tokens: readonly Named[],
): ReadonlyMap<string, readonly Named[]> {
  const kept = new Map<string, Named[]>()
  for (const token of tokens) {
    const { name } = token
    for (const keepAs of new Set([name, name.replace(/\.\d+$/, '')])) {
      const known = kept.get(keepAs)
      if (known === undefined) kept.set(keepAs, [token])
      else known.push(token)
    }
  }
  return kept
}

/** The name that the vault still takes: there, a name stays with its token until that is removed. */
export function freeIn(vault: ReadonlySet<string>, keepAs: string): string {
  let name = keepAs
  for (let number = 2; vault.has(name); number++) name = `${keepAs}.${number}`
  return name
}
