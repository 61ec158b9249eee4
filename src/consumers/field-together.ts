import { bytesOf } from '../formats/byte-text.ts'
import type { Document } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { readsDifferently } from './changed-elsewhere.ts'
import { isAsAsked, type Wanted, wantedIn } from './field-change.ts'
import { type FieldReader, type Group, groupAt, inOrder, othersThan, put, textsAt } from './field-group.ts'
import type { Among, ChangeAmong, RestoreAmong, Written } from './held-place.ts'
import { aroundRegions, keyOf, overlap, putRegions, type Region, unpacked } from './stored-region.ts'

/** Each place with its group; those that are not found, or share bytes with one before, are unfit. */
interface Grouped<Item extends Among> {
  readonly groups: ReadonlyMap<Item, Group>
  /** Of all groups, in the order of the document. */
  readonly regions: readonly Region[]
  readonly unfit: Set<Item>
}

/** Ways to write a new value are tried for all places at once; what needs another combination is changed alone. */
const MOST_TRIALS = 4

export function changedTogether(
  detector: FieldReader,
  document: Document,
  places: readonly ChangeAmong[],
): Written<ChangeAmong> {
  const grouped = groupedIn(detector, document, places)
  const { unfit } = grouped
  const wanted: Wanted[] = []
  for (const [each, group] of grouped.groups) {
    const own = wantedIfPossible(detector, document, each, group)
    if (own === undefined) unfit.add(each)
    else wanted.push(...own)
  }
  if (unfit.size > 0) return { kind: 'unfit', places: unfit }
  const trials = Math.max(1, ...wanted.map(({ options }) => options.length))
  let failed: ReadonlySet<ChangeAmong> = new Set(places)
  for (let trial = 0; trial < Math.min(trials, MOST_TRIALS); trial++) {
    const edits = wanted.map(({ region, options }) => ({
      region,
      bytes: bytesOf(options[Math.min(trial, options.length - 1)] ?? ''),
    }))
    const next = { ...document, bytes: putRegions(document.bytes, edits) }
    failed = unsound(detector, document, next, grouped)
    if (failed.size === 0) return { kind: 'written', next }
  }
  return { kind: 'unfit', places: failed }
}

function wantedIfPossible(
  detector: FieldReader,
  document: Document,
  { ref, asked: { change } }: ChangeAmong,
  group: Group,
): readonly Wanted[] | undefined {
  try {
    const wanted = wantedIn({ detector, document, ref, change, group })
    return wanted.some(({ options }) => options.length === 0) ? undefined : wanted
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** Places that do not read back as asked; all of them, when something else reads differently or there would be no way back. */
function unsound(
  detector: FieldReader,
  document: Document,
  next: Document,
  before: Grouped<ChangeAmong>,
): ReadonlySet<ChangeAmong> {
  const places = [...before.groups.keys()]
  const after = groupedIn(detector, next, places)
  const wrong = places.filter((each) => !readsBack(each, before.groups.get(each), after.groups.get(each)))
  if (wrong.length > 0) return new Set(wrong)
  const membersOf = ({ groups }: Grouped<ChangeAmong>) => [...groups.values()].flatMap(({ members }) => members)
  const isSound =
    after.regions.length === before.regions.length &&
    leadsBack(document, next, before.regions, after.regions) &&
    !readsDifferently(
      { document, regions: before.regions, places: othersThan(membersOf(before), detector, document) },
      { document: next, regions: after.regions, places: othersThan(membersOf(after), detector, next) },
    )
  return isSound ? new Set() : new Set(places)
}

function readsBack({ asked: { change } }: ChangeAmong, before: Group | undefined, after: Group | undefined): boolean {
  if (before === undefined || after?.regions.length !== before.regions.length) return false
  return before.members.every((member, index) => isAsAsked(member, after.members[index], change))
}

function leadsBack(document: Document, next: Document, before: readonly Region[], after: readonly Region[]): boolean {
  const old = [...textsAt(document, before), ...textsAt(document, aroundRegions(before))]
  return Buffer.compare(put(next.bytes, after, old, aroundRegions(after)), document.bytes) === 0
}

export function restoredTogether(
  detector: FieldReader,
  document: Document,
  places: readonly RestoreAmong[],
): Written<RestoreAmong> {
  const { groups, regions, unfit } = groupedIn(detector, document, places)
  const texts = new Map<string, string>()
  for (const [each, group] of groups) {
    const held = [...group.regions, ...aroundRegions(group.regions)]
    const old = unpacked(each.backup)
    if (old?.length !== held.length) unfit.add(each)
    else for (const [index, region] of held.entries()) texts.set(keyOf(region), old[index] ?? '')
  }
  if (unfit.size > 0) return { kind: 'unfit', places: unfit }
  const around = aroundRegions(regions)
  const all = [...regions, ...around].map((region) => texts.get(keyOf(region)) ?? '')
  return { kind: 'written', next: { ...document, bytes: put(document.bytes, regions, all, around) } }
}

function groupedIn<Item extends Among>(
  detector: FieldReader,
  document: Document,
  places: readonly Item[],
): Grouped<Item> {
  const groups = new Map<Item, Group>()
  const unfit = new Set<Item>()
  const owners = new Map<string, Item>()
  for (const each of places) {
    const group = groupAt(detector, document, each.ref)
    const keys = group?.regions.map(keyOf) ?? []
    if (group === undefined || keys.some((key) => owners.has(key))) unfit.add(each)
    else {
      groups.set(each, group)
      for (const key of keys) owners.set(key, each)
    }
  }
  const regions = inOrder([...groups.values()].flatMap((group) => group.regions))
  for (const [index, region] of regions.entries()) {
    const following = regions[index + 1]
    const owner = following === undefined || !overlap(region, following) ? undefined : owners.get(keyOf(following))
    if (owner !== undefined) unfit.add(owner)
  }
  return { groups, regions, unfit }
}
