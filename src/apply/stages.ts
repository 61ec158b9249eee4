import { groupedBy } from '../model/grouped-by.ts'
import type { Step } from '../model/plan.ts'

export interface StageSizes {
  /** So many steps come alone, before all others. */
  readonly canary?: number
  /** So many steps at most stand in one stage. */
  readonly batch?: number
}

/**
 * Steps in the order of a run: all of a stage are proved before one of the next begins. Within a wave of the plan, a
 * username leaves a URL before the credential that it hides is changed, and what is made is there before anything names it.
 */
export function stagesOf(
  steps: readonly Step[],
  { canary = 0, batch = Number.POSITIVE_INFINITY }: StageSizes,
): Step[][] {
  const stages: Step[][] = []
  let alone = Math.min(canary, steps.length)
  for (const classSteps of classesOf(steps)) {
    const first = classSteps.slice(0, alone)
    alone -= first.length
    if (first.length > 0) stages.push(first)
    const size = Math.max(1, Math.min(batch, classSteps.length))
    for (let start = first.length; start < classSteps.length; start += size)
      stages.push(classSteps.slice(start, start + size))
  }
  return stages
}

/** Steps that must be done before others, and the others. */
function classesOf(steps: readonly Step[]): readonly Step[][] {
  const classes = groupedBy(steps, (step) => (step.wave ?? 1) * RANKS + rankOf(step))
  return [...classes].sort(([one], [other]) => one - other).map(([, of]) => of)
}

const RANKS = 3

function rankOf({ to }: Step): number {
  if (to.reference !== undefined) return 2
  return to.username === 'remove' ? 0 : 1
}

/** Last stage first, and last step first: what was made is removed after nothing names it any more. */
export function reversedStages(steps: readonly Step[]): Step[][] {
  return stagesOf(steps, {})
    .reverse()
    .map((stage) => stage.reverse())
}
