import { controllerOf } from '../model/controller-of.ts'
import { type Place, type PlaceId, type PlaceRef, whereIs } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import { FIXED } from './choose-token.ts'
import { type Draft, type Drafts, leave, pushStep } from './drafts.ts'
import type { PlanInput } from './plan-input.ts'
import { refOf } from './units.ts'

const REASON = 'the URL names a username that is sent in place of the one of the credential'
const ASKED = 'git asks its store for this username, and would find nothing under the old one'
/** Where `credential.<url>.username` of git counts: a netrc, a job or a URL is not asked for a name. */
const ASKED_BY_NAME: ReadonlySet<string> = new Set(['git-credentials', 'git-helper'])

/**
 * Usernames in URLs. One is sent in place of the credential's, so it goes when a credential that answers it changes its username, or
 * when it is the cause itself.
 */
export function planPins(pins: readonly Place[], input: PlanInput, drafts: Drafts): void {
  if (pins.length === 0) return
  const changes = indexed(drafts.steps)
  const hidden = hiddenUses(input)
  for (const pin of pins) {
    const goes = whyItGoes(pin, changes, hidden)
    const isMeant = input.policy.only?.has(pin.id) !== false
    if (goes === undefined && isMeant)
      drafts.kept.push({ place: refOf(pin), reason: 'no credential changes its username' })
    if (goes === undefined || (!isMeant && goes !== 'its credential changes')) continue
    const step = pushPin(pin, changes, input, drafts)
    if (step !== undefined) for (const credential of answering(pin, changes)) credential.needs.push(step)
  }
}

/** One remote or job has one URL or few, so this grows with the number of uses. */
function answering(pin: Place, { asked, byUse }: Changes): ReadonlySet<Draft> {
  if (isSetting(pin)) return new Set(asked.get(pin.username?.text ?? '')?.steps)
  return new Set(answerKeys(pin).flatMap((key) => [...(byUse.get(key) ?? [])]))
}

function pushPin(pin: Place, changes: Changes, input: PlanInput, drafts: Drafts): Draft | undefined {
  const asks = isSetting(pin)
  const username = asks ? onlyNewName(pin, changes) : 'remove'
  if (username === undefined) {
    leave(refOf(pin), SEVERAL, drafts)
    return undefined
  }
  const reason = [asks ? ASKED : REASON, ...doubtsOf(pin, changes)].join('; ')
  return pushStep(pin, { username, keepSecret: true }, { reason, isPin: true }, input, drafts)
}

/** `credential[.<url>].username` of git: without a value it would ask for nobody, so it gets the name that the store gets. */
function isSetting({ consumer, address }: Place): boolean {
  return consumer === 'git-config' && /^credential\./.test(address)
}

const SEVERAL = {
  reason: 'git asks its store for this username, and the credentials that have it get several others, or none for git',
  wayOut: 'Remove the setting, or put the username there that the store gets for git (git config --edit).',
}

/** What the credentials of its old name get, as far as git presents it: never an e-mail. */
function onlyNewName({ username }: Place, { asked }: Changes): { readonly set: string } | undefined {
  const names = asked.get(username?.text ?? '')?.names ?? new Set()
  const [only] = names
  return only === undefined || names.size > 1 ? undefined : { set: only }
}

/** What a person should look at before the username goes, for git may then sign in as somebody else. */
function doubtsOf(pin: Place, { doubtful }: Changes): readonly string[] {
  const [doubt] = answerKeys(pin).flatMap((key) => doubtful.get(key) ?? [])
  if (doubt === undefined) return []
  return doubt.kind === 'another entry'
    ? [`another entry comes before ${whereIs(doubt.place)}, and git would send that one`]
    : [`nothing shows that git reads ${whereIs(doubt.place)} there`]
}

/** `a username changes`: one that it names, of a credential that is not known to answer it. */
function whyItGoes(
  pin: Place,
  changes: Changes,
  hidden: ReadonlySet<string>,
): 'its credential changes' | 'a username changes' | 'it is the cause' | undefined {
  const isAnswered = answerKeys(pin).some((key) => changes.byUse.has(key))
  if (losesUsername(pin, changes) || jobChanges(pin, changes))
    return isAnswered ? 'its credential changes' : 'a username changes'
  return answerKeys(pin).some((key) => hidden.has(key)) ? 'it is the cause' : undefined
}

interface Changes {
  /** Usernames that a credential had and loses, with the controllers of such credentials; `undefined`: of none. */
  readonly byUsername: ReadonlyMap<string, ReadonlySet<string | undefined>>
  /** Usernames that stores lose, and what they get for git in their place. */
  readonly asked: ReadonlyMap<string, { readonly names: ReadonlySet<string>; readonly steps: readonly Draft[] }>
  /** The new usernames per use; `undefined`: an e-mail that is not known yet. */
  readonly newByUse: ReadonlyMap<string, ReadonlySet<string | undefined>>
  /** Credentials that answer it and get another username: none of them is to change while a URL names the old one. */
  readonly byUse: ReadonlyMap<string, ReadonlySet<Draft>>
  /** One credential per use that git may pass over, and why. */
  readonly doubtful: ReadonlyMap<string, { readonly kind: NonNullable<Use['doubt']>; readonly place: PlaceRef }>
}

