import type { Connector, PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'

/** What each of these places holds, all of one consumer, in their order; a `Failure` for each that could not be read. */
export async function readEach(
  connector: Connector,
  places: readonly PlaceRef[],
  context: Context,
): Promise<readonly (PlaceState | Failure)[]> {
  if (connector.readAll !== undefined) return connector.readAll(places, context)
  const states: (PlaceState | Failure)[] = []
  for (const place of places) states.push(await readOne(connector, place, context))
  return states
}

async function readOne(connector: Connector, place: PlaceRef, context: Context): Promise<PlaceState | Failure> {
  try {
    return await connector.read(place, context)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
