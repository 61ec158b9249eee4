import { Failure } from '../model/failure.ts'
import { controllerFlag } from './command-words.ts'
import { isGoingBack, type RunState, tally } from './run-state.ts'

const STATE = 'Nothing was changed by this command.'

/** Why a run cannot be continued, whatever its end was: R315, it was forgotten; R316, its places were put back. Absent: it can. */
export function whyNotForward(state: RunState): Failure | undefined {
  if (state.forgotten !== undefined) return forgotten(state)
  return isGoingBack(state) ? rolledBack(state) : undefined
}

/** The same of a run that somebody wants to go on: where everything is done (R317) there is nothing to go on with. */
export function whyNotOn(state: RunState): Failure | undefined {
  return whyNotForward(state) ?? (isComplete(state) ? complete(state) : undefined)
}

/** Also after a rollback that had to leave every place as it found it: what they hold now is no proof of this run. */
function isComplete({ outcome, plan, steps }: RunState): boolean {
  if (outcome !== 'partly rolled back') return outcome === 'applied'
  return plan.steps.every(({ id }) => steps.get(id)?.phase === 'done' && steps.get(id)?.proof !== undefined)
}

function forgotten({ run, forgotten }: RunState): Failure {
  return new Failure('R315', {
    at: `run ${run}`,
    because: `its backups were shredded on ${forgotten?.at.slice(0, 10)}, so it can neither go on nor be put back`,
    state: STATE,
    next: ['What it changed, and then a plan for the rest:', `  keyturn show ${run}`, '  keyturn plan PATH'],
  })
}

function rolledBack(state: RunState): Failure {
  const { run, plan, outcome } = state
  const { changed, announced, restored } = tally(state)
  const held = changed + announced
  if (outcome === 'rolled back')
    return new Failure('R316', {
      at: `run ${run}`,
      because: 'its places have their old bytes again; to change them once more takes another plan',
      state: STATE,
      next: ['  keyturn plan PATH'],
    })
  return new Failure('R316', {
    at: `run ${run}`,
    because: `its places are being put back, ${restored} of ${restored + held} until now, so it cannot be continued forward`,
    state: STATE,
    next: ['Put the rest back:', `  keyturn rollback ${run}${controllerFlag(plan)}`],
  })
}

function complete({ run, plan }: RunState): Failure {
  return new Failure('R317', {
    at: `run ${run}`,
    because: 'every place of it was changed, so there is nothing to go on with',
    state: STATE,
    next: ['Ask again whether its places work:', `  keyturn verify ${run}${controllerFlag(plan, { opens: true })}`],
  })
}
