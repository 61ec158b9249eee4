import { basename, dirname } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Files } from '../model/ports.ts'

/** A crash between writing and renaming leaves a temporary file with a secret in it, beside the file that it was meant for. */
export async function sweepTemporaries(plan: Plan, files: Files): Promise<void> {
  const paths = new Set(plan.steps.flatMap(({ place }) => (place.at.kind === 'file' ? [place.at.path] : [])))
  for (const path of paths) {
    const real = await files.resolve(path).catch(() => path)
    const start = `.${basename(real)}.keyturn-`
    const beside = await files.list(dirname(real)).catch(() => [])
    for (const entry of beside) {
      if (entry.kind === 'file' && basename(entry.path).startsWith(start)) await files.remove(entry.path)
    }
  }
}
