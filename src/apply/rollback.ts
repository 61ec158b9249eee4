import { type ExitCode, Failure } from '../model/failure.ts'
import type { PlaceId } from '../model/place.ts'
import type { Digest, Standing, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { takeLock } from './lock.ts'
import type { RunFolder } from './run-folder.ts'
import { type RunState, type StepState, stepState } from './run-state.ts'
import { sweepTemporaries } from './sweep.ts'

export interface RollbackOutcome {
  readonly state: RunState
  readonly restored: readonly Step[]
  /** Places that could not be put back, with the reason. */
  readonly left: readonly { readonly step: Step; readonly because: string }[]
  readonly exitCode: ExitCode
}

/** Puts the old bytes back in reverse order; repeatable. `only` restricts it to one place. */
export async function rollbackRun(name: string, deps: ApplyDeps, only?: PlaceId): Promise<RollbackOutcome> {
  const release = await takeLock(deps.state, deps.context.system)
  try {
    const run = await deps.runs.open(name)
    await sweepTemporaries(run.plan, deps.context.system.files)
    const steps = run.plan.steps.filter((step) => only === undefined || step.place.id === only).reverse()
    if (steps.length === 0)
      throw new Failure('R111', {
        at: `run ${name}`,
        because: `it has no place ${only}`,
        state: 'Nothing was changed.',
      })
    const left: { step: Step; because: string }[] = []
    const restored: Step[] = []
    for (const step of steps) {
      const because = await undoStep(step, run, deps)
      if (because !== undefined) left.push({ step, because })
      else if (stepState(run.state(), step.id).phase === 'undone') restored.push(step)
    }
    if (only === undefined && left.length === 0)
      await run.journal.append({
        kind: 'ended',
        outcome: 'rolled back',
        at: deps.context.system.clock.now().toISOString(),
      })
    return { state: run.state(), restored, left, exitCode: left.length > 0 ? 4 : 0 }
  } finally {
    await release()
  }
}

/** Gives the reason when the place stays as it is. */
async function undoStep(step: Step, run: RunFolder, deps: ApplyDeps): Promise<string | undefined> {
  const state = stepState(run.state(), step.id)
  if (state.phase === 'not started' || state.phase === 'undone' || state.backup === undefined) return undefined
  try {
    const found = await connectorOf(deps, step.place.consumer).read(step.place, deps.context)
    if (found.kind === 'absent' && state.from === 'absent') return await record(step, 'absent', run)
    if (found.kind === 'absent') return 'the place is not there any more'
    if (isOriginal(found.digest, state)) return await record(step, found.digest, run)
    if (!isOurs(found.digest, state)) return 'someone else changed it since; it was left as it is'
    return await restore(step, found.digest, state.backup, run, deps)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.parts.because ?? error.message
  }
}

function isOriginal(digest: Digest, state: StepState): boolean {
  return digest === state.from || (state.undo !== undefined && digest === state.undo.to)
}

/** What we left there, or, where encryption made that unpredictable, whatever an announced act of ours may have left. */
function isOurs(digest: Digest, state: StepState): boolean {
  if (digest === state.now || digest === state.to || digest === state.undo?.from) return true
  // What was to be made was there already when it should have been: it is somebody else's, and is never removed.
  if (state.from === 'absent' && state.gaveUp?.code === 'R205') return false
  const announced = state.phase === 'announced' || state.phase === 'undo announced'
  return announced && (state.to === 'unpredictable' || state.undo?.to === 'unpredictable')
}

async function restore(
  step: Step,
  expected: Digest,
  backupRef: string,
  run: RunFolder,
  deps: ApplyDeps,
): Promise<string | undefined> {
  const backup = await run.readBackup(backupRef)
  const staged = await connectorOf(deps, step.place.consumer).stageRestore(step.place, expected, backup, deps.context)
  if (staged.kind === 'conflict') return 'someone else changed it at the same moment'
  await run.journal.append({ kind: 'intends undo', step: step.id, from: expected, to: staged.to })
  const changed = await staged.commit()
  if (changed.kind === 'conflict') return 'someone else changed it at the same moment'
  deps.onEvent?.({ kind: 'restored', step: step.id })
  return record(step, changed.now, run)
}

async function record(step: Step, now: Standing, run: RunFolder): Promise<undefined> {
  await run.journal.append({ kind: 'undid', step: step.id, now })
}
