import type { PlaceRef } from '../model/place.ts'
import type { Digest, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { type RunState, type StepState, stepState } from './run-state.ts'

/** Gives for each step its place under the address that it has by now; `undefined`: that cannot be told. All are of one file. */
export type Finder = (steps: readonly Step[]) => Promise<readonly (PlaceRef | undefined)[]>

/**
 * Finds places whose entry is another one in order by now. Only what this run alone has written once counts: two entries with the same
 * bytes are told apart by nothing.
 */
export function movedPlaces(state: () => RunState, deps: ApplyDeps): Finder {
  let counts: ReadonlyMap<string, number> | undefined
  return async (steps) => {
    const [first] = steps
    const whereNow = first && connectorOf(deps, first.place.consumer).whereNow
    if (whereNow === undefined) return steps.map(() => undefined)
    const known = counts ?? countsOf(state())
    counts = known
    const sought = steps.map((step) => {
      const digests = [...digestsOf(stepState(state(), step.id))]
      return { place: step.place, digests: digests.filter((digest) => known.get(keyOf(step.place, digest)) === 1) }
    })
    return whereNow(sought, deps.context)
  }
}

/** How many steps have or had each digest, by file: as it was when it was asked for first. */
function countsOf({ plan, steps }: RunState): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const step of plan.steps)
    for (const digest of digestsOf(steps.get(step.id) ?? { phase: 'not started' })) {
      const key = keyOf(step.place, digest)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  return counts
}

/** What an entry may hold that this step wrote, or whose old bytes it was about to put back when it ended. */
function digestsOf({ phase, from, to, now, undo }: StepState): ReadonlySet<Digest> {
  const put = phase === 'undone' ? [] : [now, to, undo?.from]
  const back = phase === 'undo announced' ? [undo?.to, from] : []
  return new Set([...put, ...back].filter(isDigest))
}

function isDigest(standing: StepState['to']): standing is Digest {
  return standing !== undefined && standing !== 'absent' && standing !== 'unpredictable'
}

function keyOf({ consumer, at }: PlaceRef, digest: Digest): string {
  return `${consumer}\0${at.kind === 'file' ? at.path : at.url}\0${digest}`
}
