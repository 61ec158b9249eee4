import { Failure } from '../model/failure.ts'
import { backupFile } from './backups.ts'
import type { ApplyDeps } from './deps.ts'
import { lostBeforeMark } from './journal-end.ts'
import type { RunInspection } from './run-folder.ts'
import type { RunState } from './run-state.ts'
import { hasOtherKey, OTHER_KEY } from './same-key.ts'

/** What the files of a run tell about themselves. */
export interface AuditedRun {
  readonly run: string
  readonly verdict: 'OK' | 'damaged'
  /** Whole lines of the journal that follow one another. */
  readonly lines: number
  /** Each a reason for `damaged`. */
  readonly damage: readonly string[]
  /** What is worth knowing and no damage. */
  readonly notes: readonly string[]
  /** As far as the journal could be read. Absent: the plan could not. */
  readonly state?: RunState
}

/** Checks the hash chain, the plan's digest and the backups of one run. Changes nothing, and throws for a run that is not known only. */
export async function auditRun(
  run: string,
  { runs, context }: Pick<ApplyDeps, 'runs'> & Partial<Pick<ApplyDeps, 'context'>>,
): Promise<AuditedRun> {
  try {
    const found = await runs.inspect(run)
    const damage = [
      ...journalDamage(found),
      ...planDamage(found),
      ...backupDamage(found),
      ...keyDamage(found.state, context),
    ]
    const verdict = damage.length === 0 ? 'OK' : 'damaged'
    return { run, verdict, lines: found.journal.lines, damage, notes: notesOn(found), state: found.state }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'R311') throw error
    const because = `${error.parts.at ?? run}: ${error.parts.because ?? error.code}`
    return { run, verdict: 'damaged', lines: 0, damage: [because], notes: [] }
  }
}

function journalDamage({ journal, noted, isNoteDamaged, chainThere, backups }: RunInspection): readonly string[] {
  if (journal.damage !== undefined) return [`journal, line ${journal.damage.line}: ${journal.damage.because}`]
  const lost = lostBeforeMark(journal, noted, chainThere)
  if (lost !== undefined) return [lost]
  if (isNoteDamaged)
    return ['journal.end holds no such note as keyturn writes, so that the end of the journal may be missing']
  if (journal.lines === 0 && backups.length > 0) return ['the journal is gone, and backups are there']
  return []
}

function planDamage({ run, state, beganAs, journal }: RunInspection): readonly string[] {
  if (beganAs !== undefined && beganAs.run !== run) return [`the journal is that of run ${beganAs.run}`]
  if (state.otherPlan)
    return ['plan.json is not the plan that the run began with: its SHA-256 differs from the one in the journal']
  if (beganAs !== undefined && beganAs.plan !== state.plan.id)
    return [`plan.json is plan ${state.plan.id}, and the run began with plan ${beganAs.plan}`]
  const changed = [...state.steps.values()].some(({ phase }) => phase !== 'not started')
  return beganAs === undefined && changed && journal.damage === undefined ? ['the journal has no beginning'] : []
}

/** Without its backup a place cannot be put back. */
function backupDamage({ state, backups, unreadable, exchanged }: RunInspection): readonly string[] {
  if (state.forgotten !== undefined) return []
  const there = new Set(backups)
  const missing = [...state.steps.values()].filter(
    ({ backup }) => backup !== undefined && !there.has(backupFile(backup)),
  )
  const refs = missing.flatMap(({ backup }) => (backup === undefined ? [] : [backup]))
  return [
    ...countedDamage(refs, ['is missing', 'are missing'], ''),
    ...countedDamage(exchanged, ['is another file than the run kept', 'are other files than the run kept'], ''),
    ...countedDamage(unreadable, ['does not open', 'do not open'], ': damaged, or sealed for another identity'),
  ]
}

function keyDamage(state: RunState, context: ApplyDeps['context'] | undefined): readonly string[] {
  return context !== undefined && hasOtherKey(state, context) ? [OTHER_KEY] : []
}

function countedDamage(
  [first, ...others]: readonly string[],
  [is, are]: readonly [string, string],
  why: string,
): readonly string[] {
  if (first === undefined) return []
  return [
    others.length === 0
      ? `the backup ${first} ${is}${why}`
      : `${others.length + 1} backups ${are}, ${first} among them${why}`,
  ]
}

const END_NOT_NOTED =
  'journal.end is not there, so nothing tells whether the end of the journal is missing: a first command that was killed leaves none'

function notesOn({ state, journal, backups, noted, isNoteDamaged }: RunInspection): readonly string[] {
  const announced = new Set(
    [...state.steps.values()].flatMap(({ backup }) => (backup === undefined ? [] : [backupFile(backup)])),
  )
  const unannounced = backups.filter((name) => !announced.has(name)).length
  return [
    ...(journal.torn === 'cut off'
      ? [`the last ${journal.tornBytes} bytes are a line that was not written to its end`]
      : []),
    ...(journal.torn === 'zeros'
      ? [
          `the last ${journal.tornBytes} bytes are zeros or end in them: what a power loss leaves of a line that was not confirmed`,
        ]
      : []),
    ...(unannounced > 0 && journal.damage === undefined
      ? [
          `${unannounced} of the backups belong to no announced step: a crash leaves one for each step that ran at that moment, and more mean that the end of the journal is missing`,
        ]
      : []),
    ...(state.planDigest !== undefined && noted === undefined && !isNoteDamaged ? [END_NOT_NOTED] : []),
    ...(journal.lines > 0 && state.planDigest === undefined
      ? ['the journal names no digest of the plan: it was begun by an older version']
      : []),
    ...(state.forgotten === undefined
      ? []
      : [
          `it was forgotten ${state.forgotten.at.slice(0, 16).replace('T', ' ')} UTC${state.forgotten.finished ? '' : ', and not to the end: repeat "keyturn forget"'}`,
        ]),
  ]
}
