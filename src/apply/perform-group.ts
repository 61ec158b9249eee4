import type { ChangeAsked } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Standing, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { credentialChange, entryWord, performStep, StepStopped, settled } from './perform-step.ts'
import { readEach } from './read-each.ts'
import type { RunFolder } from './run-folder.ts'
import { stepState } from './run-state.ts'
import { type ReadyTogether, readyTogether, saidAlone } from './staged-together.ts'

export interface GroupOptions {
  readonly isStopped: () => boolean
  /** A signal came: what was changed is proved when the run goes on. */
  readonly isInterrupted: () => boolean
  readonly onEnded: (step: Step) => void
  readonly onFailed: (step: Step, error: unknown) => void
}

/**
 * Steps of one file: as many as one write can change are changed by one, and then each comes to its proof on its own, which is also how a
 * step ends that could not be changed with the others. A refusal of one keeps none of those that were changed from being proved.
 */
export async function performGroup(
  steps: readonly Step[],
  run: RunFolder,
  deps: ApplyDeps,
  options: GroupOptions,
): Promise<void> {
  const { isStopped, isInterrupted, onEnded, onFailed } = options
  const [first] = steps
  try {
    if (steps.length > 1) await changeTogether(steps, run, deps)
  } catch (error) {
    const step = error instanceof StepStopped ? error.step : first
    if (step !== undefined) return onFailed(step, error)
  }
  // What is no refusal of the step is the disk or a defect: what would be found out now could not be noted.
  let isBroken = false
  const one = (step: Step): Promise<void> =>
    performStep(step, run, deps).then(
      () => onEnded(step),
      (error: unknown) => {
        if (!(error instanceof StepStopped)) isBroken = true
        onFailed(step, error)
      },
    )
  const isDone = (step: Step): boolean => stepState(run.state(), step.id).phase === 'done'
  const [changed, alone] = [steps.filter(isDone), steps.filter((step) => !isDone(step))]
  for (const step of changed) if (!isBroken && (steps.length === 1 || !isInterrupted())) await one(step)
  for (const step of alone) if (steps.length === 1 || !isStopped()) await one(step)
}

interface Asking extends ChangeAsked {
  readonly step: Step
}

/** Leaves every step where the journal says so: changed, announced and not changed, or not begun. */
async function changeTogether(steps: readonly Step[], run: RunFolder, deps: ApplyDeps): Promise<void> {
  const asked = await askedOf(steps, run, deps)
  const [first] = asked
  const stageMany = first === undefined ? undefined : connectorOf(deps, first.place.consumer).stageMany
  if (asked.length < 2 || stageMany === undefined) return
  const staged = await readyTogether(asked, (all) => stageMany(all, deps.context))
  if (staged === undefined) return
  const { ready } = staged
  await announce(ready, run)
  if ((await commit(staged, run)) === 'conflict') return
  await Promise.all(ready.map(({ step, ready: { to } }) => run.record({ kind: 'did', step: step.id, now: to })))
  for (const { step } of ready) deps.onEvent?.({ kind: 'changed', step: step.id })
}

/** Every step that is to be changed, with what its place must hold now; for announced ones the place is read. */
async function askedOf(steps: readonly Step[], run: RunFolder, deps: ApplyDeps): Promise<readonly Asking[]> {
  const asked: Asking[] = []
  const ask = async (step: Step, expected: Step['from']['digest']): Promise<void> => {
    const next = await credentialChange(step, deps).catch(saidAlone)
    if (next !== undefined && expected !== 'absent') asked.push({ step, place: step.place, expected, next })
  }
  const phaseOf = (step: Step): string => stepState(run.state(), step.id).phase
  for (const step of steps) if (phaseOf(step) === 'not started') await ask(step, step.from.digest)
  const announced = steps.filter((step) => phaseOf(step) === 'announced')
  const [first] = announced
  if (first === undefined) return asked
  const places = announced.map(({ place }) => place)
  const found = await readEach(connectorOf(deps, first.place.consumer), places, deps.context)
  const done: { readonly step: string; readonly now: Standing }[] = []
  for (const [index, step] of announced.entries()) {
    const state = found[index]
    if (state === undefined || state instanceof Failure) continue
    const next = settled(step, stepState(run.state(), step.id), state)
    if (next.kind === 'change') await ask(step, next.expected)
    if (next.kind === 'did') done.push({ step: step.id, now: next.now })
  }
  await Promise.all(done.map((each) => run.record({ kind: 'did', ...each })))
  return asked
}

/** All backups, then all announcements, each in as few writes as they come in. */
async function announce(steps: ReadyTogether<Asking>['ready'], run: RunFolder): Promise<void> {
  const backups = await Promise.all(
    steps.map(({ step, expected, ready }) => run.keepBackup(step.id, ready.backup, expected)),
  )
  await Promise.all(
    steps.map(({ step, expected, ready }, index) => {
      const announced = { from: expected, to: ready.to, backup: '', ...backups[index], ...entryWord(ready) }
      return run.record({ kind: 'intends', step: step.id, ...announced })
    }),
  )
}

/** After a conflict nothing was written, and the recovery table tells of each place what to do. */
async function commit(staged: ReadyTogether<Asking>, run: RunFolder): Promise<'changed' | 'conflict'> {
  try {
    return await staged.commit()
  } catch (error) {
    const [first] = staged.ready
    if (!(error instanceof Failure) || first === undefined) throw error
    const { code, parts } = error
    const because = parts.because ?? ''
    const noted = staged.ready.map(({ step }) =>
      run.record({ kind: 'gave up', step: step.id, code, because }).catch(saidAlone),
    )
    await Promise.all(noted)
    throw new StepStopped(first.step, error)
  }
}
