import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { BackupRef, JournalEntry } from '../model/journal-entry.ts'
import type { Plan, Standing, StepId } from '../model/plan.ts'
import type { Clock, FileEntry, Files, Randomness } from '../model/ports.ts'
import { readIfThere } from '../system/read-if-there.ts'
import { type BackupSealer, type Backups, backupFile, type KeptBackup, openBackups } from './backups.ts'
import {
  damagedJournal,
  type JournalReading,
  openJournal,
  readLines,
  requireReplaced,
  requireWhole,
} from './journal.ts'
import { chainAt, type JournalMark, lostBeforeMark, markIn, markText, requireNoted } from './journal-end.ts'
import { isPlan, otherVersion } from './plan-shape.ts'
import { giveUpReserve, reserveSize, setAside } from './reserve.ts'
import { beginFold, keptBackup, type RunState, stepState } from './run-state.ts'
import { sweepFolder } from './sweep.ts'

/** `<state>/runs/<run>/`: `plan.json`, `journal`, `journal.end`, `reserve` and what belongs to it, `backups/` (`openBackups`). */
export interface RunFolder {
  readonly run: string
  readonly plan: Plan
  /** SHA-256 (hex) of what `plan.json` says now. */
  readonly planDigest: string
  /** Lines of the journal. */
  readonly lines: () => number
  state(): RunState
  /** Resolves when the entry is on disk, with the time of now. */
  record(entry: JournalEntry): Promise<void>
  /**
   * The first backup of a step stays: a repeated step must not overwrite the original bytes. `held`: what the place holds now. Throws `Failure`
   * R102 when the first one cannot be opened and these are other bytes.
   */
  keepBackup(step: StepId, bytes: Uint8Array, held: Standing): Promise<KeptBackup>
  readBackup: Backups['read']
  /** Notes beside the journal how far it reaches, so that one that is cut short later is found out. */
  noteEnd(): Promise<void>
}

/** What lies in the folder of a run, damaged or not. */
export interface RunInspection {
  readonly run: string
  readonly planDigest: string
  readonly journal: JournalReading
  readonly state: RunState
  /** What its first entry says that it is the journal of. */
  readonly beganAs?: { readonly run: string; readonly plan: string }
  /** How far the journal reached when a command had ended. */
  readonly noted?: JournalMark
  /** The file that should say so says something else. */
  readonly isNoteDamaged: boolean
  /** Chain value of the line that `noted` names; absent: the journal does not reach it. */
  readonly chainThere?: string
  /** Names of the files among the backups. */
  readonly backups: readonly BackupRef[]
  /** Announced backups whose file is there and does not give them. */
  readonly unreadable: readonly BackupRef[]
  /** Those in whose place another file is. */
  readonly exchanged: readonly BackupRef[]
}

export interface RunStore {
  create(run: string, plan: Plan, clock: Clock): Promise<RunFolder>
  open(run: string, clock: Clock): Promise<RunFolder>
  /** Oldest first. A run whose files are damaged throws R312 when opened, not here. */
  names(): Promise<readonly string[]>
  read(run: string): Promise<RunState>
  /** Its plan alone, which can be read where the journal is damaged. */
  plan(run: string): Promise<Plan>
  /** Throws where there is no plan; a damaged journal is a result. */
  inspect(run: string): Promise<RunInspection>
  /** Sets room aside for putting the run back (`reserve.ts`); repeatable. Throws `Failure` R105 when there is none. */
  setAside(run: Pick<RunFolder, 'run' | 'plan'>, random: Randomness): Promise<void>
  /** Whether there was room set aside. */
  giveUpReserve(run: string): Promise<boolean>
  /** Overwrites and removes every backup; gives how many there were. Repeatable. */
  shredBackups(run: string, onFile?: (done: number, of: number) => void): Promise<number>
}

