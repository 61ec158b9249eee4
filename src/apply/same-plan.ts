import { Failure } from '../model/failure.ts'
import type { StepId } from '../model/plan.ts'
import { controllerFlag } from './command-words.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunState } from './run-state.ts'

/** Only the plan that was reviewed is carried out, and only by it is it known what may be forgotten. Throws R312. */
export function requireSamePlan(run: RunState): void {
  if (run.otherPlan === undefined) return
  throw new Failure('R312', {
    at: `run ${run.run}, plan.json`,
    because: OTHER_PLAN,
    state: 'Nothing was changed by this command.',
    next: [
      'Put plan.json back from a backup, or put the places back:',
      `  keyturn rollback ${run.run}${controllerFlag(run.plan)}`,
    ],
  })
}

const OTHER_PLAN = 'it is not the plan that the run began with: the journal names another digest'

/** After a rollback: what the journal has changed and `plan.json` does not name any more cannot be put back by it. Throws R312. */
export function requireKnownSteps(run: RunFolder): void {
  const lost = standingUnknown(run)
  if (lost.length === 0) return
  throw new Failure('R312', {
    at: `run ${run.run}, plan.json`,
    because: `${OTHER_PLAN}, and ${lost.length === 1 ? `step ${lost[0]} is` : `${lost.length} steps are`} not in it`,
    state: `What plan.json names was put back. ${lost.length} more ${lost.length === 1 ? 'place holds' : 'places hold'} what the run put there; the backups are kept.`,
    next: ['Put plan.json back from a backup, then:', `  keyturn rollback ${run.run}${controllerFlag(run.plan)}`],
  })
}

function standingUnknown({ plan, state }: RunFolder): readonly StepId[] {
  const known = new Set(plan.steps.map(({ id }) => id))
  return [...state().steps].flatMap(([id, { phase }]) =>
    known.has(id) || phase === 'not started' || phase === 'undone' ? [] : [id],
  )
}
