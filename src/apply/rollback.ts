import type { PlaceState } from '../model/consumer.ts'
import { type ExitCode, Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { PlaceId, PlaceRef } from '../model/place.ts'
import type { Digest, Plan, Standing, Step } from '../model/plan.ts'
import { actorOf, inGroups, realPathsToWrite } from './apply-plan.ts'
import type { KeptBackup } from './backups.ts'
import { controllerFlag } from './command-words.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { lanesOf, runLanes } from './lanes.ts'
import { withLock } from './lock.ts'
import { type Finder, movedPlaces } from './moved-places.ts'
import { otherRuns, type RunFinder } from './other-runs.ts'
import type { RunFolder } from './run-folder.ts'
import { keptBackup, type RunState, type StepState, stepState } from './run-state.ts'
import { type FoundHow, sameEntries } from './same-entry.ts'
import { requireSameKey } from './same-key.ts'
import { requireSamePlan } from './same-plan.ts'
import { saidAlone } from './staged-together.ts'
import { reversedStages } from './stages.ts'
import { inRun } from './stopped-run.ts'
import { sweepTemporaries } from './sweep.ts'
import { type Finders, givesBack, isOriginal, isOurs, undoTogether } from './undo-group.ts'
import { withoutReserve } from './without-reserve.ts'

/** A place that could not be put back. */
export interface LeftPlace {
  readonly step: Step
  readonly because: string
  /** Someone else changed it; otherwise a system or the backup stood in the way, and putting back again may help. */
  readonly foreign: boolean
  /** Another run of this installation, which changed it and is to be put back before. */
  readonly by?: string
  /** Its backup cannot give it back, however often that is tried: what a person does instead. */
  readonly byHand?: readonly string[]
}

export interface RollbackOutcome {
  readonly state: RunState
  /** Put back by this command. */
  readonly restored: readonly Step[]
  readonly left: readonly LeftPlace[]
  /** Not looked at, because a signal came before: they hold what the run left there. */
  readonly remaining: readonly Step[]
  readonly exitCode: ExitCode
}

export interface RollbackOptions {
  /** One place alone. */
  readonly only?: PlaceId
  /** As for `ApplyOptions`. */
  readonly jobs?: number
  /** What runs comes to its end; the rest stays as the run left it. */
  readonly signal?: AbortSignal
}

/** Puts the old bytes back in reverse order; repeatable. */
export function rollbackRun(name: string, deps: ApplyDeps, options: RollbackOptions = {}): Promise<RollbackOutcome> {
  return withLockOfRun(name, deps, () => withoutReserve(name, deps, () => rollBack(name, deps, options)))
}

async function rollBack(name: string, deps: ApplyDeps, options: RollbackOptions): Promise<RollbackOutcome> {
  const { only } = options
  const run = await deps.runs.open(name, deps.context.system.clock)
  const chosen = run.plan.steps.filter((step) => only === undefined || step.place.id === only)
  if (chosen.length === 0) throw noSuchPlace(name, only ?? '')
  if (run.state().forgotten !== undefined && !chosen.some((step) => stands(step, run))) return outcomeOf([], [], run)
  requireBackups(run)
  requireSamePlan(run.state())
  requireSameKey(run.state(), deps.context)
  return inRun(run, 'rollback', () => putBack(chosen, run, deps, options))
}

/** A disk that is full has no room for the lock either. */
async function withLockOfRun<Result>(name: string, deps: ApplyDeps, act: () => Promise<Result>): Promise<Result> {
  let isTaken = false
  const taken = (): Promise<Result> => {
    isTaken = true
    return act()
  }
  try {
    return await withLock(deps.state, deps.context.system, taken)
  } catch (error) {
    if (isTaken || !(error instanceof Failure) || error.code !== 'R105') throw error
    return withoutReserve(name, deps, () => withLock(deps.state, deps.context.system, act))
  }
}

async function putBack(
  chosen: readonly Step[],
  run: RunFolder,
  deps: ApplyDeps,
  { jobs = 1, signal }: RollbackOptions,
): Promise<RollbackOutcome> {
  await run.record({ kind: 'resumed', doing: 'rollback', by: actorOf(deps.context.system) })
  await sweepTemporaries(run.plan, deps.context.system.files)
  const left: LeftPlace[] = []
  const standing = chosen.filter((step) => stands(step, run))
  const isNamed = namedBy(run)
  const isNeeded = neededBy(run)
  const whereNow = movedPlaces(run.state, deps)
  const isSame = sameEntries(run.state, deps)
  const finders = { whereNow, isSame, whoseNow: otherRuns(run.run, deps) }
  const one = async (step: Step): Promise<void> => {
    const problem = isNamed(step)
      ? STILL_NAMED
      : isNeeded(step)
        ? STILL_NEEDED
        : await undoStep(step, run, deps, finders)
    if (problem !== undefined) left.push({ step, ...problem })
  }
  const isStopped = (): boolean => signal?.aborted === true
  const act = async (group: readonly Step[]): Promise<void> => {
    // What was made, or names something, is a group of its own.
    await undoTogether(group, run, deps, finders)
    for (const step of group) if (!isStopped()) await one(step)
  }
  const realPath = await realPathsToWrite(run.plan, deps)
  for (const stage of reversedStages(chosen)) {
    const lanes = lanesOf(stage, ({ place }) => place.at, realPath)
    await runLanes(inGroups(lanes, deps), act, { jobs, isStopped })
  }
  await end(run, deps)
  return outcomeOf(standing, left, run)
}

/** `standing`: what held a change of the run when the command began. The reverse of the plan, whatever came to its end first. */
function outcomeOf(standing: readonly Step[], left: readonly LeftPlace[], run: RunFolder): RollbackOutcome {
  const why = new Map(left.map((place) => [place.step, place]))
  const backwards = standing.toReversed()
  const remaining = backwards.filter((step) => stands(step, run) && !why.has(step))
  return {
    state: run.state(),
    restored: backwards.filter((step) => !stands(step, run)),
    left: backwards.flatMap((step) => why.get(step) ?? []),
    remaining,
    exitCode: remaining.length > 0 ? 130 : exitCodeOf(left),
  }
}

/** Whether a place may hold what the run put there. */
function stands(step: Step, run: RunFolder): boolean {
  const { phase } = stepState(run.state(), step.id)
  return phase !== 'not started' && phase !== 'undone'
}

/** A credential that the run made stays while something that the run rewired still names it. */
function namedBy(run: RunFolder): (step: Step) => boolean {
  const pairs = run.plan.steps.flatMap((step) => {
    const { reference } = step.to
    return reference === undefined ? [] : [reference, ...(reference.also ?? [])].map(({ to }) => ({ to, step }))
  })
  const byName = groupedBy(pairs, ({ to }) => to)
  return (step) => {
    const naming = byName.get(nameIn(step.place.address)) ?? []
    return step.to.create !== undefined && stands(step, run) && naming.some((one) => stands(one.step, run))
  }
}

/** What names another credential by now stays so while the one that it named before is not what it was: it would break with that. */
function neededBy(run: RunFolder): (step: Step) => boolean {
  const pairs = run.plan.steps.flatMap((later) => (later.needs ?? []).map((id) => ({ id, later })))
  const needing = groupedBy(pairs, ({ id }) => id)
  return (step) =>
    step.to.reference !== undefined &&
    stands(step, run) &&
    (needing.get(step.id) ?? []).some(({ later }) => stands(later, run))
}

/** As what names it says it: addresses have no blanks. */
function nameIn(address: string): string {
  const last = address.slice(address.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

function exitCodeOf(left: readonly LeftPlace[]): ExitCode {
  if (left.length === 0) return 0
  return left.some(({ foreign }) => foreign) ? 4 : 1
}

async function end(run: RunFolder, deps: ApplyDeps): Promise<void> {
  const isBack = [...run.state().steps.values()].every(({ phase }) => phase === 'not started' || phase === 'undone')
  const at = deps.context.system.clock.now().toISOString()
  await run.record({ kind: 'ended', outcome: isBack ? 'rolled back' : 'partly rolled back', at })
  await run.noteEnd()
  // For the rest, as long as there is room again.
  if (!isBack) await deps.runs.setAside(run, deps.context.system.random).catch(saidAlone)
}

function noSuchPlace(name: string, place: PlaceId): Failure {
  return new Failure('R111', {
    at: `run ${name}`,
    because: `it has no place ${place}`,
    state: 'Nothing was changed.',
    next: [`  keyturn show ${name}`],
  })
}

function requireBackups(run: RunFolder): void {
  const { forgotten } = run.state()
  if (forgotten === undefined) return
  throw new Failure('R313', {
    at: `run ${run.run}`,
    because: `it was forgotten on ${forgotten.at.slice(0, 10)}: its backups were shredded, and the old bytes are nowhere else`,
    state: 'Nothing was changed. The places keep what they hold.',
    next: ['Give the places another token instead:', ...planAnew(run.plan)],
  })
}

/** With `--replace` a token goes into all that is found, so that no whole controller is named. */
function planAnew(plan: Plan): readonly string[] {
  const flag = controllerFlag(plan)
  return [
    ...(plan.steps.some(({ place }) => place.at.kind === 'file') ? ['  keyturn plan PATH --token NAME --replace'] : []),
    ...(flag === '' ? [] : [`  keyturn plan${flag} --job JOB --token NAME --replace`]),
  ]
}

type Problem = Omit<LeftPlace, 'step'>

const STILL_NAMED: Problem = {
  because: 'it was made by this run, and a place that still holds the change of this run names it; put that back, too',
  foreign: false,
}

const STILL_NEEDED: Problem = {
  because:
    'what it named before holds a change of this run, or of somebody since, and may not serve it; put that back, too',
  foreign: false,
}

const GONE: Problem = { because: 'the place is not there any more', foreign: true }

const OTHER_ENTRY: Problem = {
  because:
    'entries of its list came, went or changed since, and whether the run changed this one cannot be told; it was left as it is. Put the entries back as the run left them and repeat the rollback, or change it by hand',
  foreign: true,
}

const NO_ENTRY: Problem = {
  because:
    'its entry was not found in the list: it was removed or changed, and what stands at its number is another; it was left as it is',
  foreign: true,
}

function changedBy(run: string | undefined): Problem {
  const because = `${run === undefined ? 'someone else' : `run ${run}`} changed it since; it was left as it is`
  return { because, foreign: true, ...(run === undefined ? {} : { by: run }) }
}

const changedMeanwhile: Problem = { because: 'someone else changed it at the same moment', foreign: true }

/** Gives the reason when the place stays as it is. */
async function undoStep(
  step: Step,
  run: RunFolder,
  deps: ApplyDeps,
  { whereNow, isSame, whoseNow }: Finders & { readonly whoseNow: RunFinder },
): Promise<Problem | undefined> {
  const state = stepState(run.state(), step.id)
  const kept = keptBackup(state)
  if (!stands(step, run) || kept === undefined) return undefined
  try {
    const { place, found, isTold } = await findAgain(step, deps, whereNow)
    if (found.kind === 'absent') return state.from === 'absent' ? await record(step, 'absent', run) : GONE
    const isBack = isOriginal(found.digest, state)
    const isLeft = !isBack && isOurs(step, found, state)
    if ((isBack || isLeft) && !(await isSame(step, found, howFound(isTold, isBack)))) return OTHER_ENTRY
    if (isBack) return await record(step, found.digest, run)
    if (isLeft) return await restore({ ...step, place }, found.digest, kept, run, deps)
    const foreign = isOtherEntry(found, state) ? NO_ENTRY : changedBy(await whoseNow(step.place, found.digest))
    if (state.now === undefined || state.now === 'absent') return foreign
    // What a system shows of a place may differ from one moment to the next (permissions); its connector knows whether it is the same.
    return await restore(step, state.now, kept, run, deps, foreign)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return stoodInTheWay(error)
  }
}

function stoodInTheWay({ code, parts, message }: Failure): Problem {
  const byHand = code === 'R313' ? parts.next : undefined
  return { because: parts.because ?? message, foreign: false, ...(byHand === undefined ? {} : { byHand }) }
}

function howFound(isTold: boolean, isBack: boolean): FoundHow {
  if (isTold) return 'looked for'
  return isBack ? 'with its old bytes' : 'at its number'
}

function isOtherEntry(found: Pick<StepState, 'entry'>, { entry }: StepState): boolean {
  return entry !== undefined && found.entry !== undefined && found.entry !== entry
}

/** Under the address that it has since entries came or went before it, or its own: what looks like ours there may be the entry of another step. */
async function findAgain(
  step: Step,
  deps: ApplyDeps,
  whereNow: Finder,
): Promise<{ readonly place: PlaceRef; readonly found: PlaceState; readonly isTold: boolean }> {
  const [told] = await whereNow([step])
  const place = told ?? step.place
  const found = await connectorOf(deps, step.place.consumer).read(place, deps.context)
  return { place, found, isTold: told !== undefined }
}

/** What a file would hold again is compared with what it held; of a system that encrypts, the file of the backup is all that tells. */
async function restore(
  step: Step,
  expected: Digest,
  kept: KeptBackup,
  run: RunFolder,
  deps: ApplyDeps,
  conflict = changedMeanwhile,
): Promise<Problem | undefined> {
  const backup = await readBackup(step.place.at.kind === 'file' ? { backup: kept.backup } : kept, run)
  const staged = await connectorOf(deps, step.place.consumer).stageRestore(step.place, expected, backup, deps.context)
  if (staged.kind === 'conflict') return conflict
  if (!givesBack(step, staged.to, stepState(run.state(), step.id))) throw otherBackup(kept.backup)
  await run.record({ kind: 'intends undo', step: step.id, from: expected, to: staged.to })
  const changed = await staged.commit()
  if (changed.kind === 'conflict') return conflict
  deps.onEvent?.({ kind: 'restored', step: step.id })
  return record(step, changed.now, run)
}

/** Throws `Failure` R313 with what is the matter with the backup. */
async function readBackup(kept: KeptBackup, run: RunFolder): Promise<Uint8Array> {
  const ref = kept.backup
  try {
    return await run.readBackup(kept)
  } catch (cause) {
    const because =
      cause instanceof Failure
        ? `its backup ${ref} cannot be read: ${cause.parts.because ?? ''}`
        : `its backup ${ref} cannot be opened: it is damaged, or was sealed for another identity`
    throw new Failure('R313', { at: `backup ${ref}`, because, cause })
  }
}

function otherBackup(ref: string): Failure {
  const because = `its backup ${ref} holds other bytes than this place held before the run; the place was left as it is`
  return new Failure('R313', { at: `backup ${ref}`, because })
}

async function record(step: Step, now: Standing, run: RunFolder): Promise<undefined> {
  await run.record({ kind: 'undid', step: step.id, now })
}