export function runStore(state: string, files: Files, sealer: BackupSealer): RunStore {
  const folderOf = (run: string): string => join(state, 'runs', run)
  const opened = async (run: string, clock: Clock): Promise<RunFolder> => {
    const { plan, digest } = await readPlan(folderOf(run), run, files)
    return runFolder({ run, plan, planDigest: digest, folder: folderOf(run), files, sealer, clock })
  }
  return {
    create: async (run, plan, clock) => {
      await files.makeFolder(join(folderOf(run), 'backups'))
      const bytes = Buffer.from(JSON.stringify(plan))
      const path = join(folderOf(run), 'plan.json')
      requireReplaced(await files.replace(path, 'absent', bytes), path)
      return runFolder({ run, plan, planDigest: sha256(bytes), folder: folderOf(run), files, sealer, clock })
    },
    open: opened,
    names: () => namesIn(join(state, 'runs'), files),
    read: async (run) => {
      const { state: read, journal, noted, chainThere, beganAs } = await inspect(run, folderOf(run), files)
      const path = join(folderOf(run), 'journal')
      requireWhole(journal, path)
      requireOwn(run, beganAs?.run, path)
      const lost = lostBeforeMark(journal, noted, chainThere)
      if (lost !== undefined) throw new Failure('R312', damagedJournal(path, lost))
      return read
    },
    plan: async (run) => (await readPlan(folderOf(run), run, files)).plan,
    inspect: (run) => inspect(run, folderOf(run), files, sealer),
    setAside: ({ run, plan }, random) => setAside(folderOf(run), reserveSize(plan), files, random),
    giveUpReserve: (run) => giveUpReserve(folderOf(run), files),
    shredBackups: async (run, onFile) => {
      const there = await files.list(join(folderOf(run), 'backups'))
      // What is no file is refused, and comes last: a link leads to bytes that would be left where they are.
      const left = [...there].sort((one, other) => Number(one.kind !== 'file') - Number(other.kind !== 'file'))
      for (const [index, { path }] of left.entries()) {
        await files.shred(path)
        onFile?.(index + 1, left.length)
      }
      return left.length
    },
  }
}

interface FolderParts {
  readonly run: string
  readonly plan: Plan
  readonly planDigest: string
  readonly folder: string
  readonly files: Files
  readonly sealer: BackupSealer
  readonly clock: Clock
}

async function runFolder({ run, plan, planDigest, folder, files, sealer, clock }: FolderParts): Promise<RunFolder> {
  // Also of a run that goes on: whoever made the folder may have been killed before its name was synced.
  await files.makeFolder(join(folder, 'backups'))
  await sweepRuns(dirname(folder), files)
  await sweepFolder(join(folder, 'backups'), files)
  const kept = (await files.list(join(folder, 'backups'))).map(({ path }) => basename(path))
  const backups = openBackups(join(folder, 'backups'), kept, files, sealer)
  const fold = beginFold(run, plan, planDigest)
  const path = join(folder, 'journal')
  const noted = markIn(await readIfThere(join(folder, 'journal.end'), files))
  if (noted !== undefined) requireNoted((await readIfThere(path, files)) ?? new Uint8Array(), noted, path)
  let beganAs: string | undefined
  const journal = await openJournal(path, files, (entry) => {
    if (entry.kind === 'began') beganAs ??= entry.run
    fold.add(entry)
  })
  requireOwn(run, beganAs, path)
  return {
    run,
    plan,
    planDigest,
    lines: () => journal.end().lines,
    state: fold.state,
    record: (entry) => journal.append({ ...entry, at: entry.at ?? clock.now().toISOString() }),
    keepBackup: async (step, bytes, held) => {
      const state = stepState(fold.state(), step)
      const first = keptBackup(state)
      if (first === undefined) return backups.keep(step, bytes)
      if (await backups.opens(first)) return first
      if (held === state.from) return backups.keep(step, bytes, true)
      throw onlyBackup(join(folder, 'backups', backupFile(first.backup)))
    },
    readBackup: backups.read,
    noteEnd: async () => {
      const end = join(folder, 'journal.end')
      const noted = (await readIfThere(end, files)) ?? 'absent'
      requireReplaced(await files.replace(end, noted, markText(journal.end())), end)
    },
  }
}

/** Its steps have the same names as those of any other run, and would be taken for them. */
function requireOwn(run: string, beganAs: string | undefined, path: string): void {
  if (beganAs === undefined || beganAs === run) return
  throw new Failure('R312', damagedJournal(path, `it is the journal of run ${beganAs}`))
}

function onlyBackup(path: string): Failure {
  return new Failure('R102', {
    at: path,
    because:
      'it should hold the old bytes of this place, and cannot be opened or is another file; the place holds others by now',
    state: 'Nothing was changed by this step.',
    next: ['Put the file back from a backup of this machine.'],
  })
}

/** `sealer`: opens the backups, which are left out without it. */
async function inspect(run: string, folder: string, files: Files, sealer?: BackupSealer): Promise<RunInspection> {
  const { plan, digest } = await readPlan(folder, run, files)
  const bytes = (await readIfThere(join(folder, 'journal'), files)) ?? new Uint8Array()
  const fold = beginFold(run, plan, digest)
  let beganAs: RunInspection['beganAs']
  const journal = readLines(bytes, (entry) => {
    if (entry.kind === 'began') beganAs ??= { run: entry.run, plan: entry.plan }
    fold.add(entry)
  })
  const end = await readIfThere(join(folder, 'journal.end'), files)
  const noted = markIn(end)
  const chainThere = noted === undefined ? undefined : chainAt(bytes, noted.lines)
  const backups = sealer === undefined ? [] : namesOf(await files.list(join(folder, 'backups')))
  return {
    run,
    planDigest: digest,
    journal,
    state: fold.state(),
    isNoteDamaged: end !== undefined && noted === undefined,
    backups,
    ...(sealer === undefined
      ? { unreadable: [], exchanged: [] }
      : await wrongAmong(fold.state(), backups, openBackups(join(folder, 'backups'), [], files, sealer))),
    ...(beganAs === undefined ? {} : { beganAs }),
    ...(noted === undefined ? {} : { noted }),
    ...(chainThere === undefined ? {} : { chainThere }),
  }
}

