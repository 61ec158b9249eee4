import type { Conflict, PlaceState, Staged } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { type ErrorCode, Failure } from '../model/failure.ts'
import { isNumbered } from '../model/numbered-address.ts'
import { whereIs } from '../model/place.ts'
import type { Standing, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { namesWhatWasPut } from './left-username.ts'
import { prove, readNow, whyOther } from './prove.ts'
import type { RunFolder } from './run-folder.ts'
import { type StepState, stepState } from './run-state.ts'

/** Why a step did not come to its proof. What the run as a whole has done is said when the other steps have come to their end. */
export class StepStopped extends Error {
  readonly step: Step
  readonly failure: Failure
  /** The system refused before anything was written. */
  readonly unchanged: boolean

  constructor(step: Step, failure: Failure, unchanged = false) {
    super(failure.message, { cause: failure })
    this.name = 'StepStopped'
    this.step = step
    this.failure = failure
    this.unchanged = unchanged
  }
}

/**
 * Brings one step to its proof from wherever the journal says that it stands. The same function runs a step for the first
 * time and after a crash, so that recovery has no path of its own. It is not called for one that is proved. Throws `StepStopped`.
 */
export async function performStep(step: Step, run: RunFolder, deps: ApplyDeps): Promise<void> {
  const state = stepState(run.state(), step.id)
  if (state.phase === 'not started') await change(step, step.from.digest, run, deps)
  if (state.phase === 'announced') await settle(step, state, run, deps)
  if (state.phase === 'done' && state.isTheirs) await writeAgain(step, state, run, deps)
  await proveStep(step, run, deps)
}

async function settle(step: Step, state: StepState, run: RunFolder, deps: ApplyDeps): Promise<void> {
  const found = await attempt(step, run, () => connectorOf(deps, step.place.consumer).read(step.place, deps.context))
  const next = settled(step, state, found)
  if (next.kind === 'change') return change(step, next.expected, run, deps)
  if (next.kind === 'did') return run.record({ kind: 'did', step: step.id, now: next.now })
  return giveUp(step, 'R205', next.because, run)
}

/** After the old bytes came back, by no act of ours; anything else that stands there is somebody's, which the proof finds out again. */
async function writeAgain(step: Step, state: StepState, run: RunFolder, deps: ApplyDeps): Promise<void> {
  const found = await attempt(step, run, () => connectorOf(deps, step.place.consumer).read(step.place, deps.context))
  if (found.kind === 'present' && found.digest === state.from) await change(step, found.digest, run, deps)
}

/** What follows for an announced act from what its place holds. */
export type Settled =
  | { readonly kind: 'change'; readonly expected: Standing }
  | { readonly kind: 'did'; readonly now: Standing }
  | { readonly kind: 'give up'; readonly because: string }

/** The recovery table: the digest found tells whether the announced act took place. */
export function settled(step: Step, state: StepState, found: PlaceState): Settled {
  if (found.kind === 'absent')
    return state.from === 'absent'
      ? { kind: 'change', expected: 'absent' }
      : { kind: 'give up', because: 'the place is not there any more' }
  const { digest } = found
  if (digest === state.from) return { kind: 'change', expected: digest }
  // Somebody else made it first: Jenkins refused ours, and what is there is not ours to write over.
  if (state.from === 'absent' && state.isTheirs) return { kind: 'give up', because: conflictWords(step) }
  if (digest === state.to) return { kind: 'did', now: digest }
  if (state.to === 'unpredictable' && state.from === 'absent' && found.made === true)
    return { kind: 'change', expected: digest }
  if (state.to === 'unpredictable' && state.from !== 'absent') return changeAgain(step, state, found)
  return { kind: 'give up', because: conflictWords(step) }
}

/** What names somebody else is no act of ours, and after a conflict nothing is; that a digest differs by permissions alone, the connector knows. */
function changeAgain(
  step: Step,
  state: StepState,
  { place, digest }: Extract<PlaceState, { kind: 'present' }>,
): Settled {
  const mayBeOurs = !state.isTheirs && namesWhatWasPut(step, place)
  return { kind: 'change', expected: mayBeOurs ? digest : (state.from ?? digest) }
}

async function change(step: Step, expected: Standing, run: RunFolder, deps: ApplyDeps): Promise<void> {
  const next = await credentialChange(step, deps)
  const staged = await attempt(step, run, () => stage(step, expected, next, deps))
  if (staged.kind === 'conflict') return giveUp(step, 'R205', conflictWords(step), run)
  const kept = await run.keepBackup(step.id, staged.backup, expected)
  await run.record({ kind: 'intends', step: step.id, from: expected, to: staged.to, ...kept, ...entryWord(staged) })
  await commit(step, staged, run)
  deps.onEvent?.({ kind: 'changed', step: step.id })
}

/** As the journal says it. */
export function entryWord({ entry }: Pick<Staged, 'entry'>): Pick<Staged, 'entry'> {
  return entry === undefined ? {} : { entry }
}

/** What a crash left of a credential that was being made is written again like any other. */
async function stage(
  { place, to }: Step,
  expected: Standing,
  next: CredentialChange,
  deps: ApplyDeps,
): Promise<Staged | Conflict> {
  const connector = connectorOf(deps, place.consumer)
  if (expected !== 'absent') return connector.stageReplace(place, expected, next, deps.context)
  if (to.create !== undefined && connector.stageCreate !== undefined)
    return connector.stageCreate(place, to.create.like, next, deps.context)
  return { kind: 'conflict', found: 'absent' }
}

async function commit(step: Step, staged: Staged, run: RunFolder): Promise<void> {
  const changed = await attempt(step, run, () => staged.commit(), true)
  if (changed.kind === 'conflict') await giveUp(step, 'R205', conflictWords(step), run)
  else await run.record({ kind: 'did', step: step.id, now: changed.now })
}

/** A login or permission that is refused comes before any change. */
const REFUSED_BEFORE_WRITING: ReadonlySet<ErrorCode> = new Set(['R402', 'R403'])

/** A refusal of the consumer ends the run with what is known; the journal says that it was tried. */
async function attempt<Result>(
  step: Step,
  run: RunFolder,
  act: () => Promise<Result>,
  writes = false,
): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    await noteGivingUp(step, error.code, error.parts.because ?? '', run)
    throw new StepStopped(step, error, writes && REFUSED_BEFORE_WRITING.has(error.code))
  }
}

