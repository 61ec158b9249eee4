import type { Keyturn, RunState } from '../index.ts'
import { Failure } from '../model/failure.ts'

export interface DamagedRun {
  readonly run: string
  readonly because: string
}

/** Oldest first. One damaged run hides no other. */
export async function knownRuns(
  keyturn: Keyturn,
): Promise<{ readonly runs: readonly RunState[]; readonly damaged: readonly DamagedRun[] }> {
  const runs: RunState[] = []
  const damaged: DamagedRun[] = []
  for (const name of await keyturn.runNames()) {
    const read = await keyturn.run(name).catch((error: unknown) => damageOf(name, error))
    if ('because' in read) damaged.push(read)
    else runs.push(read)
  }
  return { runs, damaged }
}

/** Rethrows what is no damage of a run. */
export function damageOf(run: string, error: unknown): DamagedRun {
  if (!(error instanceof Failure) || error.code !== 'R312') throw error
  return { run, because: `${error.parts.at ?? ''}: ${error.parts.because ?? ''}` }
}
