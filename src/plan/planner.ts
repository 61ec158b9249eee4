import { createHash } from 'node:crypto'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'
import type { ConsumerId, Place, PlaceId, PlaceRef } from '../model/place.ts'
import type { Digest, Plan, Step } from '../model/plan.ts'
import type { TokenRequest } from '../model/token-request.ts'
import type { Use } from '../model/use.ts'
import { buriedEntry } from './buried.ts'
import { chooseToken, ownerOf, type TokenSummary } from './choose-token.ts'
import { chooseUsername } from './choose-username.ts'
import { covers, scopesFor } from './scopes.ts'
import { type Verdict, verdictOn } from './verdict.ts'

export interface PlanInput {
  readonly places: readonly Place[]
  readonly sources: readonly string[]
  /** The cause per place, where it was asked for. */
  readonly diagnoses: ReadonlyMap<PlaceId, Diagnosis>
  /** What each place holds at present; a place that is missing here cannot be changed. */
  readonly digests: ReadonlyMap<PlaceId, Digest>
  /** Consumers whose places are found and not changed. */
  readonly unwritten?: ReadonlySet<ConsumerId>
  /** Why a place is found and not changed, and what to do instead: half a sentence. */
  readonly refused?: ReadonlyMap<PlaceId, string>
  readonly tokens: readonly TokenSummary[]
  readonly policy: {
    readonly token?: string
    /** The token also takes the place of what works. */
    readonly replace?: boolean
    /** Whose tokens these are, for a place on REST that goes by another name. */
    readonly email?: string
  }
  readonly now: Date
}

/** A step before it has its number. */
type Draft = Omit<Step, 'id'>

interface Drafts {
  readonly steps: Draft[]
  readonly requests: TokenRequest[]
  readonly kept: Plan['kept'][number][]
  readonly manual: Plan['manual'][number][]
}

const DEAD_APP_PASSWORD = 'Rolling back restores the bytes; Bitbucket does not accept an app password again.'

/** Inventory, diagnoses and tokens to a plan. Pure; a plan holds no secret. */
export function makePlan(input: PlanInput): Plan {
  const drafts: Drafts = { steps: [], requests: [], kept: [], manual: [] }
  const live = input.places.filter((place) => place.buried === undefined && place.ownedBy?.takesChanges !== false)
  const holding = live.filter((place) => place.secret !== undefined)
  const verdicts = new Map(holding.map((place) => [place, verdictFor(place, input)]))
  for (const [place, verdict] of verdicts) planUnchanged(place, verdict, drafts)
  for (const group of groupedByOwner(placesThat('new secret', verdicts))) planNewSecrets(group, verdicts, input, drafts)
  for (const place of placesThat('new username', verdicts)) planNewUsername(place, verdicts, input, drafts)
  for (const place of live.filter((one) => one.secret === undefined)) planPin(place, input, drafts)
  for (const place of input.places) planBuried(place, drafts)
  for (const place of input.places) planOwned(place, drafts)
  return numbered(drafts, input)
}

/** Whoever names a token and says that it replaces what is there knows more than Bitbucket tells: these leave the secret as it is. */
const LEFT_UNLESS_TOLD: readonly (DiagnosisCode | undefined)[] = [
  'D100',
  'D106',
  'D107',
  'D115',
  'D116',
  'D117',
  'D119',
  'D190',
  'D191',
]

function verdictFor(place: Place, { diagnoses, policy }: PlanInput): Verdict {
  const diagnosis = diagnoses.get(place.id)
  if (policy.replace && policy.token !== undefined && LEFT_UNLESS_TOLD.includes(diagnosis?.code))
    return { kind: 'new secret', reason: 'the token was named to replace it' }
  return verdictOn(place, diagnosis, policy.token !== undefined)
}

function placesThat(kind: Verdict['kind'], verdicts: ReadonlyMap<Place, Verdict>): readonly Place[] {
  return [...verdicts].filter(([, verdict]) => verdict.kind === kind).map(([place]) => place)
}

function planUnchanged(place: Place, verdict: Verdict, drafts: Drafts): void {
  if (verdict.kind === 'keep') drafts.kept.push({ place: refOf(place), reason: verdict.reason })
  if (verdict.kind === 'manual')
    drafts.manual.push({ place: refOf(place), reason: verdict.reason, wayOut: verdict.wayOut })
}

