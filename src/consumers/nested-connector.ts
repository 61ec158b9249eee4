import type { Connector, Detector, PlaceState } from '../model/consumer.ts'
import type { Failure } from '../model/failure.ts'
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
    ...(own.readAll === undefined ? {} : { readAll: (refs, context) => readAll([own, nested], refs, context) }),
    stageReplace: async (ref, expected, next, context) =>
      (await handFor(ref, context)).stageReplace(ref, expected, next, context),
    stageRestore: async (ref, expected, backup, context) =>
      (await handFor(ref, context)).stageRestore(ref, expected, backup, context),
  }
}

/** What a connector says is absent is asked of the next. */
async function readAll(
  [connector, ...rest]: readonly Connector[],
  refs: readonly PlaceRef[],
  context: Context,
): Promise<readonly (PlaceState | Failure)[]> {
  const states = (await connector?.readAll?.(refs, context)) ?? refs.map(() => ABSENT)
  const isAbsent = (index: number): boolean => {
    const state = states[index]
    return state !== undefined && 'kind' in state && state.kind === 'absent'
  }
  const left = refs.filter((_, index) => isAbsent(index))
  if (left.length === 0 || rest.length === 0) return states
  const found = [...(await readAll(rest, left, context))]
  return states.map((state, index) => (isAbsent(index) ? (found.shift() ?? ABSENT) : state))
}

const ABSENT: PlaceState = { kind: 'absent' }
