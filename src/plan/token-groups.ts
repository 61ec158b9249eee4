import type { Place } from '../model/place.ts'
import { ownerOf } from './choose-token.ts'
import { lockedTogether, lockKeyOf } from './lock-files.ts'
import type { TokenPolicy } from './plan-input.ts'

/** Places that get one token. `keepAs`: the name that this token has in the vault, if it has the one that a plan proposes. */
export interface TokenGroup {
  readonly owner?: string
  readonly places: readonly Place[]
  readonly keepAs: string
}

/**
 * By owner unless the policy says otherwise: few tokens, each with a blast radius that a person can name. Which place is in which group,
 * and the names, are the same whenever the same places are planned.
 */
export function tokenGroups(places: readonly Place[], policy: TokenPolicy = 'owner'): readonly TokenGroup[] {
  const groups = new Map<string, Place[]>()
  const leaders = leadersOf(places)
  for (const place of places) {
    const key = keyOf(leaders.get(place) ?? place, policy)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [place])
    else group.push(place)
  }
  const taken = new Set<string>()
  return [...groups.values()].map((group, index) => {
    const owner = theOwner(group)
    const keepAs = freeName(nameFor(group, owner, policy) || `t${index + 1}`, taken)
    return { ...(owner === undefined ? {} : { owner }), places: group, keepAs }
  })
}

/** A manifest and its lock file get one token, however small the groups are: the first of them stands for all. */
function leadersOf(places: readonly Place[]): ReadonlyMap<Place, Place> {
  const groups = lockedTogether(places, lockKeyOf, ({ at }) => at)
  return new Map(
    [...groups.values()].flatMap((group) => {
      const [first] = group
      return first === undefined ? [] : group.map((place) => [place, first] as const)
    }),
  )
}

function keyOf(place: Place, policy: TokenPolicy): string {
  switch (policy) {
    case 'all':
      return ''
    case 'place':
      return place.id
    case 'owner':
      return ownerOf(place) ?? ''
    case 'consumer':
      return `${ownerOf(place) ?? ''}\0${place.consumer}`
  }
}

/** Of everybody's places together nobody is the owner. */
function theOwner([first, ...others]: readonly Place[]): string | undefined {
  const owner = first === undefined ? undefined : ownerOf(first)
  return others.every((place) => ownerOf(place) === owner) ? owner : undefined
}

/** Something that a person can type, and the vault takes as a name. Empty: nothing tells the owner. */
function nameFor([first]: readonly Place[], owner: string | undefined, policy: TokenPolicy): string {
  const word = vaultWord(owner?.split('@')[0] ?? '')
  if (policy === 'owner' || first === undefined) return word
  if (policy === 'all') return word || 'all'
  return [word, policy === 'consumer' ? first.consumer : first.id].filter((part) => part !== '').join('-')
}

const LONGEST_NAME = 40

function vaultWord(text: string): string {
  const word = text.replace(/[^A-Za-z0-9._-]/g, '').replace(/^[^A-Za-z0-9]+/, '')
  return /^AT(?:ATT|CTT|BB)/.test(word) ? '' : word.slice(0, LONGEST_NAME)
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`
  taken.add(name)
  return name
}
