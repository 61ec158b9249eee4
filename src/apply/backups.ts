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

/** Old bytes of steps in one folder: a file for each, `STEP.age`, or for several that are kept at the same time, `several-N.ages#STEP`. */
export interface Backups {
  /** Resolves when the bytes are on disk. Those that are given while the disk is busy share the next file. */
  keep(step: StepId, bytes: Uint8Array): Promise<BackupRef>
  /** Whether it is there and opens. */
  opens(ref: BackupRef): Promise<boolean>
  read(ref: BackupRef): Promise<Uint8Array>
}

interface Old {
  readonly step: StepId
  readonly bytes: Uint8Array
}

const SEVERAL = /^(several-(\d+)\.ages)(?:#(.*))?$/s

/** The file that a reference names. */
export function backupFile(ref: BackupRef): string {
  return SEVERAL.exec(ref)?.[1] ?? ref
}

/** `names`: of the files that are there. No file of several is ever written again, for another step of it may be announced. */
export function openBackups(folder: string, names: readonly string[], files: Files, sealer: BackupSealer): Backups {
  let last = Math.max(0, ...names.map((name) => Number(SEVERAL.exec(name)?.[2] ?? 0)))
  const write = async (some: readonly Old[]): Promise<readonly BackupRef[]> => {
    const [first] = some
    if (first === undefined) return []
    if (some.length === 1) return [await keepOne(folder, first, files, sealer)]
    const sealed = await sealer.sealBytes(packed(some))
    for (;;) {
      last += 1
      const name = `several-${last}.ages`
      if (await files.create(join(folder, name), sealed)) return some.map(({ step }) => `${name}#${step}`)
    }
  }
  const read = reader(folder, files, sealer)
  const keep = inBatches(write)
  return {
    keep: (step, bytes) => keep({ step, bytes }),
    opens: (ref) =>
      read(ref).then(
        () => true,
        () => false,
      ),
    read,
  }
}

/** The first backup of a step stays: a repeated step must not overwrite the original bytes. */
async function keepOne(folder: string, { step, bytes }: Old, files: Files, sealer: BackupSealer): Promise<BackupRef> {
  const ref = `${step}.age`
  const path = join(folder, ref)
  if ((await files.entry(path)) !== undefined) {
    if (await opensFile(path, files, sealer)) return ref
    await files.remove(path)
  }
  await files.create(path, await sealer.sealBytes(bytes))
  return ref
}

/** A crash can leave a backup half written; it was not announced yet, so the place still holds its bytes. */
async function opensFile(path: string, files: Files, sealer: BackupSealer): Promise<boolean> {
  return sealer.openBytes(await files.read(path)).then(
    () => true,
    () => false,
  )
}

/** As many files of several as lanes that may be put back at the same time, unless told otherwise. */
const MOST_OPENED = 4

/** A file of several is opened once for the steps that follow one another. */
function reader(folder: string, files: Files, sealer: BackupSealer): (ref: BackupRef) => Promise<Uint8Array> {
  const opened = new Map<string, Promise<ReadonlyMap<StepId, Uint8Array>>>()
  const open = (name: string): Promise<Uint8Array> =>
    files.read(join(folder, name)).then((sealed) => sealer.openBytes(sealed))
  return async (ref) => {
    const [, name, , step] = SEVERAL.exec(ref) ?? []
    if (name === undefined || step === undefined) return open(ref)
    const known = opened.get(name) ?? open(name).then(unpacked)
    opened.delete(name)
    opened.set(name, known)
    known.catch(() => opened.delete(name))
    const [oldest] = opened.keys()
    if (opened.size > MOST_OPENED && oldest !== undefined) opened.delete(oldest)
    const bytes = (await known).get(step)
    if (bytes !== undefined) return bytes
    throw new Failure('R313', { at: `backup ${ref}`, because: 'the file holds no backup of this step' })
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
