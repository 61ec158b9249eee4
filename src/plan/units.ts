import type { Place, PlaceRef } from '../model/place.ts'

/**
 * Places of one document whose username is the same bytes change in one write (`PlaceRef.with`): they become one place, the first of
 * them, with what all of them are used for. Pins (no secret) stay by themselves. Order is kept.
 */
export function unitsOf(places: readonly Place[]): readonly (readonly Place[])[] {
  const units = new Map<string, Place[]>()
  for (const [index, place] of places.entries()) {
    const key = usernameBytes(place) ?? String(index)
    const unit = units.get(key)
    if (unit === undefined) units.set(key, [place])
    else unit.push(place)
  }
  return [...units.values()]
}

/** Names the bytes that hold the username of a place. Absent: it has none of its own, or no secret goes with it. */
export function usernameBytes({ at, username, secret, buried }: Place): string | undefined {
  if (username?.span === undefined || secret === undefined || buried !== undefined) return undefined
  const inner = (username.inner ?? []).map(({ span, encoding }) => [span ?? [], encoding])
  return JSON.stringify([at.kind === 'file' ? at.path : at.url, username.span, inner])
}

/** A place, or places that share a username as one. `members`: those; absent, it is one. */
export interface Unit extends Place {
  readonly members?: readonly Place[]
}

export function membersOf(unit: Unit): readonly Place[] {
  return unit.members ?? [unit]
}

/** The first place of a unit, with the uses of all. A place alone stays the very object. */
export function mergedPlace(unit: readonly [Place, ...Place[]]): Unit {
  const [first, ...others] = unit
  if (others.length === 0) return first
  const unresolved = unit.find((place) => place.unresolved !== undefined)?.unresolved
  return {
    ...first,
    with: others.map(({ address }) => address),
    uses: unit.flatMap(({ uses }) => uses),
    members: unit,
    ...(unresolved === undefined ? {} : { unresolved }),
  }
}

export function refOf({ id, consumer, at, address, with: others }: PlaceRef): PlaceRef {
  return others === undefined ? { id, consumer, at, address } : { id, consumer, at, address, with: others }
}
