import type { Step } from '../model/plan.ts'
import { realPathsOf } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import { lanesOf, runLanes } from './lanes.ts'
import type { Proof } from './prove.ts'
import { provingAgain } from './prove-again.ts'
import { type RunState, stepState } from './run-state.ts'
import { requireSameKey } from './same-key.ts'
import { requireSamePlan } from './same-plan.ts'

export interface VerifiedPlace {
  readonly step: Step
  readonly proof: Proof
}

export interface VerifyOptions {
  /** As for `ApplyOptions`. */
  readonly jobs?: number
  readonly onPlace?: (done: number, of: number) => void
  /** Places that are not begun when it comes are left out. */
  readonly signal?: AbortSignal
}

/**
 * Proves every place that a run changed, once more, and gives them in the order of the plan. Changes nothing, not even the journal. Throws
 * R312 where the plan is not the one that the run began with.
 */
export async function verifyRun(
  state: RunState,
  deps: ApplyDeps,
  { jobs = 1, onPlace, signal }: VerifyOptions = {},
): Promise<readonly VerifiedPlace[]> {
  requireSamePlan(state)
  requireSameKey(state, deps.context)
  const changed = state.plan.steps.filter((step) => stepState(state, step.id).phase === 'done')
  const proofs = new Map<Step, Proof>()
  const proveStep = await provingAgain(changed, () => state, deps)
  const errors: unknown[] = []
  const act = async (step: Step): Promise<void> => {
    await proveStep(step).then(
      (proof) => proofs.set(step, proof),
      (error: unknown) => errors.push(error),
    )
    onPlace?.(proofs.size, changed.length)
  }
  const lanes = lanesOf(changed, ({ place }) => place.at, await realPathsOf(state.plan, deps))
  await runLanes(lanes, act, { jobs, isStopped: () => errors.length > 0 || signal?.aborted === true })
  if (errors.length > 0) throw errors[0]
  return changed.flatMap((step) => {
    const proof = proofs.get(step)
    return proof === undefined ? [] : [{ step, proof }]
  })
}