function namesOf(entries: readonly FileEntry[]): readonly string[] {
  return entries.filter(({ kind }) => kind === 'file').map(({ path }) => basename(path))
}

/** In the order of their files, each of which is opened once. */
async function wrongAmong(
  { steps, forgotten }: RunState,
  there: readonly string[],
  backups: Backups,
): Promise<Pick<RunInspection, 'unreadable' | 'exchanged'>> {
  const wrong = { unreadable: [] as BackupRef[], exchanged: [] as BackupRef[] }
  if (forgotten !== undefined) return wrong
  const names = new Set(there)
  const announced = [...steps.values()].flatMap((step) => {
    const kept = keptBackup(step)
    return kept === undefined || !names.has(backupFile(kept.backup)) ? [] : [kept]
  })
  for (const kept of announced.sort((one, other) => (one.backup < other.backup ? -1 : 1))) {
    if (await backups.opens(kept)) continue
    const isOther = await backups.opens({ backup: kept.backup })
    wrong[isOther ? 'exchanged' : 'unreadable'].push(kept.backup)
  }
  return wrong
}

async function readPlan(
  folder: string,
  run: string,
  files: Files,
): Promise<{ readonly plan: Plan; readonly digest: string }> {
  const path = join(folder, 'plan.json')
  const hasBegun = (await files.entry(join(folder, 'journal'))) !== undefined
  if ((await files.entry(path)) === undefined) {
    if (hasBegun) throw planLost(path, 'it is gone, and the journal of the run is there')
    throw new Failure('R311', { at: run, because: 'no such run is known here', next: ['  keyturn status'] })
  }
  const plan = jsonIn(await files.read(path))
  // As it was written: a program that only lays it out anew makes it no other plan.
  if (isPlan(plan)) return { plan, digest: sha256(Buffer.from(JSON.stringify(plan))) }
  const version = otherVersion(plan)
  if (version !== undefined) throw planOfOther(path, version)
  if (hasBegun) throw planLost(path, 'it is not a whole plan')
  throw new Failure('R312', {
    at: path,
    because: 'it is not a whole plan',
    state: 'The run had not begun to change anything.',
  })
}

function planOfOther(path: string, version: string): Failure {
  return new Failure('R312', {
    at: path,
    because: `another version of keyturn wrote it: plans of the form ${version} are not known here`,
    state: 'Nothing was changed by this command.',
    next: ['Repeat the command with that version, or a later one.'],
  })
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

/** What the journal tells of steps can be read with the plan alone. */
function planLost(path: string, because: string): Failure {
  return new Failure('R312', {
    at: path,
    because,
    state: 'This command changed nothing. Places that the run changed before keep what they hold.',
    next: [
      'Put the file back from a backup of this machine, and see whether it is the right one:',
      '  keyturn audit',
      'Without it this run can neither go on nor be put back; its folder can be moved elsewhere.',
    ],
  })
}

/** A crash while a run was made leaves a folder that nobody opens again, and maybe a temporary file in it. */
async function sweepRuns(folder: string, files: Files): Promise<void> {
  for (const run of await files.list(folder)) if (run.kind === 'folder') await sweepFolder(run.path, files)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * A crash before the plan is in its folder leaves a run that never was: nothing was changed, and nothing can be continued. A journal without
 * a plan is another matter: somebody took the plan away, and an audit must not pass over it.
 */
async function namesIn(folder: string, files: Files): Promise<readonly string[]> {
  if ((await files.entry(folder)) === undefined) return []
  // Somebody may have moved a run to another disk, and left a link.
  const folders = (await files.list(folder)).filter(({ kind }) => kind === 'folder' || kind === 'link')
  const begun = await Promise.all(folders.map(({ path }) => isRun(path, files)))
  return folders.filter((_, index) => begun[index]).map(({ path }) => path.slice(folder.length + 1))
}

/** What this user may not look into counts: whoever names it says why it cannot be read, and it hides no other. */
async function isRun(folder: string, files: Files): Promise<boolean> {
  try {
    for (const name of ['plan.json', 'journal']) if ((await files.entry(join(folder, name))) !== undefined) return true
    return false
  } catch (error) {
    if (error instanceof Failure && error.code === 'R102') return true
    throw error
  }
}
