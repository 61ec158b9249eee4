import type { PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import { placeKey } from './before-apply.ts'
import type { ApplyDeps } from './deps.ts'
import { stepState } from './run-state.ts'
import { saidAlone } from './staged-together.ts'

/** The other run of this installation that left at a place what was found there; of several the newest. `undefined`: it was none of ours. */
export type RunFinder = (place: PlaceRef, found: Digest) => Promise<string | undefined>

/** Runs are read when the first place is asked about, and a damaged one tells nothing. */
export function otherRuns(own: string, deps: Pick<ApplyDeps, 'runs'>): RunFinder {
  let left: Promise<ReadonlyMap<string, string>> | undefined
  return async (place, found) => {
    left ??= leftByOthers(own, deps)
    return (await left).get(keyOf(place, found))
  }
}

async function leftByOthers(own: string, { runs }: Pick<ApplyDeps, 'runs'>): Promise<ReadonlyMap<string, string>> {
  const left = new Map<string, string>()
  for (const name of await runs.names()) {
    const state = name === own ? undefined : await runs.read(name).catch(saidAlone)
    if (state === undefined) continue
    for (const { id, place } of state.plan.steps) {
      const { phase, now } = stepState(state, id)
      if (phase === 'done' && now !== undefined && now !== 'absent') left.set(keyOf(place, now), name)
    }
  }
  return left
}

function keyOf(place: PlaceRef, digest: Digest): string {
  return `${digest} ${placeKey({ place })}`
}
