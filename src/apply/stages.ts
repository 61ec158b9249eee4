import { groupedBy } from '../model/grouped-by.ts'
import { isOfNameAlone } from '../model/name-alone.ts'
import type { Step } from '../model/plan.ts'

/** What is locked together stands in one stage all the same, which then holds more. */
export interface StageSizes {
  /** So many steps come alone, before all others. */
  readonly canary?: number
  /** So many steps at most stand in one stage. */
  readonly batch?: number
}

/** Steps that need one another, a manifest's and those of its lock files; mostly one alone. */
type Locked = readonly Step[]

/**
 * Steps in the order of a run: all of a stage are proved before one of the next begins. Within a wave of the plan, a
 * username leaves a URL before the credential that it hides is changed, and what is made is there before anything names it.
 */
export function stagesOf(
  steps: readonly Step[],
  { canary = 0, batch = Number.POSITIVE_INFINITY }: StageSizes,
): Step[][] {
  const stages: Step[][] = []
  let alone = canary
  for (const groups of classesOf(steps)) {
    const [first, others] = firstOf(groups, alone)
    alone -= first.length
    if (first.length > 0) stages.push(first)
    for (const stage of inBatches(others, batch)) stages.push(stage)
  }
  return stages
}

/** As many groups as it takes to have so many steps, and the others. */
function firstOf(groups: readonly Locked[], count: number): readonly [Step[], readonly Locked[]] {
  const first: Step[] = []
  let taken = 0
  for (const group of groups) {
    if (first.length >= count) break
    for (const step of group) first.push(step)
    taken += 1
  }
  return [first, groups.slice(taken)]
}

function inBatches(groups: readonly Locked[], size: number): Step[][] {
  const batches: Step[][] = []
  let batch: Step[] = []
  for (const group of groups) {
    if (batch.length > 0 && batch.length + group.length > size) {
      batches.push(batch)
      batch = []
    }
    for (const step of group) batch.push(step)
  }
  return batch.length === 0 ? batches : [...batches, batch]
}

/** Steps that must be done before others, and the others. */
function classesOf(steps: readonly Step[]): readonly Locked[][] {
  const classes = groupedBy(lockedGroups(steps), (group) => waveOf(group[0]) * RANKS + Math.min(...ranksOf(group)))
  return [...classes].sort(([one], [other]) => one - other).map(([, of]) => of)
}

/** In the order of their first steps. In one wave, a step needs no other but those it is locked together with. */
function lockedGroups(steps: readonly Step[]): readonly (readonly [Step, ...Step[]])[] {
  const neighbours = neighboursOf(steps)
  const seen = new Set<Step>()
  return steps.flatMap((step) => {
    if (seen.has(step)) return []
    const group: [Step, ...Step[]] = [step]
    seen.add(step)
    // The loop goes over what it adds, too.
    for (const member of group)
      for (const neighbour of neighbours.get(member) ?? []) {
        if (seen.has(neighbour)) continue
        seen.add(neighbour)
        group.push(neighbour)
      }
    return [group]
  })
}

/** Both ways, for what is put back may be a part of a ring. */
function neighboursOf(steps: readonly Step[]): ReadonlyMap<Step, readonly Step[]> {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const pairs = steps.flatMap((step) =>
    (step.needs ?? []).flatMap((id) => {
      const needed = byId.get(id)
      return needed === undefined || waveOf(needed) !== waveOf(step) ? [] : [[step, needed] as const]
    }),
  )
  const both = groupedBy([...pairs, ...pairs.map(([one, other]) => [other, one] as const)], ([one]) => one)
  return new Map([...both].map(([step, found]) => [step, found.map(([, other]) => other)]))
}

function waveOf({ wave }: Step): number {
  return wave ?? 1
}

const RANKS = 3

function ranksOf(steps: readonly Step[]): ReadonlySet<number> {
  return new Set(steps.map(rankOf))
}

function rankOf(step: Step): number {
  if (step.to.reference !== undefined) return 2
  return isOfNameAlone(step) ? 0 : 1
}

/** Last stage first, and last step first: what was made is removed after nothing names it any more. */
export function reversedStages(steps: readonly Step[]): Step[][] {
  return stagesOf(steps, {})
    .reverse()
    .map((stage) => stage.reverse())
}
