import type { PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { locationText, whereIs } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { movedPlaces } from './moved-places.ts'
import { otherRuns, type RunFinder } from './other-runs.ts'
import {
  CHANGED_SINCE,
  namedNow,
  type Proof,
  prove,
  readNow,
  sentFor,
  WRITTEN_BACK,
  WRITTEN_SINCE,
  whyOther,
} from './prove.ts'
import { readEach } from './read-each.ts'
import { type RunState, type StepState, stepState } from './run-state.ts'

/** Why a place does not hold what the run wrote. */
export interface Lost {
  readonly because: string
}

/**
 * As `prove`, for what a run wrote earlier: a URL without a username is as good as the credential that is sent for it by then. What stands
 * somewhere in place of what was written is somebody's, and is not sent anywhere: all files are read before, each once.
 */
export async function provingAgain(
  steps: readonly Step[],
  state: () => RunState,
  deps: ApplyDeps,
): Promise<(step: Step) => Promise<Proof>> {
  const found = await foundAgain(steps, state(), deps)
  const whoseNow = otherRuns(state().run, deps)
  return async (step) => {
    const unproved = sentUnproved(
      step,
      state(),
      ({ phase, proof }) => phase === 'done' && proof?.outcome === 'verified',
    )
    if (unproved !== undefined) return { kind: 'not verifiable here', detail: unproved }
    const here = found.get(step) ?? step
    if ('because' in here) return { kind: 'not verifiable here', detail: here.because, lost: true }
    const proof = await prove(here, state().plan, deps)
    const isOpen = proof.kind === 'not verifiable here'
    const because = isOpen ? undefined : await whyNotOurs(here, stepState(state(), step.id), deps, whoseNow)
    return because === undefined ? proof : { kind: 'not verifiable here', detail: because, lost: true }
  }
}

/** What is said of a step whose place is as good as a credential that does not count. A credential that was put back keeps the proof that it had. */
export function sentUnproved(
  step: Step,
  state: RunState,
  counts: (credential: StepState) => boolean,
): string | undefined {
  const open = sentFor(step, state.plan).find(({ id }) => !counts(stepState(state, id)))
  return open && `${namedNow(step)}, and the credential that is sent is not proved: ${whereIs(open.place)}`
}

/** Of files: each step with its place where that is by now, or why it does not hold what was written. Places of controllers are left out. */
export async function foundAgain(
  steps: readonly Step[],
  state: RunState,
  deps: ApplyDeps,
): Promise<ReadonlyMap<Step, Step | Lost>> {
  const found = new Map<Step, Step | Lost>()
  const foreign: Step[] = []
  const whoseNow = otherRuns(state.run, deps)
  const compared = steps.filter(({ id, place }) => place.at.kind === 'file' && stepState(state, id).now !== undefined)
  for (const [consumer, group] of groupedBy(compared, ({ place }) => place.consumer)) {
    const places = group.map(({ place }) => place)
    const states = await readEach(connectorOf(deps, consumer), places, deps.context)
    for (const [index, step] of group.entries()) {
      const because = await whyLost(step, states[index], stepState(state, step.id), whoseNow)
      found.set(step, because === undefined ? step : { because })
      if (because !== undefined && because !== WRITTEN_BACK) foreign.push(step)
    }
  }
  const whereNow = movedPlaces(() => state, deps)
  for (const group of groupedBy(foreign, ({ place }) => `${place.consumer} ${locationText(place.at)}`).values())
    for (const [index, place] of (await whereNow(group)).entries()) {
      const step = group[index]
      if (step !== undefined && place !== undefined) found.set(step, { ...step, place })
    }
  return found
}

/**
 * Why an answer is none about what was written: the place holds something else by now. git that ran with the old pair writes it back when it
 * ends well (`credential.helper=store`), a controller takes it from its code again at a reload, and a proof would then be one of the old pair.
 */
async function whyNotOurs(
  step: Step,
  state: StepState,
  deps: ApplyDeps,
  whoseNow: RunFinder,
): Promise<string | undefined> {
  return state.now === undefined ? undefined : whyLost(step, await readNow(step, deps), state, whoseNow)
}

/** As `whyOther`; names the program that wrote it where that is another run of this installation. */
export async function whyLost(
  step: Step,
  found: PlaceState | Failure | undefined,
  state: StepState,
  whoseNow: RunFinder,
): Promise<string | undefined> {
  const because = whyOther(step, found, state)
  const isPresent = found !== undefined && !(found instanceof Failure) && found.kind === 'present'
  const isOfSomebody = because === WRITTEN_SINCE || because === CHANGED_SINCE
  const run = isOfSomebody && isPresent ? await whoseNow(step.place, found.digest) : undefined
  return run === undefined ? because : `run ${run} changed it after that`
}
