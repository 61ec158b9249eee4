import type { Answer } from '../model/answer.ts'
import type { PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { whereIs } from '../model/place.ts'
import type { Plan, Step, StepId } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { readEach } from './read-each.ts'
import { type RunState, type StepState, stepState } from './run-state.ts'

export type Proof =
  | { readonly kind: 'verified'; readonly detail: string }
  | { readonly kind: 'not verifiable here'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }

const NO_VERIFIER = 'this consumer has no question that changes nothing'
const NO_USE = 'nothing tells what it is used for; name a repository with --repository WORKSPACE/NAME, and plan again'

/** Asks over the wire for every use of a place, as its consumer would. One refusal decides; one `unknown` leaves it open. */
export async function prove(step: Step, plan: Plan, deps: ApplyDeps): Promise<Proof> {
  if (step.to.username === 'remove') return provedBy(sentFor(step, plan))
  const verifier = deps.hands(step.place.consumer).verifier
  if (verifier === undefined || step.uses.length === 0)
    return { kind: 'not verifiable here', detail: verifier === undefined ? NO_VERIFIER : NO_USE }
  const answers: Answer[] = []
  for (const use of step.uses) {
    const answer = await verifier.verify(step.place, use, deps.context).catch(unknownAfter)
    if (answer.kind === 'no') return { kind: 'refused', detail: wordsOf(answer) }
    answers.push(answer)
  }
  const open = answers.find((answer) => answer.kind === 'unknown')
  if (open !== undefined) return { kind: 'not verifiable here', detail: wordsOf(open) }
  return { kind: 'verified', detail: answers.map(wordsOf).join('; ') }
}

function provedBy([first]: readonly Step[]): Proof {
  return first === undefined
    ? {
        kind: 'not verifiable here',
        detail: 'the URL names no username any more, and nothing in this plan tells which credential is sent instead',
      }
    : {
        kind: 'verified',
        detail: 'the URL names no username any more; its credential is proved in a step of its own',
      }
}

/**
 * Why an answer is none about what was written: the place holds something else by now. git that ran with the old pair writes it back when it
 * ends well (`credential.helper=store`), and a proof would then be one of the old pair. Places of controllers are not compared, for what
 * Jenkins shows of them goes by permissions.
 */
export async function whyNotOurs(step: Step, state: StepState, deps: ApplyDeps): Promise<string | undefined> {
  if (step.place.at.kind !== 'file' || state.now === undefined) return undefined
  const [found] = await readEach(connectorOf(deps, step.place.consumer), [step.place], deps.context)
  return whyOther(found, state)
}

/** Why what was read of a file place is not what the run wrote there. */
export function whyOther(found: PlaceState | Failure | undefined, { from, now }: StepState): string | undefined {
  if (found instanceof Failure) {
    if (found.code === 'R900') throw found
    return `whether it still holds what was written could not be read: ${found.code} ${found.parts.because ?? ''}`.trim()
  }
  const digest = found?.kind === 'present' ? found.digest : 'absent'
  if (digest === now) return undefined
  return digest === from
    ? 'its old bytes were written back after it was changed, as git does that was running with the old credential'
    : 'another program wrote it after it was changed'
}

/** As `prove`, for what a run wrote earlier: a URL without a username is as good as the credential that is sent for it by then. */
export async function proveAgain(step: Step, state: RunState, deps: ApplyDeps): Promise<Proof> {
  const open = sentFor(step, state.plan).find(({ id }) => stepState(state, id).proof?.outcome !== 'verified')
  if (open !== undefined)
    return {
      kind: 'not verifiable here',
      detail: `the URL names no username any more, and the credential that is sent is not proved: ${whereIs(open.place)}`,
    }
  const proof = await prove(step, state.plan, deps)
  const because = proof.kind === 'verified' ? await whyNotOurs(step, stepState(state, step.id), deps) : undefined
  return because === undefined ? proof : { kind: 'not verifiable here', detail: because }
}

/** The credentials of the plan that are sent where this step removes a username: they wait for it. None: nothing here tells what is. */
function sentFor(step: Step, plan: Plan): readonly Step[] {
  return step.to.username === 'remove' ? (waitingSteps(plan).get(step.id) ?? []) : []
}

/** Every step of a plan may ask, so it is gone through once. */
const waitingByPlan = new WeakMap<Plan, ReadonlyMap<StepId, readonly Step[]>>()

function waitingSteps(plan: Plan): ReadonlyMap<StepId, readonly Step[]> {
  const known = waitingByPlan.get(plan)
  if (known !== undefined) return known
  const waiting = new Map<StepId, Step[]>()
  for (const step of plan.steps) for (const id of step.needs ?? []) waiting.set(id, [...(waiting.get(id) ?? []), step])
  waitingByPlan.set(plan, waiting)
  return waiting
}

/** A system that could not be asked has not refused. */
function unknownAfter(error: unknown): Answer {
  if (!(error instanceof Failure) || error.code === 'R900') throw error
  const answered = `${error.code} ${error.parts.because ?? ''}`.trim()
  return { kind: 'unknown', reason: 'network', evidence: { asked: error.parts.at ?? 'the consumer', answered } }
}

function wordsOf({ evidence }: Answer): string {
  return `${evidence.asked}: ${evidence.answered}`
}
