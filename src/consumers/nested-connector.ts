import type { Connector, Detector, PlaceState, Verifier } from '../model/consumer.ts'
import type { Failure } from '../model/failure.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { fieldConnector } from './field-connector.ts'
import { fieldVerifier } from './field-verifier.ts'

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

/** Which file git reads, a verifier of its own knows; of what stands inside another document the field tells all there is. */
export function verifierOfNested(own: Verifier, connector: Connector, whole: Connector): Verifier {
  const nested = fieldVerifier(whole)
  return {
    verify: async (ref, use, context) => {
      const state = await connector.read(ref, context)
      return (state.kind === 'present' ? own : nested).verify(ref, use, context)
    },
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
