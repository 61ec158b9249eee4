import type { PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { locationText, type Place } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import type { Repository } from '../model/use.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { readEach } from './read-each.ts'
import { type RunState, stepState } from './run-state.ts'
import { isOriginal, isOurs } from './undo-group.ts'

/** Whether what stands at the address of a step is the entry that the run changed. `found`: what was read there. */
export type EntryCheck = (step: Step, found: Place) => Promise<boolean>

/**
 * Entries of a list have no name but their number, and after a run many of them hold the same bytes. Where somebody put one before them, each
 * holds what the run wrote to another, and its old bytes belong elsewhere. The repository of a URL tells them apart; where none is named, they
 * count as moved when one of them is not where the run left it. Formats that count entries are asked themselves (`Connector.whereNow`).
 */
export function sameEntries(state: () => RunState, deps: ApplyDeps): EntryCheck {
  const moved = new Map<string, Promise<boolean>>()
  const before = state()
  const lists = groupedBy(
    before.plan.steps.filter((step) => isNumbered(step) && isStanding(before, step)),
    listOf,
  )
  return async (step, found) => {
    if (!isNumbered(step) || connectorOf(deps, step.place.consumer).whereNow !== undefined) return true
    const isNamed = namesSame(step, found)
    if (isNamed !== undefined) return isNamed
    const key = listOf(step)
    const entries = lists.get(key) ?? []
    if (new Set(entries.map(({ id }) => stepState(before, id).from)).size < 2) return true
    const known = moved.get(key) ?? isMoved(entries, before, deps)
    moved.set(key, known)
    return !(await known)
  }
}

/** Whether the entry of a list that stands at the address of a step is for a repository of the step. `undefined`: nothing there tells. */
export function namesSame(step: Step, found: Pick<Place, 'uses'>): boolean | undefined {
  const [mine, theirs] = [repositoriesOf(step), repositoriesOf(found)]
  if (!isNumbered(step) || mine.length === 0 || theirs.length === 0) return undefined
  return theirs.some((name) => mine.includes(name))
}

function isStanding(state: RunState, { id }: Step): boolean {
  const { phase } = stepState(state, id)
  return phase !== 'not started' && phase !== 'undone'
}

const NUMBER = /(^|\.)\d+(?=\.|$)|#\d+$/g

function isNumbered({ place }: Step): boolean {
  return place.at.kind === 'file' && place.address.search(NUMBER) !== -1
}

function listOf({ place }: Step): string {
  return `${place.consumer} ${locationText(place.at)} ${place.address.replace(NUMBER, '$1*')}`
}

function repositoriesOf({
  uses,
}: {
  readonly uses: readonly { readonly repository?: Repository }[]
}): readonly string[] {
  return uses.flatMap(({ repository }) =>
    repository === undefined ? [] : [`${repository.workspace}/${repository.slug}`],
  )
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
