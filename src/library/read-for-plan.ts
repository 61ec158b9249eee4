import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { Place, PlaceId, SecretField } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Parts } from './parts.ts'

/** What a plan needs of what each place holds now. */
export interface ReadForPlan {
  readonly digests: ReadonlyMap<PlaceId, Digest>
  /** Of secrets that are not shown. */
  readonly sizes: ReadonlyMap<PlaceId, SecretField['size']>
  /** Of which the login is not shown what it would take to put them back. */
  readonly shownInPart: ReadonlySet<PlaceId>
}

/** Places that are refused, not there or not readable are missing in all. */
export async function readForPlan(places: readonly Place[], { consumers, context }: Parts): Promise<ReadForPlan> {
  const known = new Map((await consumers()).map(({ id, connector }) => [id, connector]))
  const { readEach } = await import('../apply/read-each.ts')
  const { refsToRead } = await import('../plan/refs-to-read.ts')
  const digests = new Map<PlaceId, Digest>()
  const sizes = new Map<PlaceId, SecretField['size']>()
  const shownInPart = new Set<PlaceId>()
  for (const [consumer, group] of groupedBy(refsToRead(places), ({ consumer: id }) => id)) {
    const connector = known.get(consumer)
    if (connector === undefined) continue
    const writable = group.filter((place) => connector.refuses?.(place) === undefined)
    for (const [index, state] of (await readEach(connector, writable, context)).entries()) {
      const place = writable[index]
      if (place === undefined || state instanceof Failure || state.kind === 'absent') continue
      digests.set(place.id, state.digest)
      if (state.inPart) shownInPart.add(place.id)
      if (state.place.secret?.size !== undefined) sizes.set(place.id, state.place.secret.size)
    }
  }
  return { digests, sizes, shownInPart }
}

/** Places as they are, with the size of what their holder does not show. */
export function withSizes(places: readonly Place[], sizes: ReadForPlan['sizes']): readonly Place[] {
  return places.map((place) => {
    const size = sizes.get(place.id)
    return size === undefined || place.secret === undefined ? place : { ...place, secret: { ...place.secret, size } }
  })
}
