import { Failure } from '../model/failure.ts'
import type { Digest } from '../model/plan.ts'
import type { Context } from '../model/ports.ts'
import type { RunState } from './run-state.ts'

const MARKED = Buffer.from('keyturn installation')

/** What the journal of a run remembers of the key of its installation, which it does not tell. */
export function keyMark({ digest }: Pick<Context, 'digest'>): Digest {
  return digest(MARKED)
}

/** Runs of before remember none. */
export function hasOtherKey({ key }: Pick<RunState, 'key'>, context: Pick<Context, 'digest'>): boolean {
  return key !== undefined && key !== keyMark(context)
}

export const OTHER_KEY =
  'the key of this installation, fingerprint.key in its configuration folder, is not the one that the run began with, so it would recognise none of its places'

/** Under another key every place would look as if somebody else had changed it since. Throws R104. */
export function requireSameKey(state: Pick<RunState, 'key' | 'run'>, context: Pick<Context, 'digest'>): void {
  if (!hasOtherKey(state, context)) return
  throw new Failure('R104', {
    at: `run ${state.run}`,
    because: OTHER_KEY,
    state: 'Nothing was changed.',
    next: ['Put fingerprint.key back from a backup of that folder, then repeat the command.'],
  })
}
