import type { Connector, Detector } from '../model/consumer.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { fieldConnector } from './field-connector.ts'

/** `own` changes files of its consumer; the same text inside another document (a netrc in a ConfigMap) is changed as a field of that. */
export function withNested(own: Connector, detect: NonNullable<Detector['detectNested']>): Connector {
  const nested = fieldConnector({ detect })
  const handFor = async (ref: PlaceRef, context: Context): Promise<Connector> => {
    const state = await own.read(ref, context)
    return state.kind === 'present' ? own : nested
  }
  return {
    // Many at once are those of `own`; it does not find what is nested, which is then staged alone.
    ...own,
    read: async (ref, context) => (await handFor(ref, context)).read(ref, context),
    stageReplace: async (ref, expected, next, context) =>
      (await handFor(ref, context)).stageReplace(ref, expected, next, context),
    stageRestore: async (ref, expected, backup, context) =>
      (await handFor(ref, context)).stageRestore(ref, expected, backup, context),
  }
}
