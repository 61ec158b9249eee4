import type { PlaceState } from '../model/consumer.ts'
import { type ExitCode, Failure } from '../model/failure.ts'
import type { ConsumerId } from '../model/place.ts'
import type { Plan, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { takeLock } from './lock.ts'
import { credentialChange, performStep } from './perform-step.ts'
import { readEach } from './read-each.ts'
import type { RunFolder } from './run-folder.ts'
import { type RunState, stepState } from './run-state.ts'
import { sweepTemporaries } from './sweep.ts'

export interface ApplyOptions {
  /** The current step is finished, then the run stops. */
  readonly signal?: AbortSignal
  /** Asked after so many proved places; `false` stops the run there. */
  readonly canary?: { readonly after: number; readonly goOn: (proved: number) => Promise<boolean> }
}

export interface RunOutcome {
  readonly state: RunState
  readonly exitCode: ExitCode
}

/** Carries out a plan from its beginning. Nothing is changed unless every place is still as the plan expects. */
export async function applyPlan(plan: Plan, deps: ApplyDeps, options: ApplyOptions = {}): Promise<RunOutcome> {
  const release = await takeLock(deps.state, deps.context.system)
  try {
    requireTokens(plan)
    for (const step of plan.steps) await credentialChange(step, deps)
    await refuseOtherRuns(plan, deps)
    await requireGit(plan, deps)
    await requireFresh(plan, deps)
    const run = await deps.runs.create(runName(plan, deps), plan)
    await begin(run, deps)
    return await perform(run, deps, options)
  } finally {
    await release()
  }
}

/** Continues a run from where its journal stands: after a crash, a refusal, or an interruption. */
export async function resumeRun(name: string, deps: ApplyDeps, options: ApplyOptions = {}): Promise<RunOutcome> {
  const release = await takeLock(deps.state, deps.context.system)
  try {
    const run = await deps.runs.open(name)
    requireGoingForward(run)
    if (run.journal.entries.length === 0) await begin(run, deps) // killed between plan and journal
    await sweepTemporaries(run.plan, deps.context.system.files)
    return await perform(run, deps, options)
  } finally {
    await release()
  }
}

function begin(run: RunFolder, deps: ApplyDeps): Promise<void> {
  return run.journal.append({ kind: 'began', run: run.run, plan: run.plan.id, at: now(deps) })
}

async function perform(run: RunFolder, deps: ApplyDeps, { signal, canary }: ApplyOptions): Promise<RunOutcome> {
  for (const [index, step] of run.plan.steps.entries()) {
    if (isFinished(run, step)) continue
    if (signal?.aborted) return end(run, 'stopped', 130, deps)
    if (canary !== undefined && index === canary.after && !(await canary.goOn(index)))
      return end(run, 'stopped', 3, deps)
    deps.onEvent?.({ kind: 'step', step: step.id, number: index + 1, of: run.plan.steps.length })
    await performStep(step, run, deps)
  }
  const open = [...run.state().steps.values()].some((state) => state.proof?.outcome === 'not verifiable here')
  return end(run, 'applied', open ? 3 : 0, deps)
}

function isFinished(run: RunFolder, step: Step): boolean {
  const state = stepState(run.state(), step.id)
  return state.phase === 'done' && state.proof !== undefined
}

async function end(
  run: RunFolder,
  outcome: 'applied' | 'stopped',
  exitCode: ExitCode,
  deps: ApplyDeps,
): Promise<RunOutcome> {
  await run.journal.append({ kind: 'ended', outcome, at: now(deps) })
  return { state: run.state(), exitCode }
}

function requireTokens(plan: Plan): void {
  const waiting = plan.steps.filter((step) => step.to.request !== undefined)
  if (waiting.length === 0) return
  throw new Failure('R203', {
    at: `plan ${plan.id}`,
    because: `${waiting.length === 1 ? '1 step waits' : `${waiting.length} steps wait`} for a token that a person has to create`,
    state: 'Nothing was changed.',
    next: [
      'Create the tokens that the plan names, keep each in the vault, and plan again:',
      '  keyturn token add NAME --email ADDRESS --username NAME',
      `  keyturn plan ${sourceWords(plan)}`,
    ],
    exitCode: 3,
  })
}

/** Every place is read before the first act: a plan that does not fit the world any more is refused whole. */
async function requireFresh(plan: Plan, deps: ApplyDeps): Promise<void> {
  for (const [consumer, steps] of byConsumer(plan)) {
    const places = steps.map(({ place }) => place)
    const states = await readEach(connectorOf(deps, consumer), places, deps.context)
    for (const [index, step] of steps.entries()) requireAsPlanned(step, states[index], plan)
  }
}

/** Consumers that are asked answer for many places at once. */
function byConsumer(plan: Plan): ReadonlyMap<ConsumerId, readonly Step[]> {
  const groups = new Map<ConsumerId, Step[]>()
  for (const step of plan.steps) {
    const group = groups.get(step.place.consumer)
    if (group === undefined) groups.set(step.place.consumer, [step])
    else group.push(step)
  }
  return groups
}

function requireAsPlanned(step: Step, found: PlaceState | Failure | undefined, plan: Plan): void {
  if (found instanceof Failure) throw found
  if ((found?.kind === 'present' ? found.digest : 'absent') === step.from.digest) return
  throw new Failure('R201', {
    at: `${step.place.at.kind === 'file' ? step.place.at.path : step.place.at.url} ${step.place.address}`,
    because:
      found?.kind !== 'present'
        ? 'the place was not found there any more; the file may be damaged'
        : `the place was changed after the plan was made (${plan.createdAt.slice(0, 16).replace('T', ' ')} UTC)`,
    state: 'Nothing was changed.',
    next: [`  keyturn plan ${sourceWords(plan)}`],
    exitCode: 4,
  })
}

/** An open run is continued or put back before another one begins, so that every place has one history. */
async function refuseOtherRuns(plan: Plan, deps: ApplyDeps): Promise<void> {
  for (const name of await deps.runs.names()) {
    const state = await deps.runs.read(name)
    if (state.plan.id === plan.id && state.outcome === 'applied') throw alreadyApplied(plan, name)
    const changed = [...state.steps.values()].some(({ phase }) => phase !== 'not started' && phase !== 'undone')
    const touches = state.plan.steps.some((step) => plan.steps.some((other) => samePlace(step, other)))
    if (state.outcome === 'open' && changed && touches) {
      throw new Failure('R310', {
        at: `run ${name}`,
        because: 'its journal has no end, and it changes places of this plan',
        state: 'This command changed nothing.',
        next: ['  keyturn apply --resume', 'or', `  keyturn rollback ${name}`],
      })
    }
  }
}

function samePlace(one: Step, other: Step): boolean {
  return (
    one.place.consumer === other.place.consumer &&
    one.place.address === other.place.address &&
    JSON.stringify(one.place.at) === JSON.stringify(other.place.at)
  )
}

function requireGoingForward(run: RunFolder): void {
  const undoing = [...run.state().steps.values()].some(({ phase }) => phase === 'undo announced' || phase === 'undone')
  if (!undoing) return
  throw new Failure('R311', {
    at: `run ${run.run}`,
    because: 'it is being rolled back, so it cannot be continued forward',
    state: 'Nothing was changed by this command.',
    next: [`  keyturn rollback ${run.run}`],
  })
}

/** Sorts by time; the tail tells two runs of one second apart. */
function runName(plan: Plan, deps: ApplyDeps): string {
  const time = now(deps).replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `r${time}-${plan.id.slice(0, 4)}${Buffer.from(deps.context.system.random.bytes(2)).toString('hex')}`
}

function now(deps: ApplyDeps): string {
  return deps.context.system.clock.now().toISOString()
}

/** What the plan was made from, as it was named on the command line. */
function sourceWords(plan: Plan): string {
  const word = (source: string): string =>
    /^[\w@%+=:,./~-]+$/.test(source) ? source : `'${source.replaceAll("'", `'\\''`)}'`
  return plan.sources.map((source) => (/^https?:/.test(source) ? `--jenkins ${source}` : word(source))).join(' ')
}

/** Without git nothing could be proved, so nothing is changed. Throws R107. */
async function requireGit(plan: Plan, { context }: ApplyDeps): Promise<void> {
  const asksGit = plan.steps.some(
    (step) => step.place.at.kind === 'file' && step.uses.some((use) => use.operation.startsWith('git-')),
  )
  const { processes } = context.system
  if (asksGit) await processes.run({ command: 'git', args: ['--version'], environment: processes.environment() })
}

function alreadyApplied(plan: Plan, run: string): Failure {
  return new Failure('R201', {
    at: `plan ${plan.id}`,
    because: `it was carried out as run ${run}`,
    state: 'This command changed nothing.',
    next: [`  keyturn verify ${run}`],
    exitCode: 4,
  })
}
