import type { Place } from '../model/place.ts'
import type { Condition, Step } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import { isBranchSource } from './branch-source.ts'
import type { Draft } from './drafts.ts'
import type { FoundVersion } from './plan-input.ts'
import type { ConditionWords } from './resolutions.ts'
import { BRANCH_SOURCE_FLOOR, compareVersions, VERSION_FLOORS, type VersionFloor } from './version-floors.ts'

/** The floor that counts for this place. Where a tool does git alone, it presents what it holds, in any version. */
export function floorFor({ consumer, uses }: Place, kind: SecretKind): VersionFloor | undefined {
  if (uses.some(isBranchSource)) return BRANCH_SOURCE_FLOOR
  const floor = VERSION_FLOORS[consumer]
  const onRest = uses.some(({ operation }) => operation === 'rest' || operation === 'web')
  return floor !== undefined && onRest && (floor.kind ?? 'api-token') === kind ? floor : undefined
}

/** What a floor means for a place: nothing more, a condition, or that the tool must be upgraded first. */
export function judgeFloor(
  floor: VersionFloor,
  found: FoundVersion | undefined,
):
  | { readonly kind: 'met' }
  | { readonly kind: 'condition'; readonly condition: ConditionWords }
  | { readonly kind: 'too old'; readonly reason: string; readonly wayOut: string } {
  if (found === undefined)
    return {
      kind: 'condition',
      condition: {
        text: `${floor.tool} is ${floor.from} or newer`,
        reason: `before it, ${floor.below} (${floor.source})`,
        wayOut: 'Its version was not found here. Look it up, and upgrade first where it is older.',
      },
    }
  if (compareVersions(found.version, floor.from) >= 0) return { kind: 'met' }
  return {
    kind: 'too old',
    reason: `${floor.tool} is ${found.version} (${found.at}), and before ${floor.from} ${floor.below} (${floor.source})`,
    wayOut: `Upgrade ${floor.tool} to ${floor.from} or newer, then plan again.`,
  }
}

/** One entry per sentence, with the steps that it is for, in the order of the steps. */
export function conditionsOf(drafts: readonly Draft[], steps: readonly Step[]): readonly Condition[] {
  const byPlace = new Map(drafts.map((draft) => [draft.place.id, draft]))
  const found = new Map<string, { readonly words: ConditionWords; readonly steps: string[] }>()
  for (const step of steps)
    for (const words of byPlace.get(step.place.id)?.conditions ?? []) {
      const known = found.get(words.text)
      if (known === undefined) found.set(words.text, { words, steps: [step.id] })
      else known.steps.push(step.id)
    }
  return [...found.values()].map(({ words, steps: ids }, index) => ({ id: `c${index + 1}`, ...words, steps: ids }))
}
