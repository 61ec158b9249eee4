import type { Place, PlaceRef } from '../model/place.ts'
import { referencesToRead } from './split.ts'
import { mergedPlace, refOf, unitsOf } from './units.ts'

/** What a caller reads before it plans, and gives as `PlanInput.digests` by id: one address per step that may come of these places. */
export function refsToRead(places: readonly Place[]): readonly PlaceRef[] {
  const live = places.filter(({ buried }) => buried === undefined)
  const own = unitsOf(live).flatMap(([first, ...others]) =>
    first === undefined ? [] : [refOf(mergedPlace([first, ...others]))],
  )
  const known = new Set(own.map(({ id }) => id))
  return [...own, ...referencesToRead(live).filter(({ id }) => !known.has(id))]
}
