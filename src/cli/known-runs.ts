import type { Keyturn, RunState } from '../index.ts'
import { Failure } from '../model/failure.ts'

export interface DamagedRun {
  readonly run: string
  readonly because: string
  /** This user may not read it, so whether it is whole cannot be told. */
  readonly unreadable?: true
}

export function damageWord({ unreadable }: DamagedRun): string {
  return unreadable ? '! not readable' : '! damaged'
}

/** Oldest first. One that is damaged, or that cannot be read, hides no other. */
export async function knownRuns(
  keyturn: Pick<Keyturn, 'runNames' | 'run'>,
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

/** Rethrows what is neither damage of a run nor a file of it that cannot be read. */
export function damageOf(run: string, error: unknown): DamagedRun {
  if (!(error instanceof Failure) || (error.code !== 'R312' && error.code !== 'R102')) throw error
  const because = `${error.parts.at ?? ''}: ${error.parts.because ?? ''}`
  return { run, because, ...(error.code === 'R102' ? { unreadable: true } : {}) }
}
