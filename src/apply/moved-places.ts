import type { FoundEntry } from '../model/consumer.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { byNumbers, shapeOfEntry } from '../model/numbered-address.ts'
import { locationText, type PlaceRef } from '../model/place.ts'
import type { Digest, Step, StepId } from '../model/plan.ts'
import { repositoriesOf } from '../model/use.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { type RunState, type StepState, stepState } from './run-state.ts'
import { saidAlone } from './staged-together.ts'

/** Gives for each step its place under the address that it has by now; `undefined`: that cannot be told. All are of one file. */
export type Finder = (steps: readonly Step[]) => Promise<readonly (PlaceRef | undefined)[]>

/** What the place of a step may hold. */
type Held = (step: Step, state: StepState) => ReadonlySet<Digest>

/**
 * Finds places whose entry is another one in order by now, by what this run has written. Entries with the same bytes are told apart by what
 * stood beside them when they were changed, or by the repository that they name. Where nothing of that is known their order counts, when there
 * are as many of them as the run has left there.
 */
export function movedPlaces(state: () => RunState, deps: ApplyDeps, held: Held = leftBy): Finder {
  let holders: Holders | undefined
  return async (steps) => {
    const [first] = steps
    const whereNow = first && connectorOf(deps, first.place.consumer).whereNow
    if (whereNow === undefined) return steps.map(() => undefined)
    const now = state()
    holders ??= holdersOf(now, held)
    const sought = soughtOf(steps, now, held)
    // A file that cannot be read tells nothing; why it cannot is said of each place, and other files have their turn.
    const found = (await whereNow([...sought.values()], deps.context).catch(saidAlone)) ?? []
    const entries = new Map<StepId, FoundEntry>()
    for (const [index, [key, { digest }]] of [...sought].entries()) {
      const standing = (holders.get(key) ?? []).filter((step) => held(step, stepState(now, step.id)).has(digest))
      for (const [id, entry] of paired(standing, found[index] ?? [], now)) if (!entries.has(id)) entries.set(id, entry)
    }
    return steps.map((step) => movedTo(step.place, entries.get(step.id)))
  }
}

function movedTo({ with: _, ...place }: PlaceRef, entry: FoundEntry | undefined): PlaceRef | undefined {
  if (entry === undefined) return undefined
  return { ...place, address: entry.address, ...(entry.with === undefined ? {} : { with: entry.with }) }
}

function soughtOf(
  steps: readonly Step[],
  state: RunState,
  held: Held,
): ReadonlyMap<string, { readonly place: PlaceRef; readonly digest: Digest }> {
  const all = steps.flatMap((step) =>
    [...held(step, stepState(state, step.id))].map((digest) => ({ place: step.place, digest })),
  )
  return new Map(all.map((one) => [keyOf(one.place, one.digest), one]))
}

/** Steps by file, name and digest, in the order in which their entries stood; of digests that they have or had when this was asked for first. */
type Holders = ReadonlyMap<string, readonly Step[]>

function holdersOf(state: RunState, held: Held): Holders {
  const pairs = state.plan.steps.flatMap((step) =>
    [...held(step, stepState(state, step.id))].map((digest) => ({ step, digest })),
  )
  const holders = groupedBy(pairs, ({ step, digest }) => keyOf(step.place, digest))
  return new Map(
    [...holders].map(([key, of]) => [
      key,
      of.map(({ step }) => step).sort((one, other) => byNumbers(one.place.address, other.place.address)),
    ]),
  )
}

/** Says which of several one is, in a word; of a step in one of those that are said of the entries. `undefined`: nothing tells. */
interface Telling {
  readonly ofEntry: (entry: FoundEntry) => string | undefined
  readonly ofStep: (step: Step, said: ReadonlySet<string>, state: RunState) => string | undefined
}

const BY_WHAT_STANDS_BESIDE: Telling = {
  ofEntry: ({ entry }) => entry,
  ofStep: ({ id }, _, state) => stepState(state, id).entry,
}
const BY_REPOSITORY: Telling = {
  ofEntry: ({ uses }) => repositoriesOf(uses)[0],
  ofStep: ({ uses }, said) => repositoriesOf(uses).find((name) => said.has(name)),
}
const BY_ORDER: Telling = { ofEntry: () => '', ofStep: () => '' }

/** Each step with the entry that is its own. What one way of telling is silent about is left to the next. */
function paired(
  steps: readonly Step[],
  entries: readonly FoundEntry[],
  state: RunState,
): ReadonlyMap<StepId, FoundEntry> {
  const pairs = new Map<StepId, FoundEntry>()
  let [open, left] = [steps, entries]
  for (const { ofEntry, ofStep } of [BY_WHAT_STANDS_BESIDE, BY_REPOSITORY, BY_ORDER]) {
    const there = groupedBy(left, ofEntry)
    const said = new Set([...there.keys()].flatMap((word) => word ?? []))
    if (said.size === 0) continue
    const asked = groupedBy(open, (step) => ofStep(step, said, state))
    for (const [word, group] of asked) if (word !== undefined) pairUp(group, there.get(word) ?? [], pairs)
    open = asked.get(undefined) ?? []
    left = left.filter((entry) => {
      const word = ofEntry(entry)
      return word === undefined || !asked.has(word)
    })
  }
  return pairs
}

/** In their order. One that is gone, or that somebody wrote twice, is none that could be told. */
function pairUp(steps: readonly Step[], entries: readonly FoundEntry[], pairs: Map<StepId, FoundEntry>): void {
  if (steps.length !== entries.length) return
  for (const [index, { id }] of steps.entries()) {
    const entry = entries[index]
    if (entry !== undefined) pairs.set(id, entry)
  }
}

/** What an entry may hold that this step wrote, or whose old bytes it was about to put back when it ended; where it is known by what stands beside it, these at any time. */
function leftBy(_: Step, { phase, from, to, now, undo, entry }: StepState): ReadonlySet<Digest> {
  const put = phase === 'undone' ? [] : [now, to, undo?.from]
  const isBack = phase === 'undo announced' || (entry !== undefined && phase !== 'undone')
  return new Set([...put, ...(isBack ? [undo?.to, from] : [])].filter(isDigest))
}

/** What it may hold while the run goes on: what it held before, or what was announced. */
export function beforeOrAfter(step: Step, { phase, to, now }: StepState): ReadonlySet<Digest> {
  const held = phase === 'done' ? [now] : phase === 'announced' ? [to, step.from.digest] : [step.from.digest]
  return new Set(held.filter(isDigest))
}

function isDigest(standing: StepState['to']): standing is Digest {
  return standing !== undefined && standing !== 'absent' && standing !== 'unpredictable'
}

function keyOf(place: PlaceRef, digest: Digest): string {
  return `${place.consumer}\0${locationText(place.at)}\0${shapeOfEntry(place)}\0${digest}`
}
