import { basename, dirname } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Files } from '../model/ports.ts'

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

/** Removes every temporary file of a folder that nobody but keyturn writes to. */
export function sweepFolder(folder: string, files: Files): Promise<void> {
  return sweep(folder, () => true, files)
}

async function sweep(folder: string, concerns: (name: string) => boolean, files: Files): Promise<void> {
  const beside = await files.list(folder).catch(() => [])
  for (const { kind, path } of beside) {
    const [, meantFor] = /^\.(.*)\.keyturn-[0-9a-f]+$/s.exec(basename(path)) ?? []
    if (kind === 'file' && meantFor !== undefined && concerns(meantFor)) await files.remove(path)
  }
}
