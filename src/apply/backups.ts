import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { BackupRef } from '../model/journal-entry.ts'
import type { StepId } from '../model/plan.ts'
import type { Files } from '../model/ports.ts'
import { inBatches } from './batches.ts'

/** Seals bytes with this installation's identity; backups hold old secrets. */
export interface BackupSealer {
  sealBytes(bytes: Uint8Array): Promise<Uint8Array>
  openBytes(sealed: Uint8Array): Promise<Uint8Array>
}

/** A backup as the journal announces it. */
export interface KeptBackup {
  readonly backup: BackupRef
  /** SHA-256 (hex) of its file, by which no other takes its place: each opens with the same key. Absent in old journals. */
  readonly sealed?: string
}

/** Old bytes of steps in one folder: a file for each, `STEP.age`, or for several that are kept at the same time, `several-N.ages#STEP`. */
export interface Backups {
  /** Resolves when the bytes are on disk. Those that are given while the disk is busy share the next file. `anew`: over what is there. */
  keep(step: StepId, bytes: Uint8Array, anew?: boolean): Promise<KeptBackup>
  /** Whether it is there, is the one that was kept, and opens. */
  opens(kept: KeptBackup): Promise<boolean>
  /** Throws `Failure` R313 when another file is in its place. */
  read(kept: KeptBackup): Promise<Uint8Array>
}

interface Old {
  readonly step: StepId
  readonly bytes: Uint8Array
  readonly anew: boolean
}

const SEVERAL = /^(several-(\d+)\.ages)(?:#(.*))?$/s

/** The file that a reference names. */
export function backupFile(ref: BackupRef): string {
  return SEVERAL.exec(ref)?.[1] ?? ref
}

/** `names`: of the files that are there. No file of several is ever written again, for another step of it may be announced. */
export function openBackups(folder: string, names: readonly string[], files: Files, sealer: BackupSealer): Backups {
  let last = Math.max(0, ...names.map((name) => Number(SEVERAL.exec(name)?.[2] ?? 0)))
  const write = async (some: readonly Old[]): Promise<readonly KeptBackup[]> => {
    const [first] = some
    if (first === undefined) return []
    if (some.length === 1) return [await keepOne(folder, first, files, sealer)]
    const sealed = await sealer.sealBytes(packed(some))
    for (;;) {
      last += 1
      const name = `several-${last}.ages`
      if (await files.create(join(folder, name), sealed))
        return some.map(({ step }) => ({ backup: `${name}#${step}`, sealed: sha256(sealed) }))
    }
  }
  const read = reader(folder, files, sealer)
  const keep = inBatches(write)
  return {
    keep: (step, bytes, anew = false) => keep({ step, bytes, anew }),
    opens: (kept) =>
      read(kept).then(
        () => true,
        () => false,
      ),
    read,
  }
}

/** The first backup of a step stays: a repeated step must not overwrite the original bytes. */
async function keepOne(
  folder: string,
  { step, bytes, anew }: Old,
  files: Files,
  sealer: BackupSealer,
): Promise<KeptBackup> {
  const backup = `${step}.age`
  const path = join(folder, backup)
  if ((await files.entry(path)) !== undefined) {
    const there = await files.read(path)
    if (!anew && (await opens(there, sealer))) return { backup, sealed: sha256(there) }
    await files.remove(path)
  }
  const sealed = await sealer.sealBytes(bytes)
  await files.create(path, sealed)
  return { backup, sealed: sha256(sealed) }
}

/** A crash can leave a backup half written; it was not announced yet, so the place still holds its bytes. */
async function opens(sealed: Uint8Array, sealer: BackupSealer): Promise<boolean> {
  return sealer.openBytes(sealed).then(
    () => true,
    () => false,
  )
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Throws `Failure` R313. */
function requireKept({ backup, sealed }: KeptBackup, found: string): void {
  if (sealed === undefined || sealed === found) return
  throw new Failure('R313', { at: `backup ${backup}`, because: OTHER_FILE })
}

/** What is said of a backup that opens and is not the one that was kept. */
export const OTHER_FILE = 'it is not the file that the run kept: another was put in its place'

/** As many files of several as lanes that may be put back at the same time, unless told otherwise. */
const MOST_OPENED = 4

interface Opened {
  readonly sealed: string
  readonly old: ReadonlyMap<StepId, Uint8Array>
}

/** A file of several is opened once for the steps that follow one another. */
function reader(folder: string, files: Files, sealer: BackupSealer): Backups['read'] {
  const opened = new Map<string, Promise<Opened>>()
  const open = async (name: string): Promise<Opened> => {
    const sealed = await files.read(join(folder, name))
    return { sealed: sha256(sealed), old: unpacked(await sealer.openBytes(sealed)) }
  }
  return async (kept) => {
    const [, name, , step] = SEVERAL.exec(kept.backup) ?? []
    if (name === undefined || step === undefined) {
      const sealed = await files.read(join(folder, kept.backup))
      requireKept(kept, sha256(sealed))
      return sealer.openBytes(sealed)
    }
    const known = opened.get(name) ?? open(name)
    opened.delete(name)
    opened.set(name, known)
    known.catch(() => opened.delete(name))
    const [oldest] = opened.keys()
    if (opened.size > MOST_OPENED && oldest !== undefined) opened.delete(oldest)
    const { sealed, old } = await known
    requireKept(kept, sealed)
    const bytes = old.get(step)
    if (bytes !== undefined) return bytes
    throw new Failure('R313', { at: `backup ${kept.backup}`, because: 'the file holds no backup of this step' })
  }
}

/** A line of JSON, the steps and how many bytes belong to each, and then all the bytes. */
function packed(some: readonly Old[]): Uint8Array {
  const head = JSON.stringify(some.map(({ step, bytes }) => [step, bytes.length]))
  return Buffer.concat([Buffer.from(`${head}\n`), ...some.map(({ bytes }) => bytes)])
}

function unpacked(bytes: Uint8Array): ReadonlyMap<StepId, Uint8Array> {
  const end = bytes.indexOf(0x0a)
  const head: unknown = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString('utf8'))
  const found = new Map<StepId, Uint8Array>()
  let at = end + 1
  for (const entry of Array.isArray(head) ? head : []) {
    const [step, length]: readonly unknown[] = Array.isArray(entry) ? entry : []
    if (typeof step !== 'string' || typeof length !== 'number') continue
    found.set(step, bytes.slice(at, at + length))
    at += length
  }
  return found
}
