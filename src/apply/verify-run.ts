import type { Step } from '../model/plan.ts'
import type { ApplyDeps } from './deps.ts'
import { type Proof, prove } from './prove.ts'
import { type RunState, stepState } from './run-state.ts'

export interface VerifiedPlace {
  readonly step: Step
  readonly proof: Proof
}

/** Proves every place that a run changed, once more. Changes nothing, not even the journal. */
export async function verifyRun(
  state: RunState,
  deps: ApplyDeps,
  onPlace?: (done: number, of: number) => void,
): Promise<readonly VerifiedPlace[]> {
  const changed = state.plan.steps.filter((step) => stepState(state, step.id).phase === 'done')
  const proved: VerifiedPlace[] = []
  for (const step of changed) {
    proved.push({ step, proof: await prove(step, state.plan, deps) })
    onPlace?.(proved.length, changed.length)
  }
  return proved
}
