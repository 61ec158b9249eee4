import type { PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { isNumbered, nameOfEntry } from '../model/numbered-address.ts'
import { locationText, type Place } from '../model/place.ts'
import type { Step, StepId } from '../model/plan.ts'
import { repositoriesOf } from '../model/use.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { readEach } from './read-each.ts'
import { type RunState, stepState } from './run-state.ts'
import { isOriginal, isOurs } from './undo-group.ts'

type Present = Extract<PlaceState, { kind: 'present' }>

/** `looked for`: it is no other; `at its number`; `with its old bytes` at its number, which are nothing that another step wrote. */
export type FoundHow = 'looked for' | 'at its number' | 'with its old bytes'

/** Whether what was found for a step is the entry that the run changed. */
export type EntryCheck = (step: Step, found: Pick<Present, 'place' | 'entry'>, how: FoundHow) => Promise<boolean>

/**
 * Entries of a list have no name but their number, and after a run many of them hold the same bytes. Where somebody put one before them, each
 * holds what the run wrote to another, and its old bytes belong elsewhere. The repository of a URL tells them apart, and what stood beside it;
 * where neither does, they count as moved when one of them is not where the run left it.
 */
export function sameEntries(state: () => RunState, deps: ApplyDeps): EntryCheck {
  const moved = new Map<string, Promise<boolean>>()
  const before = state()
  const lists = groupedBy(
    before.plan.steps.filter(({ id, place }) => isOfList(place) && isStanding(before, id)),
    listOf,
  )
  const owners = ownersOf(before)
  return async (step, { place, entry }, how) => {
    if (!isOfList(step.place)) return true
    const isNamed = namesSame(step, place)
    if (isNamed !== undefined || how === 'looked for') return isNamed ?? true
    // The order of entries without a name is all that some formats have, and was asked for.
    if (entry === undefined && connectorOf(deps, step.place.consumer).whereNow !== undefined) return true
    const owner = entry === undefined ? [] : (owners.get(`${listOf(step)} ${entry}`) ?? [])
    if (owner.length === 1) return owner[0]?.id === step.id
    if (how === 'with its old bytes') return true
    const key = listOf(step)
    const entries = lists.get(key) ?? []
    if (new Set(entries.map(({ id }) => stepState(before, id).from)).size < 2) return true
    const known = moved.get(key) ?? isMoved(entries, before, deps)
    moved.set(key, known)
    return !(await known)
  }
}

/** Steps by what stood beside their places. */
function ownersOf(state: RunState): ReadonlyMap<string, readonly Step[]> {
  const known = state.plan.steps.filter(({ id }) => stepState(state, id).entry !== undefined)
  return groupedBy(known, (step) => `${listOf(step)} ${stepState(state, step.id).entry}`)
}

/** Whether the entry of a list that stands at the address of a step is for a repository of the step. `undefined`: nothing there tells. */
export function namesSame(step: Step, found: Pick<Place, 'uses'>): boolean | undefined {
  const [mine, theirs] = [repositoriesOf(step.uses), repositoriesOf(found.uses)]
  if (!isOfList(step.place) || mine.length === 0 || theirs.length === 0) return undefined
  return theirs.some((name) => mine.includes(name))
}

function isStanding(state: RunState, id: StepId): boolean {
  const { phase } = stepState(state, id)
  return phase !== 'not started' && phase !== 'undone'
}

function isOfList({ at, address }: Step['place']): boolean {
  return at.kind === 'file' && isNumbered(address)
}

function listOf({ place }: Step): string {
  return `${place.consumer} ${locationText(place.at)} ${nameOfEntry(place.address)}`
}

/** All are of one file and one consumer. */
async function isMoved(entries: readonly Step[], state: RunState, deps: ApplyDeps): Promise<boolean> {
  const [first] = entries
  if (first === undefined) return false
  const places = entries.map(({ place }) => place)
  const found = await readEach(connectorOf(deps, first.place.consumer), places, deps.context)
  return entries.some((step, index) => !isInPlace(step, found[index], state))
}

function isInPlace(step: Step, found: PlaceState | Failure | undefined, state: RunState): boolean {
  if (found === undefined || found instanceof Failure || found.kind === 'absent') return false
  const known = stepState(state, step.id)
  return isOriginal(found.digest, known) || isOurs(step, found, known)
}
