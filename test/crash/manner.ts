import type { ApplyOptions } from '../../src/apply/apply-plan.ts'
import type { Random } from '../corpus/random.ts'

/** How a run goes about its steps; nothing of it may change what comes of them. */
export interface Manner {
  readonly jobs: number
  /** So many steps are proved before all others. */
  readonly canary?: number
  readonly batch?: number
}

export function mannerFor(steps: number, random: Random): Manner {
  return {
    jobs: random.pick([1, 2, 4] as const),
    ...(random.chance(40) ? { canary: random.between(0, Math.min(steps, 5)) } : {}),
    ...(random.chance(40) ? { batch: random.between(1, Math.max(1, Math.ceil(steps / 2))) } : {}),
  }
}

/** The person at the canary always says yes. */
export function applyOptions({ jobs, canary, batch }: Manner): ApplyOptions {
  return {
    jobs,
    ...(batch === undefined ? {} : { batch }),
    ...(canary === undefined ? {} : { canary: { after: canary, goOn: async () => true } }),
  }
}

export const ONE_BY_ONE: Manner = { jobs: 1 }
