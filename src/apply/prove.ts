import type { Answer } from '../model/answer.ts'
import type { PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { isOfNameAlone } from '../model/name-alone.ts'
import { whereIs } from '../model/place.ts'
import type { Plan, Step, StepId } from '../model/plan.ts'
import type { Use } from '../model/use.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { readEach } from './read-each.ts'
import type { StepState } from './run-state.ts'

export type Proof =
  | { readonly kind: 'verified'; readonly detail: string }
  /** `lost`: it does not hold what the run wrote, so that no question and no build can prove that. */
  | { readonly kind: 'not verifiable here'; readonly detail: string; readonly lost?: true }
  | { readonly kind: 'refused'; readonly detail: string }

const NO_VERIFIER = 'this consumer has no question that changes nothing'
const NO_USE = 'nothing tells what it is used for; name a repository with --repository WORKSPACE/NAME, and plan again'
/** Of a controller that runs: a question from elsewhere would not reach it. */
const OF_ONE_REACH = 'nothing was seen to use it; only a job that is given it, or its user, can try it'
/** An entry of ours that stands behind them is not sent. */
export const WRITTEN_BACK =
  'its old bytes were written back after it was changed, as git does that was running with the old credential'
export const WRITTEN_SINCE = 'another program wrote it after it was changed'
export const CHANGED_SINCE = 'somebody else changed it since'

export function namedNow({ to }: Step): string {
  return typeof to.username === 'object'
    ? `git asks its store for ${to.username.set}`
    : 'the URL names no username any more'
}

/** Asks over the wire for every use of a place, as its consumer would. One refusal decides; one `unknown` leaves it open. */
export async function prove(step: Step, plan: Plan, deps: ApplyDeps): Promise<Proof> {
  if (!isOfNameAlone(step)) return asked(step, deps)
  const sent = sentFor(step, plan)
  const named = namedNow(step)
  const doubted = doubtedAmong(sent, step)
  if (sent.length > 0 && doubted === undefined)
    return { kind: 'verified', detail: `${named}; its credential is proved in a step of its own` }
  if (doubted !== undefined) return { kind: 'not verifiable here', detail: `${named}; ${doubtWords(doubted, step)}` }
  const proof = await asked(step, deps)
  if (proof.kind !== 'refused') return proof
  // What was refused is nothing that this step has written.
  const detail = `${named}, and nothing in this plan tells which credential is sent instead; ${proof.detail}`
  return { kind: 'not verifiable here', detail }
}

function withoutUse({ place: { at, address } }: Step): string {
  return at.kind === 'url' && !address.startsWith('system/_/') ? OF_ONE_REACH : NO_USE
}

async function asked(step: Step, deps: ApplyDeps): Promise<Proof> {
  const verifier = deps.hands(step.place.consumer).verifier
  if (verifier === undefined || step.uses.length === 0)
    return { kind: 'not verifiable here', detail: verifier === undefined ? NO_VERIFIER : withoutUse(step) }
  const answers: Answer[] = []
  const fetched = new Set<string>()
  for (const use of step.uses) {
    const said = await verifier.verify(step.place, use, deps.context).catch(unknownAfter)
    const answer = fetched.has(doer(use)) ? orReadingAlone(said, use) : said
    if (answer.kind === 'no') return { kind: 'refused', detail: wordsOf(answer) }
    if (answer.kind === 'yes' && use.operation === 'git-fetch') fetched.add(doer(use))
    answers.push(answer)
  }
  const open = answers.find((answer) => answer.kind === 'unknown')
  if (open !== undefined) return { kind: 'not verifiable here', detail: wordsOf(open) }
  return { kind: 'verified', detail: answers.map(wordsOf).join('; ') }
}

/**
 * A clone may be pushed from, and nothing says that it is (src/plan/pushing.ts). Where the credential fetches and its owner may not
 * write to the repository, no other secret would do better: a person tells whether that is as it should be. A missing scope is a refusal.
 */
function orReadingAlone(answer: Answer, { operation, followed }: Use): Answer {
  if (operation !== 'git-push' || followed || answer.kind !== 'no' || answer.reason !== 'no access') return answer
  const answered = `${answer.evidence.status ?? 'refused'}; it fetches from there, and its owner may not push`
  return { kind: 'unknown', reason: 'unexpected reply', evidence: { ...answer.evidence, answered } }
}

/** What the place of a step holds. A system that is asked tells each place alone which part of it this login is shown. */
export async function readNow({ place }: Step, deps: ApplyDeps): Promise<PlaceState | Failure | undefined> {
  const connector = connectorOf(deps, place.consumer)
  if (place.at.kind === 'file') return (await readEach(connector, [place], deps.context))[0]
  return connector.read(place, deps.context).catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
}

/** How it begins where nothing tells whether a place is another by now. */
export const NOT_READ = 'whether it still holds what was written could not be read'

/** Why what was read of a place is not what the run wrote there. Where this login is shown a part alone, nothing tells. */
export function whyOther(
  { place }: Step,
  found: PlaceState | Failure | undefined,
  { from, now }: StepState,
): string | undefined {
  if (found instanceof Failure) {
    if (found.code === 'R900') throw found
    return `${NOT_READ}: ${found.code} ${found.parts.because ?? ''}`.trim()
  }
  const digest = found?.kind === 'present' ? found.digest : 'absent'
  if (digest === now || (found?.kind === 'present' && (found.inPart || found.partDigest === now))) return undefined
  if (place.at.kind === 'url')
    return digest === from ? 'what it held before was put back after it was changed' : CHANGED_SINCE
  if (digest === from) return WRITTEN_BACK
  return digest === 'absent' ? 'the place is not there any more' : WRITTEN_SINCE
}

/** One that git reads for certain is enough, unless another entry comes before one of them. */
function doubtedAmong(sent: readonly Step[], step: Step): Step | undefined {
  const behind = sent.find((each) => doubtIn(each, step) === 'another entry')
  if (behind !== undefined) return behind
  return sent.every((each) => doubtIn(each, step) !== undefined) ? sent[0] : undefined
}

/** Why git may send another credential than that of `sent` once the URL of `step` names no username. */
function doubtIn(sent: Step, step: Step): Use['doubt'] {
  const doubts = doubtsByStep.get(sent) ?? doubtsOf(sent)
  doubtsByStep.set(sent, doubts)
  if (doubts.size === 0) return undefined
  return step.uses.flatMap((use) => doubts.get(doer(use)) ?? [])[0]
}

/** One credential may be sent for thousands of clones, so its uses are gone through once. */
const doubtsByStep = new WeakMap<Step, ReadonlyMap<string, NonNullable<Use['doubt']>>>()

function doubtsOf({ uses }: Step): ReadonlyMap<string, NonNullable<Use['doubt']>> {
  return new Map(uses.flatMap((use) => (use.doubt === undefined ? [] : [[doer(use), use.doubt] as const])))
}

function doer({ by, repository }: Use): string {
  return `${by}\0${repository?.workspace}/${repository?.slug}`
}

function doubtWords(sent: Step, step: Step): string {
  return doubtIn(sent, step) === 'another entry'
    ? `another entry comes before ${whereIs(sent.place)}, and git would send that one`
    : `nothing shows that git reads ${whereIs(sent.place)} there`
}

/** The credentials of the plan that are sent where this step removes a username, or names theirs: they wait for it. None: nothing here tells what is. */
export function sentFor(step: Step, plan: Plan): readonly Step[] {
  return isOfNameAlone(step) ? (waitingSteps(plan).get(step.id) ?? []) : []
}

/** Every step of a plan may ask, so it is gone through once. */
const waitingByPlan = new WeakMap<Plan, ReadonlyMap<StepId, readonly Step[]>>()

function waitingSteps(plan: Plan): ReadonlyMap<StepId, readonly Step[]> {
  const known = waitingByPlan.get(plan)
  if (known !== undefined) return known
  const pairs = plan.steps.flatMap((step) => (step.needs ?? []).map((id) => ({ id, step })))
  const grouped = groupedBy(pairs, ({ id }) => id)
  const waiting = new Map([...grouped].map(([id, found]) => [id, found.map(({ step }) => step)]))
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