/** A username alone, in a history, opens nothing. */
function planBuried(place: Place, drafts: Drafts): void {
  if (place.buried === undefined || place.secret === undefined) return
  const entry = buriedEntry(place, place.buried)
  if ('wayOut' in entry) drafts.manual.push({ place: refOf(place), ...entry })
  else drafts.kept.push({ place: refOf(place), ...entry })
}

/** What fills the place from elsewhere takes no change there. */
function planOwned(place: Place, drafts: Drafts): void {
  const { ownedBy } = place
  if (ownedBy === undefined || ownedBy.takesChanges || place.buried !== undefined) return
  drafts.manual.push({ place: refOf(place), reason: `${ownedBy.name} fills it`, wayOut: ownedBy.wayOut })
}

/** What rollback cannot do, or what undoes the step later. */
function caveatOf({ secret, ownedBy }: Place): Pick<Step, 'caveat'> {
  if (ownedBy !== undefined) return { caveat: `${ownedBy.name} puts its own values back. ${ownedBy.wayOut}` }
  return secret?.kind === 'app-password' ? { caveat: DEAD_APP_PASSWORD } : {}
}

/** Places of one owner share one token: few tokens, each with a blast radius that a person can name. */
function groupedByOwner(places: readonly Place[]): readonly (readonly Place[])[] {
  const groups = new Map<string, Place[]>()
  for (const place of places) {
    const owner = ownerOf(place) ?? ''
    groups.set(owner, [...(groups.get(owner) ?? []), place])
  }
  return [...groups.values()]
}

function planNewSecrets(
  group: readonly Place[],
  verdicts: ReadonlyMap<Place, Verdict>,
  input: PlanInput,
  drafts: Drafts,
): void {
  const owner = group[0] === undefined ? undefined : ownerOf(group[0])
  const missing = group.flatMap((place) => input.diagnoses.get(place.id)?.missing ?? [])
  // What a name suggests is no reason to ask for a scope.
  const uses = group.flatMap((place) => (place.unresolved === undefined ? place.uses : []))
  const scopes = [...new Set([...scopesFor(uses), ...missing])].sort()
  const least = [...scopesFor(uses.filter(isReading)), ...missing]
  const token = chooseToken(owner, least, input.tokens, { ...input.policy, now: input.now })
  const request =
    token === undefined ? requestFor(group, owner, scopes, drafts.requests.length + 1, input.now) : undefined
  const before = drafts.steps.length
  for (const place of group) {
    const reason = verdicts.get(place)?.reason ?? ''
    const to =
      token === undefined ? { request: request?.id ?? '' } : { token: token.name, fingerprint: token.fingerprint }
    draftSecretStep(
      withoutUncovered(place, token),
      reason,
      { kind: token?.kind ?? 'api-token', owner: ownerNames(token, owner), to },
      input,
      drafts,
    )
  }
  if (request !== undefined && drafts.steps.length > before) drafts.requests.push(request)
}

/**
 * A clone may be pushed from, and nothing says that it is: a new token is asked for with both scopes, but one that a person
 * made for reading alone is taken at its word, and then proved for reading.
 */
function withoutUncovered(place: Place, token: TokenSummary | undefined): Place {
  const reading = place.uses.filter(isReading)
  const mayPush = token === undefined || reading.length === 0 || covers(token.scopes, scopesFor(place.uses))
  return mayPush ? place : { ...place, uses: reading }
}

function isReading(use: Use): boolean {
  return use.operation !== 'git-push'
}

function ownerNames(token: TokenSummary | undefined, owner: string | undefined): { email?: string; username?: string } {
  if (token === undefined)
    return owner?.includes('@') ? { email: owner } : owner === undefined ? {} : { username: owner }
  return {
    ...(token.email === undefined ? {} : { email: token.email }),
    ...(token.username === undefined ? {} : { username: token.username }),
  }
}

interface Replacement {
  readonly kind: TokenSummary['kind']
  readonly owner: { readonly email?: string; readonly username?: string }
  readonly to:
    | { readonly token: string; readonly fingerprint: TokenSummary['fingerprint'] }
    | { readonly request: string }
}

