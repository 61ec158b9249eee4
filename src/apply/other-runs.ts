import type { PlaceRef } from '../model/place.ts'
import type { Digest, Step } from '../model/plan.ts'
import type { Fingerprint } from '../model/secret.ts'
import { placeKey } from './before-apply.ts'
import type { ApplyDeps } from './deps.ts'
import { stepState } from './run-state.ts'
import { saidAlone } from './staged-together.ts'

/** What a run of this installation left at a place, where that is what was found there; of several runs the newest. */
type LeftFinder<Left> = (place: PlaceRef, found: Digest) => Left | undefined

/** The other run that left at a place what was found there. `undefined`: it was none of ours. */
export type RunFinder = (place: PlaceRef, found: Digest) => Promise<string | undefined>

/** Runs are read when the first place is asked about, and a damaged one tells nothing. */
export function otherRuns(own: string, deps: Pick<ApplyDeps, 'runs'>): RunFinder {
  let left: Promise<LeftFinder<string>> | undefined
  return async (place, found) => {
    left ??= leftByRuns(deps, (_, run) => run, own)
    return (await left)(place, found)
  }
}

/** The secret that a run put into a place, as long as the place holds what the run left there. */
export function secretsLeft(deps: Pick<ApplyDeps, 'runs'>): Promise<LeftFinder<Fingerprint>> {
  return leftByRuns(deps, ({ from, to }) => (to.keepSecret === true ? from.fingerprint : to.fingerprint))
}

/** `passedOver`: a run that is asked nothing. */
async function leftByRuns<Left>(
  { runs }: Pick<ApplyDeps, 'runs'>,
  tells: (step: Step, run: string) => Left | undefined,
  passedOver?: string,
): Promise<LeftFinder<Left>> {
  const left = new Map<string, Left | undefined>()
  for (const name of await runs.names()) {
    const state = name === passedOver ? undefined : await runs.read(name).catch(saidAlone)
    if (state === undefined) continue
    for (const step of state.plan.steps) {
      const { phase, now } = stepState(state, step.id)
      if (phase === 'done' && now !== undefined && now !== 'absent') left.set(keyOf(step.place, now), tells(step, name))
    }
  }
  return (place, found) => left.get(keyOf(place, found))
}

function keyOf(place: PlaceRef, digest: Digest): string {
  return `${digest} ${placeKey({ place })}`
}
