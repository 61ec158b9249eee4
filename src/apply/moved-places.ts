import type { PlaceRef } from '../model/place.ts'
import type { Digest, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { type RunState, type StepState, stepState } from './run-state.ts'
import { saidAlone } from './staged-together.ts'

/** Gives for each step its place under the address that it has by now; `undefined`: that cannot be told. All are of one file. */
export type Finder = (steps: readonly Step[]) => Promise<readonly (PlaceRef | undefined)[]>

/**
 * Finds places whose entry is another one in order by now, by what this run has written. Entries with the same bytes are told apart by
 * nothing but their order, which counts when there are as many of them as the run has left there.
 */
export function movedPlaces(state: () => RunState, deps: ApplyDeps): Finder {
  let holders: Holders | undefined
  return async (steps) => {
    const [first] = steps
    const whereNow = first && connectorOf(deps, first.place.consumer).whereNow
    if (whereNow === undefined) return steps.map(() => undefined)
    holders ??= holdersOf(state())
    const ranks = ranksOf(steps, holders, state())
    const asked = steps.flatMap((step) => ranks.get(step)?.map((rank) => ({ step, rank })) ?? [])
    const sought = asked.map(({ step: { place }, rank: { digest } }) => ({ place, digest }))
    // A file that cannot be read tells nothing; why it cannot is said of each place, and other files have their turn.
    const found = (await whereNow(sought, deps.context).catch(saidAlone)) ?? []
    const places = new Map<Step, PlaceRef | undefined>()
    for (const [index, { step, rank }] of asked.entries()) {
      const entries = found[index] ?? []
      if (entries.length === rank.of && places.get(step) === undefined)
        places.set(step, withAddress(step.place, entries[rank.number]))
    }
    return steps.map((step) => places.get(step))
  }
}

function withAddress(place: PlaceRef, entry: PlaceRef | undefined): PlaceRef | undefined {
  return entry === undefined ? undefined : { ...place, address: entry.address }
}

/** Steps by file, name and digest, in the order in which their entries stood; of digests that they have or had when this was asked for first. */
type Holders = ReadonlyMap<string, readonly Step[]>

function holdersOf({ plan, steps }: RunState): Holders {
  const holders = new Map<string, Step[]>()
  for (const step of plan.steps)
    for (const digest of digestsOf(steps.get(step.id))) {
      const key = keyOf(step.place, digest)
      const known = holders.get(key)
      if (known === undefined) holders.set(key, [step])
      else known.push(step)
    }
  for (const held of holders.values()) held.sort((one, other) => numberOf(one.place) - numberOf(other.place))
  return holders
}

interface Rank {
  readonly digest: Digest
  /** Which of so many entries with the same bytes it is, from 0. */
  readonly number: number
  readonly of: number
}

function ranksOf(steps: readonly Step[], holders: Holders, state: RunState): ReadonlyMap<Step, readonly Rank[]> {
  const left = new Map<string, ReadonlyMap<Step['id'], number>>()
  const ranked = (step: Step, digest: Digest): readonly Rank[] => {
    const key = keyOf(step.place, digest)
    const standing = left.get(key) ?? numbered((holders.get(key) ?? []).filter(({ id }) => holds(state, id, digest)))
    left.set(key, standing)
    const number = standing.get(step.id)
    return number === undefined ? [] : [{ digest, number, of: standing.size }]
  }
  return new Map(
    steps.map((step) => [step, [...digestsOf(state.steps.get(step.id))].flatMap((digest) => ranked(step, digest))]),
  )
}

function numbered(steps: readonly Step[]): ReadonlyMap<Step['id'], number> {
  return new Map(steps.map(({ id }, index) => [id, index]))
}

function holds(state: RunState, id: Step['id'], digest: Digest): boolean {
  return digestsOf(stepState(state, id)).has(digest)
}

/** What an entry may hold that this step wrote, or whose old bytes it was about to put back when it ended. */
function digestsOf(state: StepState | undefined): ReadonlySet<Digest> {
  if (state === undefined) return new Set()
  const { phase, from, to, now, undo } = state
  const put = phase === 'undone' ? [] : [now, to, undo?.from]
  const back = phase === 'undo announced' ? [undo?.to, from] : []
  return new Set([...put, ...back].filter(isDigest))
}

function isDigest(standing: StepState['to']): standing is Digest {
  return standing !== undefined && standing !== 'absent' && standing !== 'unpredictable'
}

/** `NAME#2` is the second of its name. */
function numberOf({ address }: PlaceRef): number {
  return Number(/#(\d+)$/.exec(address)?.[1] ?? 1)
}

function keyOf({ consumer, at, address }: PlaceRef, digest: Digest): string {
  return `${consumer}\0${at.kind === 'file' ? at.path : at.url}\0${address.replace(/#\d+$/, '')}\0${digest}`
}
