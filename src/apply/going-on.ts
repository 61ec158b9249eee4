import { Failure } from '../model/failure.ts'
import { controllerFlag, sourceWords } from './command-words.ts'
import { isGoingBack, type RunState } from './run-state.ts'

/** Why a run that is there cannot be continued, with the way out (R315). `undefined`: it can. A run that was applied is whole already. */
export function refusalToGoOn(state: RunState): Failure | undefined {
  const { run, plan, outcome, forgotten } = state
  const again = `  keyturn plan${sourceWords(plan)}`
  const back = `  keyturn rollback ${run}${controllerFlag(plan)}`
  const refusal = (because: string, next: readonly string[]): Failure =>
    new Failure('R315', { at: `run ${run}`, because, state: 'Nothing was changed by this command.', next })
  if (forgotten !== undefined)
    return refusal(
      forgotten.finished
        ? 'it was forgotten: its backups are shredded'
        : 'it is being forgotten: backups may be shredded',
      ['To change what is left of it, plan again:', again],
    )
  if (outcome === 'rolled back')
    return refusal('it was rolled back: its places hold their old bytes again', ['To change them, plan again:', again])
  if (outcome === 'partly rolled back')
    return refusal('it was rolled back in part', ['Put the rest back:', back, 'or plan again:', again])
  if (!isGoingBack(state)) return undefined
  return refusal('it is being rolled back', ['Put the rest back:', back])
}
