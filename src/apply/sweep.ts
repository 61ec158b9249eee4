import { basename, dirname } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { FileEntry, Files, System } from '../model/ports.ts'

/** A crash between writing and renaming leaves a temporary file with a secret in it, beside the file that it was meant for. */
export async function sweepTemporaries(plan: Plan, files: Files): Promise<void> {
  const paths = new Set(plan.steps.flatMap(({ place }) => (place.at.kind === 'file' ? [place.at.path] : [])))
  const folders = new Map<string, Set<string>>()
  for (const path of paths) {
    const real = await files.resolve(path).catch(() => path)
    const names = folders.get(dirname(real))
    if (names === undefined) folders.set(dirname(real), new Set([basename(real)]))
    else names.add(basename(real))
  }
  for (const [folder, names] of folders) await sweep(folder, (name) => names.has(name), files)
}

/** Removes every temporary file of a folder that only the holder of the lock writes to. */
export function sweepFolder(folder: string, files: Files): Promise<void> {
  return sweep(folder, () => true, files)
}

const HOUR_MS = 60 * 60 * 1000

/**
 * The same for the folder of the lock, where a command that needs no lock may be writing the vault right now: what is meant for the lock goes,
 * and of everything else what is old. Whoever waits for the lock creates it once more when its temporary file vanishes here.
 */
export function sweepState(folder: string, { files, clock }: Pick<System, 'files' | 'clock'>): Promise<void> {
  const oldest = clock.now().getTime() - HOUR_MS
  const isOld = ({ modifiedAt }: FileEntry): boolean => modifiedAt.getTime() < oldest
  return sweep(folder, (name, entry) => /^lock($|\.after-)/.test(name) || isOld(entry), files)
}

async function sweep(
  folder: string,
  concerns: (name: string, entry: FileEntry) => boolean,
  files: Files,
): Promise<void> {
  const beside = await files.list(folder).catch(() => [])
  for (const entry of beside) {
    const [, meantFor] = /^\.(.*)\.keyturn-[0-9a-f]+$/s.exec(basename(entry.path)) ?? []
    if (entry.kind === 'file' && meantFor !== undefined && concerns(meantFor, entry)) await files.remove(entry.path)
  }
}
