import { Failure } from '../model/failure.ts'
import type { RunState } from './run-state.ts'

/**
 * Only the plan that was reviewed is carried out, and by another one nobody knows which files the run changed: old bytes would be written to
 * whatever it names. Throws R312.
 */
export function requireSamePlan({ run, otherPlan }: RunState): void {
  if (otherPlan === undefined) return
  throw new Failure('R312', {
    at: `run ${run}, plan.json`,
    because: 'it is not the plan that the run began with: the journal names another digest',
    state: 'Nothing was changed by this command. The backups of the run are kept.',
    next: [
      'Put plan.json back from a backup of this machine, see whether it is the right one, and repeat the command:',
      '  keyturn audit',
    ],
  })
}
