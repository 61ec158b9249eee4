import { basename, dirname } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Files } from '../model/ports.ts'

/** As `Files.replace` and `Files.create` name them. */
const TEMPORARY = /^\..*\.keyturn-[0-9a-f]{12}$/

/** A crash between writing and renaming leaves a temporary file with a secret in it, beside the file that it was meant for. */
export async function sweepTemporaries(plan: Plan, files: Files): Promise<void> {
  const paths = new Set(plan.steps.flatMap(({ place }) => (place.at.kind === 'file' ? [place.at.path] : [])))
  for (const path of paths) {
    const real = await files.resolve(path).catch(() => path)
    await sweepBeside(real, files)
  }
}

/** Removes the temporary files of one file. */
export function sweepBeside(path: string, files: Files): Promise<void> {
  return sweep(dirname(path), `.${basename(path)}.keyturn-`, files)
}

/** Removes every temporary file of a folder that nobody but keyturn writes to. */
export function sweepFolder(folder: string, files: Files): Promise<void> {
  return sweep(folder, '.', files)
}

async function sweep(folder: string, start: string, files: Files): Promise<void> {
  for (const { kind, path } of await files.list(folder).catch(() => [])) {
    const name = basename(path)
    if (kind === 'file' && name.startsWith(start) && TEMPORARY.test(name)) await files.remove(path)
  }
}