function draftSecretStep(
  place: Place,
  reason: string,
  { kind, owner, to }: Replacement,
  input: PlanInput,
  drafts: Drafts,
): void {
  if (place.unresolved !== undefined) {
    leaveUnresolved(place, reason, drafts)
    return
  }
  if (isSecretText(place)) {
    draftSecretText(place, reason, { kind, owner, to }, input, drafts)
    return
  }
  const chosen = chooseUsername(place, kind, owner)
  const waits = 'request' in to
  if (chosen.kind === 'impossible' && !(waits && owner.email === undefined && needsEmail(chosen))) {
    drafts.manual.push({ place: refOf(place), reason: chosen.reason, wayOut: chosen.wayOut })
    return
  }
  const username =
    chosen.kind === 'impossible' ? 'keep' : place.username?.text === chosen.username ? 'keep' : { set: chosen.username }
  const why = chosen.kind === 'impossible' ? reason : `${reason}; ${chosen.reason}`
  pushStep(place, { username, ...to }, why, input, drafts)
}

/** The username that is right depends on a use, and a name is none. */
function leaveUnresolved(place: Place, reason: string, drafts: Drafts): void {
  drafts.manual.push({ place: refOf(place), reason: `${reason}; ${NOT_RESOLVED.reason}`, wayOut: NOT_RESOLVED.wayOut })
}

/** Secret text of Jenkins has no username. Branch Source takes access tokens from it, and nothing takes an API token. */
function isSecretText({ consumer, username, secret }: Place): boolean {
  return consumer.startsWith('jenkins') && username === undefined && secret !== undefined
}

function draftSecretText(
  place: Place,
  reason: string,
  { kind, to }: Replacement,
  input: PlanInput,
  drafts: Drafts,
): void {
  if (kind === 'access-token' && 'token' in to) pushStep(place, { username: 'keep', ...to }, reason, input, drafts)
  else
    drafts.manual.push({
      place: refOf(place),
      reason: `${reason}; a secret text has no username, and an API token needs one`,
      wayOut:
        'Name an access token of the vault: keyturn plan --token NAME. Or use a credential of the kind "Username with password".',
    })
}

/** The e-mail is asked for when the token is added, so a step that waits for its token may wait for the e-mail too. */
function needsEmail(chosen: { readonly reason: string }): boolean {
  return chosen.reason.includes('e-mail, which is not known')
}

function planNewUsername(place: Place, verdicts: ReadonlyMap<Place, Verdict>, input: PlanInput, drafts: Drafts): void {
  const kind = place.secret?.kind ?? 'unknown'
  const known = input.tokens.find((token) => token.fingerprint === place.secret?.value?.fingerprint)
  const { email } = input.policy
  const owner = { ...(email === undefined ? {} : { email }), ...ownerNames(known, ownerOf(place)) }
  const chosen = chooseUsername(place, kind, owner)
  if (place.unresolved !== undefined) leaveUnresolved(place, verdicts.get(place)?.reason ?? '', drafts)
  else if (chosen.kind === 'impossible')
    drafts.manual.push({ place: refOf(place), reason: chosen.reason, wayOut: chosen.wayOut })
  else
    pushStep(
      place,
      { username: { set: chosen.username }, keepSecret: true },
      `${verdicts.get(place)?.reason}; ${chosen.reason}`,
      input,
      drafts,
    )
}

/** A username in a URL is sent in place of the credential's, so it goes when a credential changes its username, or is the cause itself. */
function planPin(place: Place, input: PlanInput, drafts: Drafts): void {
  const changes = drafts.steps.some(
    (step) =>
      typeof step.to.username === 'object' && step.to.username.set !== place.username?.text && answers(step, place),
  )
  const reason = 'the URL names a username that is sent in place of the one of the credential'
  if (changes || isCause(place, input)) pushStep(place, { username: 'remove', keepSecret: true }, reason, input, drafts)
  else drafts.kept.push({ place: refOf(place), reason: 'no credential changes its username' })
}

/** A pin has no secret to ask with; the credential that it hides is asked, and tells. */
function isCause(pin: Place, { places, diagnoses }: PlanInput): boolean {
  return places.some((other) => diagnoses.get(other.id)?.code === 'D110' && shareUse(other, pin))
}

