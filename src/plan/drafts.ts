import type { Renaming } from '../model/credential.ts'
import { locationText, type Place, type PlaceId, type PlaceRef } from '../model/place.ts'
import type { Plan, Standing, Step } from '../model/plan.ts'
import type { TokenRequest } from '../model/token-request.ts'
import type { Use } from '../model/use.ts'
import type { UsernameWords } from './choose-username.ts'
import { fileName, lockedTogether, placeLocking } from './lock-files.ts'
import { notResolved } from './not-resolved.ts'
import type { PlanInput } from './plan-input.ts'
import type { ConditionWords } from './resolutions.ts'
import { refOf } from './units.ts'

/** What a step does in a split of one credential in two; absent: it is no part of one. */
export type Part = 'make' | 'rewire' | 'rest'

/** A step before it has its number and wave. */
export interface Draft extends Omit<Step, 'id' | 'wave' | 'needs'> {
  readonly part?: Part
  readonly isPin?: true
  readonly conditions: readonly ConditionWords[]
  readonly needs: Draft[]
}

export interface Drafts {
  readonly steps: Draft[]
  readonly requests: TokenRequest[]
  readonly kept: Plan['kept'][number][]
  readonly manual: Plan['manual'][number][]
  /** What is told to name other credentials, by its id; `also` and `uses` are those of the step, and grow. */
  readonly rewired: Map<PlaceId, { readonly draft: Draft; readonly also: Renaming[]; readonly uses: Use[] }>
}

export function noDrafts(): Drafts {
  return { steps: [], requests: [], kept: [], manual: [], rewired: new Map() }
}

const DEAD_APP_PASSWORD = 'Rolling back restores the bytes; Bitbucket does not accept an app password again.'
const NOT_READ = {
  reason: 'it could not be read for writing',
  wayOut: 'Change it by hand, then verify it with the doctor.',
}
const NOT_WRITTEN = {
  reason: 'keyturn finds it here and does not change it',
  wayOut: 'Change it by hand; docs/consumers says which username the tool wants. Then scan again.',
}

const AT_ITS_SOURCE = 'Change what it comes from, not what stands here. Then scan again.'

export type StepWords = Partial<Omit<UsernameWords, 'condition'>> & {
  readonly reason: string
  readonly conditions?: readonly ConditionWords[]
  readonly part?: Part
  readonly isPin?: true
}

/** One step for a place that can be changed; otherwise the place is left to a person, and nothing is given back. */
export function pushStep(
  place: Place,
  to: Step['to'],
  words: StepWords,
  input: PlanInput,
  drafts: Drafts,
): Draft | undefined {
  const digest = input.digests.get(place.id)
  if (digest === undefined) {
    leave(place, whyNot(place, input), drafts)
    return undefined
  }
  const stuck = stuckWith(place, input)
  if (stuck !== undefined) {
    const name = fileName(stuck.at)
    const where = folderOf(stuck.at) === folderOf(place.at) ? `${name} beside it` : locationText(stuck.at)
    leave(
      place,
      {
        reason: `${where} holds the same, and keyturn cannot change that`,
        wayOut: `Change both by hand, so that ${fileName(place.at)} and ${name} stay alike. Then scan again.`,
      },
      drafts,
    )
    return undefined
  }
  const { username, secret } = place
  const from = {
    digest,
    ...(username === undefined ? {} : { username: username.text }),
    ...(secret?.value === undefined ? {} : { fingerprint: secret.value.fingerprint }),
    ...(secret === undefined ? {} : { kind: secret.kind }),
  }
  const uses = (words.uses ?? place.uses).map(({ spelled: _, tool: __, folded: ___, ...use }) => use)
  return pushBare({ place: refOf(place), from, to, uses, ...caveatOf(place) }, words, drafts)
}

function folderOf(at: Place['at']): string {
  const text = locationText(at)
  return text.slice(0, text.length - fileName(at).length)
}

/** Of one plan: the places of each manifest with its lock files, by each of them, and the files that can be changed. */
const LOCKED = new WeakMap<PlanInput, LockedFiles>()

interface LockedFiles {
  readonly groupOf: ReadonlyMap<string, readonly Place[]>
  readonly written: ReadonlySet<string>
}

/** A place of its manifest or lock file that cannot be changed with it; its own file can, or nobody would ask. */
function stuckWith(place: Place, input: PlanInput): Place | undefined {
  const { groupOf, written } = LOCKED.get(input) ?? lockedFiles(input)
  return groupOf.get(place.id)?.find(({ at }) => !written.has(locationText(at)))
}

/** Places that share their username are read once, for the first of them: what counts is the file. */
function lockedFiles(input: PlanInput): LockedFiles {
  const { places, digests } = input
  const groups = [...lockedTogether(places, placeLocking).values()]
  const written = new Set(places.flatMap(({ id, at }) => (digests.has(id) ? [locationText(at)] : [])))
  const files = { groupOf: new Map(groups.flatMap((group) => group.map(({ id }) => [id, group] as const))), written }
  LOCKED.set(input, files)
  return files
}

/** Nothing tells its username. Where keyturn does not write it, the way out is another than to find what reads it. */
export function leaveUnresolved(place: Place, because: string, input: PlanInput, drafts: Drafts): void {
  const { reason, wayOut } = notResolved(place)
  const told = { reason: `${because}; ${reason}`, wayOut }
  leave(place, input.refused?.has(place.id) === true ? whyNot(place, input) : told, drafts)
}

function whyNot(place: Place, { unwritten, refused }: PlanInput): { readonly reason: string; readonly wayOut: string } {
  const refusal = refused?.get(place.id)
  if (refusal !== undefined) return { reason: `${NOT_WRITTEN.reason}: ${refusal}`, wayOut: AT_ITS_SOURCE }
  return unwritten?.has(place.consumer) === true ? NOT_WRITTEN : NOT_READ
}

/** What rollback cannot do, or what undoes the step later. */
function caveatOf({ secret, ownedBy }: Place): Pick<Step, 'caveat'> {
  if (ownedBy !== undefined) return { caveat: `${ownedBy.name} puts its own values back. ${ownedBy.wayOut}` }
  return secret?.kind === 'app-password' ? { caveat: DEAD_APP_PASSWORD } : {}
}

/** Of a place that holds no credential yet or only names one. */
export function pushRef(
  place: PlaceRef,
  from: Standing,
  to: Step['to'],
  { uses, ...words }: StepWords & Pick<Step, 'uses'>,
  drafts: Drafts,
): Draft {
  return pushBare({ place: refOf(place), from: { digest: from }, to, uses }, words, drafts)
}

function pushBare(step: Omit<Draft, 'reason' | 'conditions' | 'needs'>, words: StepWords, drafts: Drafts): Draft {
  const { reason, alternative, usernames, conditions = [], part, isPin } = words
  const draft: Draft = {
    ...step,
    reason,
    ...(alternative === undefined ? {} : { alternative }),
    ...(usernames === undefined || usernames.length < 2 || typeof step.to.username !== 'object' ? {} : { usernames }),
    ...(part === undefined ? {} : { part }),
    ...(isPin === undefined ? {} : { isPin }),
    conditions,
    needs: [],
  }
  drafts.steps.push(draft)
  return draft
}

export function leave(
  place: PlaceRef,
  { reason, wayOut }: { readonly reason: string; readonly wayOut: string },
  drafts: Drafts,
): void {
  drafts.manual.push({ place: refOf(place), reason, wayOut })
}