/** In place of the username of a credential. Absent: the e-mail, which comes with the token. */
interface NewName {
  readonly set?: string
}

/** Always another one than its own, for a step keeps what is right. `undefined`: its own stays. */
function newName({ to }: Draft): NewName | undefined {
  if (to.emailComes === true) return {}
  return typeof to.username === 'object' ? to.username : undefined
}

/** git never presents the e-mail. */
function askedByName(steps: readonly Draft[]): Changes['asked'] {
  const asked = new Map<string, { names: Set<string>; steps: Draft[] }>()
  for (const step of steps) {
    const { place, from } = step
    const name = newName(step)
    if (!ASKED_BY_NAME.has(place.consumer) || from.username === undefined || name === undefined) continue
    const own = asked.get(from.username) ?? { names: new Set(), steps: [] }
    asked.set(from.username, own)
    own.steps.push(step)
    if (name.set !== undefined && !isEmail(name)) own.names.add(name.set)
  }
  return asked
}

function isEmail({ set }: NewName): boolean {
  return set === undefined || set.includes('@')
}

/** The fixed username of git where REST wants the e-mail: no URL of git was answered with it, and the ones that name it may be right. */
function wasNeverSent(old: string, name: NewName): boolean {
  return FIXED.includes(old) && isEmail(name)
}

function indexed(steps: readonly Draft[]): Changes {
  const byUsername = new Map<string, Set<string | undefined>>()
  const newByUse = new Map<string, Set<string | undefined>>()
  const byUse = new Map<string, Set<Draft>>()
  const doubtful = new Map<string, { readonly kind: NonNullable<Use['doubt']>; readonly place: PlaceRef }>()
  for (const step of steps) {
    const name = newName(step)
    if (name === undefined) continue
    const old = step.from.username
    if (old !== undefined && !wasNeverSent(old, name))
      byUsername.set(old, (byUsername.get(old) ?? new Set()).add(controllerOf(step.place)))
    for (const [index, key] of ownKeys(step).entries()) {
      byUse.set(key, (byUse.get(key) ?? new Set()).add(step))
      const doubt = step.uses[index]?.doubt
      if (doubt !== undefined) doubtful.set(key, { kind: doubt, place: step.place })
      newByUse.set(key, (newByUse.get(key) ?? new Set()).add(name.set))
    }
  }
  return { byUsername, asked: askedByName(steps), newByUse, byUse, doubtful }
}

/** A job gets nothing from another controller; who else reads the URL is not known. A setting for every host stays (`Place.hindrance`). */
function losesUsername(pin: Place, { asked, byUsername }: Changes): boolean {
  if (isSetting(pin)) return pin.host !== '' && asked.has(pin.username?.text ?? '')
  const controllers = byUsername.get(pin.username?.text ?? '')
  const own = controllerOf(pin)
  return controllers !== undefined && (own === undefined || controllers.has(own) || controllers.has(undefined))
}

/** A store or netrc answers a pinned username under that very name; a Jenkins credential answers its jobs under any. */
function jobChanges(pin: Place, { newByUse }: Changes): boolean {
  if (!pin.address.startsWith('job/')) return false
  return answerKeys(pin).some((key) => {
    const names = newByUse.get(key) ?? new Set()
    return names.size > 1 || (names.size === 1 && !names.has(pin.username?.text))
  })
}

/** A pin has no secret to ask with; the credential that it hides is asked, and tells. */
function hiddenUses({ places, diagnoses }: PlanInput): ReadonlySet<string> {
  const hidden = (id: PlaceId): boolean => diagnoses.get(id)?.code === 'D110'
  return new Set(places.flatMap((place) => (hidden(place.id) ? ownKeys(placed(place)) : [])))
}

type Using = Pick<Draft, 'place' | 'uses'>

function placed(place: Place): Using {
  return { place: refOf(place), uses: place.uses }
}

/** The uses of a credential. Jobs of two controllers may share a name: those of another one do not get what this one holds. */
function ownKeys({ place, uses }: Using): readonly string[] {
  const controller = controllerOf(place) ?? ''
  return uses.map((use) => `${controller}\0${useKey(use)}`)
}

/** The keys under which a credential that answers this URL has its uses: it is of the same controller, or of the account of an agent. */
function answeringKeys({ place, uses }: Using): readonly string[] {
  const controllers = new Set([controllerOf(place) ?? '', ''])
  return uses.flatMap((use) => [...controllers].map((controller) => `${controller}\0${useKey(use)}`))
}

function answerKeys(pin: Place): readonly string[] {
  return answeringKeys(placed(pin))
}

/** `remote origin` says little without its repository. */
export function useKey({ by, repository }: Use): string {
  return repository === undefined ? by : `${by}\0${repository.workspace}/${repository.slug}`
}