/** The change with its secret from the vault. Asked for every step before the first act, too. */
export async function credentialChange(step: Step, deps: ApplyDeps): Promise<CredentialChange> {
  const { username, token, keepSecret, reference } = step.to
  if (reference !== undefined) return { username: 'keep', secret: 'keep', reference }
  if (keepSecret === true) return { username, secret: 'keep' }
  const secret = token === undefined ? undefined : await deps.token(token)
  if (secret !== undefined && (step.to.fingerprint === undefined || secret.fingerprint === step.to.fingerprint))
    return { username, secret: { set: secret } }
  throw new Failure('R203', {
    at: token === undefined ? `step ${step.id}` : `vault token "${token}"`,
    because:
      secret === undefined
        ? 'the vault holds no such token'
        : 'the vault holds another token under this name than the plan was made with, or the plan is of another installation, which names tokens by a key of its own',
    state: 'Nothing was changed by this step.',
    next: ['  keyturn token list', 'Add the token, and plan again.'],
    exitCode: 3,
  })
}

async function proveStep(step: Step, run: RunFolder, deps: ApplyDeps): Promise<void> {
  const proof = await prove(step, run.plan, deps)
  const state = stepState(run.state(), step.id)
  const found = state.now === undefined ? undefined : await readNow(step, deps)
  const isAway = found instanceof Failure && step.place.at.kind === 'url' && found.code !== 'R900'
  // A system that does not answer any more says nothing of its place, and the run can go on from here.
  if (isAway && proof.kind !== 'refused') return stop(step, found, run)
  const notOurs = isAway || state.now === undefined ? undefined : whyOther(step, found, state)
  if (notOurs !== undefined) return giveUp(step, 'R205', notOurs, run)
  if (proof.kind === 'refused') return giveUp(step, 'R206', proof.detail, run)
  await run.record({ kind: 'verified', step: step.id, outcome: proof.kind, detail: proof.detail })
  deps.onEvent?.({ kind: 'proved', step: step.id, outcome: proof.kind, detail: proof.detail })
}

async function stop(step: Step, failure: Failure, run: RunFolder): Promise<never> {
  await noteGivingUp(step, failure.code, failure.parts.because ?? '', run)
  throw new StepStopped(step, failure)
}

function conflictWords({ place }: Step): string {
  const words = 'it holds something else than the plan expects'
  const isOfList = place.at.kind === 'file' && isNumbered(place.address)
  return isOfList ? `${words}; entries of its list may have come, gone or changed places since` : words
}

/** Why a step stopped says more than that the journal could not take it; the next entry would meet the same disk. */
async function noteGivingUp(step: Step, code: ErrorCode, because: string, run: RunFolder): Promise<void> {
  await run.record({ kind: 'gave up', step: step.id, code, because }).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
  })
}

async function giveUp(step: Step, code: ErrorCode, because: string, run: RunFolder): Promise<never> {
  await noteGivingUp(step, code, because, run)
  throw new StepStopped(
    step,
    new Failure(code, { at: whereIs(step.place), because, exitCode: code === 'R205' ? 4 : 1 }),
  )
}