function shareUse(one: Pick<Place, 'uses'>, other: Pick<Place, 'uses'>): boolean {
  return one.uses.some((use) => other.uses.some(({ by }) => by === use.by))
}

/** A store or netrc answers a pinned username under that very name; a Jenkins credential answers its jobs under any. */
function answers(step: Draft, pin: Place): boolean {
  if (step.from.username === pin.username?.text) return true
  return pin.address.startsWith('job/') && shareUse(step, pin)
}

function pushStep(place: Place, to: Step['to'], reason: string, input: PlanInput, drafts: Drafts): void {
  const digest = input.digests.get(place.id)
  if (digest === undefined) {
    drafts.manual.push({ place: refOf(place), ...whyNot(place, input) })
    return
  }
  const { username, secret } = place
  drafts.steps.push({
    place: refOf(place),
    from: {
      digest,
      ...(username === undefined ? {} : { username: username.text }),
      ...(secret?.value === undefined ? {} : { fingerprint: secret.value.fingerprint }),
      ...(secret === undefined ? {} : { kind: secret.kind }),
    },
    to,
    uses: place.uses,
    reason,
    ...caveatOf(place),
  })
}

function whyNot(place: Place, { unwritten, refused }: PlanInput): { readonly reason: string; readonly wayOut: string } {
  const refusal = refused?.get(place.id)
  if (refusal !== undefined) return { ...NOT_WRITTEN, reason: `${NOT_WRITTEN.reason}: ${refusal}` }
  return unwritten?.has(place.consumer) === true ? NOT_WRITTEN : NOT_READ
}

const NOT_READ = {
  reason: 'it could not be read for writing',
  wayOut: 'Change it by hand, then verify it with the doctor.',
}
/** docs/bitbucket-authentication.md, "Usernames". */
const NOT_RESOLVED = {
  reason: 'what reads it was not found, and git and REST want different usernames for an API token',
  wayOut: `Find what reads it, then change it by hand: under ${API_TOKEN_GIT_USERNAME} for git, under the e-mail for REST; one that serves both is to be split in two.`,
}
const NOT_WRITTEN = {
  reason: 'keyturn finds it here and does not change it',
  wayOut: 'Change it by hand; docs/consumers says which username the tool wants. Then scan again.',
}

const DAY_MS = 24 * 60 * 60 * 1000
/** One year is the longest that Atlassian allows; a day less spares an argument about time zones. */
const LONGEST_DAYS = 364

function requestFor(
  group: readonly Place[],
  owner: string | undefined,
  scopes: readonly string[],
  number: number,
  now: Date,
): TokenRequest {
  const consumers = [...new Set(group.map((place) => place.consumer))].sort().join(', ')
  return {
    id: `t${number}`,
    name: `keyturn: ${consumers}`,
    app: 'Bitbucket',
    scopes,
    expiresOn: new Date(now.getTime() + LONGEST_DAYS * DAY_MS).toISOString().slice(0, 10),
    ...(owner === undefined ? {} : { owner }),
    places: group.map((place) => place.id),
  }
}

function refOf({ id, consumer, at, address }: Place): PlaceRef {
  return { id, consumer, at, address }
}

/** Canaries first: a developer's file is the least that can break. Controllers follow, what serves most jobs last. */
function rank({ place }: Draft): number {
  if (place.consumer === 'git-config') return 0
  if (place.consumer === 'git-credentials' || place.consumer === 'netrc') return 1
  if (place.address.startsWith('job/')) return 2
  return place.address.startsWith('system/') ? 4 : 3
}

function numbered(drafts: Drafts, { sources, now }: PlanInput): Plan {
  const steps = [...drafts.steps]
    .sort((one, other) => rank(one) - rank(other) || one.place.id.localeCompare(other.place.id))
    .map((draft, index): Step => ({ id: `s${index + 1}`, ...draft }))
  const content = { sources, requests: drafts.requests, steps, kept: drafts.kept, manual: drafts.manual }
  const id = createHash('sha256')
    .update(JSON.stringify([now.toISOString(), content]))
    .digest('hex')
    .slice(0, 8)
  return { schema: 'keyturn/plan/1', id, createdAt: now.toISOString(), ...content }
}
