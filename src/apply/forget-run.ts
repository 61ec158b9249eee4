import { Failure } from '../model/failure.ts'
import { whereIs } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import { actorOf } from './apply-plan.ts'
import { controllerFlag, controllersWithout } from './command-words.ts'
import type { ApplyDeps } from './deps.ts'
import { withLock } from './lock.ts'
import { otherRuns } from './other-runs.ts'
import { NOT_READ, type Proof, readNow } from './prove.ts'
import { foundAgain, provingAgain, sentUnproved, whyLost } from './prove-again.ts'
import type { RunFolder } from './run-folder.ts'
import { type RunState, stepState } from './run-state.ts'
import { requireSameKey } from './same-key.ts'
import { requireSamePlan } from './same-plan.ts'
import { withoutReserve } from './without-reserve.ts'

export interface ForgetOptions {
  /** Also when places are not verified; a person has confirmed it. */
  readonly force?: boolean
  readonly onFile?: (done: number, of: number) => void
}

export interface ForgetOutcome {
  readonly state: RunState
  /** Backups that were shredded now. */
  readonly shredded: number
}

/**
 * Shreds the backups of a run; they are the only copies of the old secrets that keyturn keeps. Refused (R314) unless every place holds its new
 * credential and is proved, or has its old bytes again. What is not proved yet is asked for once more. Repeatable: a crash in between is made up for.
 */
export function forgetRun(name: string, deps: ApplyDeps, options: ForgetOptions = {}): Promise<ForgetOutcome> {
  return withLock(deps.state, deps.context.system, async () => {
    const run = await deps.runs.open(name, deps.context.system.clock)
    if (run.state().forgotten?.finished) return { state: run.state(), shredded: 0 }
    return forget(run, deps, options)
  })
}

async function forget(
  run: RunFolder,
  deps: ApplyDeps,
  { force = false, onFile }: ForgetOptions,
): Promise<ForgetOutcome> {
  try {
    if (run.state().forgotten === undefined) {
      if (!force) requireSamePlan(run.state())
      if (!force) requireSameKey(run.state(), deps.context)
      const needed = force ? [] : await stillNeeded(run, deps)
      if (needed.length > 0) throw tooEarly(run, needed, deps)
      const by = actorOf(deps.context.system)
      await withoutReserve(run.run, deps, () => run.record({ kind: 'forgets', by, forced: force }))
    }
    const shredded = await deps.runs.shredBackups(run.run, onFile)
    await run.record({ kind: 'forgot', backups: shredded })
    await run.noteEnd()
    return { state: run.state(), shredded }
  } catch (error) {
    throw error instanceof Failure && error.code !== 'R314' ? notForgotten(error, run, force) : error
  }
}

/** The disk that failed does not know how far it had come. */
function notForgotten({ code, parts }: Failure, run: RunFolder, force: boolean): Failure {
  const begun = run.state().forgotten !== undefined
  // What was begun goes on without being asked again.
  const flags = begun ? '' : `${force ? ' --force' : ''}${controllerFlag(run.plan, { opens: true })}`
  return new Failure(code, {
    ...parts,
    state: begun
      ? 'Some backups may be shredded already, so the run cannot be put back any more. The places keep what they hold.'
      : 'Nothing was shredded. Every place can still be put back.',
    next: [
      ...(parts.next ?? []),
      begun ? 'Then forget the rest:' : 'Then forget it:',
      `  keyturn forget ${run.run}${flags}`,
    ],
  })
}

interface Needed {
  readonly step: Step
  readonly because: string
}

async function stillNeeded(run: RunFolder, deps: ApplyDeps): Promise<readonly Needed[]> {
  const needed: Needed[] = []
  const lost = await lostPlaces(run, deps)
  const open = run.plan.steps.filter(({ id }) => {
    const { phase, proof } = stepState(run.state(), id)
    return phase === 'done' && proof?.outcome !== 'verified'
  })
  const proveStep = await provingAgain(open, run.state, deps)
  for (const step of run.plan.steps) {
    const because = await whyNeeded(step, lost.get(step), run, proveStep)
    if (because !== undefined) needed.push({ step, because })
  }
  return needed
}

/** `lost`: why a place that was proved counts for nothing any more. */
async function whyNeeded(
  step: Step,
  lost: string | undefined,
  run: RunFolder,
  proveStep: (step: Step) => Promise<Proof>,
): Promise<string | undefined> {
  const { outcome } = run.state()
  const { phase, proof } = stepState(run.state(), step.id)
  if (phase === 'undone') return undefined
  if (phase === 'not started') return outcome.endsWith('rolled back') ? undefined : 'it was not changed yet'
  if (phase !== 'done') return 'whether it was changed is not known; the run has to be continued or put back'
  // One that still holds the change of the run has a proof of its own to give.
  if (proof?.outcome === 'verified') return lost ?? sentUnproved(step, run.state(), (sent) => sent.phase === 'done')
  const again = await proveStep(step)
  if (again.kind === 'refused') return `its new credential was refused: ${again.detail}`
  await run.record({ kind: 'verified', step: step.id, outcome: again.kind, detail: again.detail })
  return again.kind === 'verified' ? undefined : `its new credential is not proved: ${again.detail}`
}

/**
 * A proof is of what a place held then. Whoever changed or removed it since may want the old bytes back, of which the backup is the only copy.
 * Files are read again, each once, and the places of controllers one by one.
 */
async function lostPlaces({ plan, state }: RunFolder, deps: ApplyDeps): Promise<ReadonlyMap<Step, string>> {
  const verified = plan.steps.filter(({ id }) => {
    const { phase, proof } = stepState(state(), id)
    return phase === 'done' && proof?.outcome === 'verified'
  })
  const lost = new Map<Step, string>()
  const note = (step: Step, because: string): unknown =>
    lost.set(step, because.startsWith(NOT_READ) ? because : `it does not hold its new credential any more: ${because}`)
  for (const [step, here] of await foundAgain(verified, state(), deps)) if ('because' in here) note(step, here.because)
  const unnamed = controllersWithout(deps.context, plan)
  const whoseNow = otherRuns(state().run, deps)
  for (const step of verified) {
    const { at } = step.place
    if (at.kind === 'file') continue
    if (unnamed.some((controller) => at.url.startsWith(`${controller}/`))) {
      lost.set(step, NOT_NAMED)
      continue
    }
    const because = await whyLost(step, await readNow(step, deps), stepState(state(), step.id), whoseNow)
    if (because !== undefined) note(step, because)
  }
  return lost
}

/** Who lets a controller go unnamed would not hear that it was set back from its code, and the backup is the only copy of what it held. */
const NOT_NAMED = 'its controller is not named, so that it was not looked at again'

function tooEarly(run: RunFolder, needed: readonly Needed[], { context }: ApplyDeps): Failure {
  const [first] = needed
  const where = first === undefined ? '' : `, ${whereIs(first.step.place)}`
  const flag = controllersWithout(context, run.plan).length > 0 ? controllerFlag(run.plan) : ''
  const others = needed.length === 1 ? '' : ` (and ${needed.length - 1} more)`
  return new Failure('R314', {
    at: `run ${run.run}${where}`,
    because: `${first?.because ?? ''}${others}`,
    state: 'Nothing was shredded: every backup is kept.',
    next: [
      ...(flag === '' ? [] : ['Name the controller, so that it can be asked:', `  keyturn forget ${run.run}${flag}`]),
      `  keyturn show ${run.run}`,
      'To give up the way back all the same:',
      `  keyturn forget ${run.run} --force`,
    ],
    exitCode: 3,
  })
}
