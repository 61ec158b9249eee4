import { endWords, isEndingSoon, SOON_DAYS } from '../model/ends-soon.ts'
import type { Place } from '../model/place.ts'
import type { Condition, Step } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import { isBranchSource } from './branch-source.ts'
import type { Draft } from './drafts.ts'
import { staleHashes } from './lock-files.ts'
import type { FoundVersion, PlanInput } from './plan-input.ts'
import type { ConditionWords } from './resolutions.ts'
import { membersOf, type Unit } from './units.ts'
import { BRANCH_SOURCE_FLOOR, compareVersions, VERSION_FLOORS, type VersionFloor } from './version-floors.ts'

/** The floor that counts for this place. Where a tool does git alone, it presents what it holds, in any version. */
export function floorFor({ consumer, uses }: Place, kind: SecretKind): VersionFloor | undefined {
  const isScanned = uses.some(isBranchSource)
  const floor = isScanned ? BRANCH_SOURCE_FLOOR : VERSION_FLOORS[consumer]
  const onRest = isScanned || uses.some(({ operation }) => operation === 'rest' || operation === 'web')
  return floor !== undefined && onRest && (floor.kind ?? 'api-token') === kind ? floor : undefined
}

/** What the versions of the tools at a place, and commands that read it, mean for a change to this kind of secret; of places that share a username, of each. */
export function judgeVersions(
  unit: Unit,
  kind: SecretKind,
  { versions }: Pick<PlanInput, 'versions'>,
): Extract<Judged, { kind: 'too old' }> | { readonly kind: 'met'; readonly conditions: readonly ConditionWords[] } {
  const judged = membersOf(unit).flatMap((place) => {
    const floor = floorFor(place, kind)
    return floor === undefined ? [] : [judgeFloor(floor, versions?.get(place.id))]
  })
  const tooOld = judged.find((one) => one.kind === 'too old')
  if (tooOld?.kind === 'too old') return tooOld
  const conditions = [
    ...judged.flatMap((one) => (one.kind === 'condition' ? [one.condition] : [])),
    ...membersOf(unit).flatMap(foldedConditions),
  ]
  return { kind: 'met', conditions: [...new Map(conditions.map((one) => [one.text, one])).values()] }
}

type Judged =
  | { readonly kind: 'met' }
  | { readonly kind: 'condition'; readonly condition: ConditionWords }
  | { readonly kind: 'too old'; readonly reason: string; readonly wayOut: string }

/** Of places that hold a short secret: one of the length of an API token was encoded there before. */
function foldedConditions({ uses, secret }: Place): readonly ConditionWords[] {
  if (secret?.kind === 'api-token' || secret?.kind === 'access-token') return []
  return uses.some(({ folded }) => folded === true) ? [ONE_LINE] : []
}

const ONE_LINE: ConditionWords = {
  text: 'the `base64` that it goes through writes one line',
  reason:
    'what it makes of a token is longer than 76 characters, where that of GNU and BusyBox begins a new line; the header is then broken and the request refused',
  wayOut: "Put `base64 -w0` there, or `base64 | tr -d '\\n'`, which macOS knows as well.",
}

/** What a floor means for a place: nothing more, a condition, or that the tool must be upgraded first. */
export function judgeFloor(floor: VersionFloor, found: FoundVersion | undefined): Judged {
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
  if (floor.least !== undefined && compareVersions(found.version, floor.least) >= 0)
    return {
      kind: 'condition',
      condition: {
        text: `${floor.tool} is ${floor.from} or newer`,
        reason: `it is ${found.version} (${found.at}), and before ${floor.from} ${floor.below} (${floor.source})`,
        wayOut: `Upgrade ${floor.tool}; the change itself can go first.`,
      },
    }
  return {
    kind: 'too old',
    reason: `${floor.tool} is ${found.version} (${found.at}), and before ${floor.from} ${floor.below} (${floor.source})`,
    wayOut: `Upgrade ${floor.tool} to ${floor.from} or newer, then plan again.`,
  }
}

/** One entry per sentence, with the steps that it is for, in the order of the steps. */
export function conditionsOf(
  drafts: readonly Draft[],
  steps: readonly Step[],
  input: Pick<PlanInput, 'linked' | 'shownInPart' | 'tokens' | 'now'>,
): readonly Condition[] {
  const byPlace = new Map(drafts.map((draft) => [draft.place.id, draft]))
  const found = new Map<string, { readonly words: ConditionWords; readonly steps: string[] }>()
  const staleIn = staleHashes(steps)
  for (const step of steps) {
    const own = byPlace.get(step.place.id)?.conditions ?? []
    for (const words of [
      ...own,
      ...endsSoon(step, input),
      ...onlyName(step, input),
      ...noWayBack(step, input),
      ...[staleIn(step) ?? []].flat(),
    ]) {
      const known = found.get(words.text)
      if (known === undefined) found.set(words.text, { words, steps: [step.id] })
      else known.steps.push(step.id)
    }
  }
  return [...found.values()].map(({ words, steps: ids }, index) => ({ id: `c${index + 1}`, ...words, steps: ids }))
}

/** The change is right today, and its places fail when the token ends: the one that they get, or the one that they keep under another username. */
function endsSoon({ from, to }: Step, { tokens, now }: Pick<PlanInput, 'tokens' | 'now'>): readonly ConditionWords[] {
  const held = to.token === undefined && to.keepSecret === true ? from.fingerprint : undefined
  if (to.token === undefined && held === undefined) return []
  const token = tokens.find(({ name, fingerprint }) => name === to.token || fingerprint === held)
  if (token === undefined || !isEndingSoon(token, now)) return []
  return [
    {
      text: `the token "${token.name}" is followed by another before it ends ${endWords(token)}`,
      reason: `it ends within ${SOON_DAYS} days, and every place that holds it fails from then on`,
      wayOut: 'Create one that lasts longer, keep it in the vault (keyturn token add NAME), and plan again.',
    },
  ]
}

/** A write gives one name a file of its own (docs/decisions/0009-the-executor.md). */
function onlyName({ place: { at } }: Step, { linked }: Pick<PlanInput, 'linked'>): readonly ConditionWords[] {
  return at.kind === 'file' && linked?.has(at.path) === true ? [ONLY_NAME] : []
}

/** What names a credential is shown whole, or not at all. */
function noWayBack({ place }: Step, { shownInPart }: Pick<PlanInput, 'shownInPart'>): readonly ConditionWords[] {
  return shownInPart?.has(place.id) === true ? [NO_WAY_BACK] : []
}

const NO_WAY_BACK: ConditionWords = {
  text: 'the old secret is not wanted back, or somebody has it',
  reason:
    'the controller does not show this login what is stored, so that no backup will hold it and rollback cannot put it back',
  wayOut: 'Grant the login Credentials/Update, in folders Item/Configure too, and plan again; rollback then can.',
}

const ONLY_NAME: ConditionWords = {
  text: 'no other name of the file is in use',
  reason: 'it has several names (hard links); the one of the step gets the new bytes, and the others keep the old ones',
  wayOut:
    'find / -xdev -samefile PATH lists them. One that is in use is made the same file again after the run: ln -f.',
}
