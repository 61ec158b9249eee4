import type { Connector, PlaceState, RestoreAsked, Staged } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { BackupRef } from '../model/journal-entry.ts'
import type { Digest, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { namesWhatWasPut, namesWhatWasThere } from './left-username.ts'
import type { Finder } from './moved-places.ts'
import { readEach } from './read-each.ts'
import type { RunFolder } from './run-folder.ts'
import { type StepState, stepState } from './run-state.ts'
import type { EntryCheck } from './same-entry.ts'
import { readyTogether, saidAlone } from './staged-together.ts'

/** What tells which entry of a file is the one of a step. */
export interface Finders {
  readonly whereNow: Finder
  readonly isSame: EntryCheck
}

/**
 * Puts as many of these places of one file back as one write can. Every step is left where the journal says: what could not be put back
 * with the others is put back alone, which says what stands in the way.
 */
export async function undoTogether(
  steps: readonly Step[],
  run: RunFolder,
  deps: ApplyDeps,
  finders: Finders,
): Promise<void> {
  const open = steps.filter((step) => {
    const { phase, backup } = stepState(run.state(), step.id)
    return phase !== 'not started' && phase !== 'undone' && backup !== undefined
  })
  const [first] = open
  const connector = first === undefined ? undefined : connectorOf(deps, first.place.consumer)
  const stageRestoreMany = connector?.stageRestoreMany
  if (connector === undefined || stageRestoreMany === undefined || open.length < 2) return
  const asked = await askedOf(open, connector, run, deps, finders)
  if (asked.length === 0) return
  const staged = await readyTogether(asked, (all) => stageRestoreMany(all, deps.context))
  if (staged === undefined) return
  const { ready } = staged
  if (!ready.every(({ step, ready: { to } }) => givesBack(step, to, stepState(run.state(), step.id)))) return
  await Promise.all(
    ready.map(({ step, expected, ready: { to } }) =>
      run.record({ kind: 'intends undo', step: step.id, from: expected, to }),
    ),
  )
  if ((await staged.commit().catch(saidAlone)) !== 'changed') return
  await Promise.all(ready.map(({ step, ready: { to } }) => run.record({ kind: 'undid', step: step.id, now: to })))
  for (const { step } of ready) deps.onEvent?.({ kind: 'restored', step: step.id })
}

interface Asking extends RestoreAsked {
  readonly step: Step
}

/** Places that hold what this run left there, wherever they are by now, with their backups. */
async function askedOf(
  steps: readonly Step[],
  connector: Connector,
  run: RunFolder,
  deps: ApplyDeps,
  { whereNow, isSame }: Finders,
): Promise<readonly Asking[]> {
  const told = await whereNow(steps)
  const places = steps.map(({ place }, index) => told[index] ?? place)
  const found = await readEach(connector, places, deps.context)
  const asked: Asking[] = []
  for (const [index, step] of steps.entries()) {
    const state = stepState(run.state(), step.id)
    const [here, place = step.place] = [found[index], places[index]]
    if (here === undefined || here instanceof Failure || here.kind === 'absent') continue
    if (isOriginal(here.digest, state) || !isOurs(step, here, state)) continue
    if (!(await isSame(step, here, told[index] === undefined ? 'at its number' : 'looked for'))) continue
    const backup = await readIfOpens(state.backup, run)
    if (backup !== undefined) asked.push({ step, place, expected: here.digest, backup })
  }
  return asked
}

/** One that does not open is told of where its place is put back alone. */
function readIfOpens(backup: BackupRef | undefined, run: RunFolder): Promise<Uint8Array | undefined> {
  return backup === undefined ? Promise.resolve(undefined) : run.readBackup({ backup }).catch(() => undefined)
}

/**
 * Whether a place of a file would hold after this what it held when the run found it. A backup opens for every place of this installation, also
 * where somebody put it in the place of another.
 */
export function givesBack({ place }: Step, to: Staged['to'], { from }: StepState): boolean {
  return place.at.kind !== 'file' || from === undefined || to === 'unpredictable' || to === from
}

export function isOriginal(digest: Digest, state: StepState): boolean {
  return digest === state.from || (state.undo !== undefined && digest === state.undo.to)
}

type Present = Pick<Extract<PlaceState, { kind: 'present' }>, 'digest' | 'made' | 'place'>

/** What we left there, or, where encryption made that unpredictable, whatever an announced act of ours may have left. */
export function isOurs(step: Step, { digest, made, place }: Present, state: StepState): boolean {
  if (digest === state.now || digest === state.to || digest === state.undo?.from) return true
  // Nothing of ours was written there: it is somebody else's, and is never removed or written over.
  if (state.isTheirs) return false
  // What was announced to be made and bears no mark was made by somebody else.
  if (state.from === 'absent') return state.phase === 'announced' && state.to === 'unpredictable' && made === true
  if (state.phase === 'announced') return state.to === 'unpredictable' && namesWhatWasPut(step, place)
  const isUndone =
    state.phase === 'undo announced' && (state.to === 'unpredictable' || state.undo?.to === 'unpredictable')
  return isUndone && (namesWhatWasPut(step, place) || namesWhatWasThere(step, place))
}
