import { dirname, join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { BackupRef } from '../model/journal-entry.ts'
import type { Plan, StepId } from '../model/plan.ts'
import type { Files } from '../model/ports.ts'
import { decodeJournal, type Journal, openJournal } from './journal.ts'
import { foldRun, type RunState } from './run-state.ts'
import { sweepFolder } from './sweep.ts'

/** Seals bytes with this installation's identity; backups hold old secrets. */
export interface BackupSealer {
  sealBytes(bytes: Uint8Array): Promise<Uint8Array>
  openBytes(sealed: Uint8Array): Promise<Uint8Array>
}

/** `<state>/runs/<run>/`: `plan.json`, `journal`, `backups/<step>.age`. */
export interface RunFolder {
  readonly run: string
  readonly plan: Plan
  readonly journal: Journal
  state(): RunState
  /** The first backup of a step stays: a repeated step must not overwrite the original bytes. */
  keepBackup(step: StepId, bytes: Uint8Array): Promise<BackupRef>
  readBackup(ref: BackupRef): Promise<Uint8Array>
}

export interface RunStore {
  create(run: string, plan: Plan): Promise<RunFolder>
  open(run: string): Promise<RunFolder>
  /** Oldest first. A run whose files are damaged throws R312 when opened, not here. */
  names(): Promise<readonly string[]>
  read(run: string): Promise<RunState>
}

export function runStore(state: string, files: Files, sealer: BackupSealer): RunStore {
  const folderOf = (run: string): string => join(state, 'runs', run)
  return {
    create: async (run, plan) => {
      await files.makeFolder(join(folderOf(run), 'backups'))
      await files.replace(join(folderOf(run), 'plan.json'), 'absent', Buffer.from(JSON.stringify(plan)))
      return runFolder(run, folderOf(run), plan, files, sealer)
    },
    open: async (run) => runFolder(run, folderOf(run), await readPlan(folderOf(run), run, files), files, sealer),
    names: async () => namesIn(join(state, 'runs'), files),
    read: async (run) => {
      const plan = await readPlan(folderOf(run), run, files)
      const path = join(folderOf(run), 'journal')
      const bytes = (await files.entry(path)) === undefined ? new Uint8Array() : await files.read(path)
      return foldRun(run, plan, decodeJournal(bytes, path).entries)
    },
  }
}

async function runFolder(
  run: string,
  folder: string,
  plan: Plan,
  files: Files,
  sealer: BackupSealer,
): Promise<RunFolder> {
  // Also of a run that goes on: whoever made the folder may have been killed before its name was synced.
  await files.makeFolder(join(folder, 'backups'))
  await sweepRuns(dirname(folder), files)
  await sweepFolder(join(folder, 'backups'), files)
  const journal = await openJournal(join(folder, 'journal'), files)
  return {
    run,
    plan,
    journal,
    state: () => foldRun(run, plan, journal.entries),
    keepBackup: async (step, bytes) => {
      const ref = `${step}.age`
      const path = join(folder, 'backups', ref)
      if ((await files.entry(path)) !== undefined && (await opens(path, files, sealer))) return ref
      await files.remove(path)
      await files.create(path, await sealer.sealBytes(bytes))
      return ref
    },
    readBackup: async (ref) => sealer.openBytes(await files.read(join(folder, 'backups', ref))),
  }
}

/** A crash can leave a backup half written; it was not announced yet, so the place still holds its bytes. */
async function opens(path: string, files: Files, sealer: BackupSealer): Promise<boolean> {
  return sealer.openBytes(await files.read(path)).then(
    () => true,
    () => false,
  )
}

async function readPlan(folder: string, run: string, files: Files): Promise<Plan> {
  const path = join(folder, 'plan.json')
  if ((await files.entry(path)) === undefined) {
    throw new Failure('R311', { at: run, because: 'no such run is known here', next: ['  keyturn status'] })
  }
  const text = Buffer.from(await files.read(path)).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Failure('R312', {
      at: path,
      because: 'it is not a whole plan',
      state: 'The run had not begun to change anything.',
      cause,
    })
  }
}

/** A crash while a run was made leaves a folder that nobody opens again, and maybe a temporary file in it. */
async function sweepRuns(folder: string, files: Files): Promise<void> {
  for (const run of await files.list(folder)) if (run.kind === 'folder') await sweepFolder(run.path, files)
}

/** A crash before the plan is in its folder leaves a run that never was: nothing was changed, and nothing can be continued. */
async function namesIn(folder: string, files: Files): Promise<readonly string[]> {
  if ((await files.entry(folder)) === undefined) return []
  const folders = (await files.list(folder)).filter((entry) => entry.kind === 'folder')
  const begun = await Promise.all(folders.map(({ path }) => files.entry(join(path, 'plan.json'))))
  return folders.filter((_, index) => begun[index] !== undefined).map(({ path }) => path.slice(folder.length + 1))
}
