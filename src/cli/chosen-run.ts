import type { Keyturn, RunState } from '../index.ts'
import { Failure } from '../model/failure.ts'

/** The run of that name, or the newest one. */
export async function chosenRun(name: string | undefined, keyturn: Keyturn): Promise<RunState> {
  const runs = await keyturn.runs()
  const run = name === undefined ? runs.at(-1) : runs.find((one) => one.run === name)
  if (run !== undefined) return run
  throw new Failure('R311', {
    ...(name === undefined ? {} : { at: name }),
    because: name === undefined ? 'nothing was applied yet' : 'no such run is known here',
    next: ['  keyturn status'],
  })
}
