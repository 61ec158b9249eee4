import { withReading } from '../bitbucket/scopes.ts'
import type { Scope } from '../model/answer.ts'
import type { Renaming } from '../model/credential.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Digest, Step } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Use } from '../model/use.ts'
import { chooseToken, type TokenSummary } from './choose-token.ts'
import { type ChosenUsername, chooseUsername, type Owner } from './choose-username.ts'
import { judgeVersions } from './conditions.ts'
import { type Draft, type Drafts, leave, leaveUnresolved, pushRef, pushStep, type StepWords } from './drafts.ts'
import { endingToken } from './ending-token.ts'
import { keep } from './kept.ts'
import type { PlanInput } from './plan-input.ts'
import { forReading, PUSHING, type Pushing, proved, pushRefusal } from './pushing.ts'
import type { ConditionWords } from './resolutions.ts'
import { covers, scopesFor } from './scopes.ts'
import { type Split, splitOf, takenNames } from './split.ts'
import { deadSecrets, holdsAlready, type Unfit, unfitAt } from './token-fitness.ts'
import { freeIn, keptByName, type TokenGroup } from './token-groups.ts'
import { requestFor } from './token-requests.ts'
import { membersOf, type Unit } from './units.ts'

/** What all steps of one token share. */
interface Replacement {
  readonly kind: SecretKind
  readonly owner: Owner
  readonly to:
    | { readonly token: string; readonly fingerprint: TokenSummary['fingerprint'] }
    | { readonly request: string }
  readonly pushing: Pushing
  readonly taken: Set<string>
  /** Why the token does not do at a place. */
  readonly unfit: (place: Unit) => Unfit | undefined
}

/** Names that are not free. Both grow with what is planned. */
export interface Names {
  /** Of all places, and of all that are made. */
  readonly places: Set<string>
  /** Of tokens: those of the vault, and those that a plan proposes. */
  readonly tokens: Set<string>
  readonly vault: ReadonlySet<string>
  /** Of the vault, by the name that a plan proposed for them. */
  readonly kept: ReadonlyMap<string, readonly TokenSummary[]>
  /** Secrets that are given to no place. */
  readonly dead: ReadonlySet<TokenSummary['fingerprint']>
  /** Whether places of several people are planned. */
  readonly severalOwners: boolean
}

/** For `planNewSecrets` with each of these groups. */
export function namesOf(groups: readonly TokenGroup[], input: PlanInput): Names {
  const { places, tokens } = input
  const owners = new Set(groups.flatMap(({ owner }) => owner ?? []))
  const vault = new Set(tokens.map(({ name }) => name))
  const proposed = new Set([...groups.map(({ keepAs }) => keepAs), ...vault])
  return {
    places: takenNames(places),
    tokens: proposed,
    vault,
    kept: keptByName(tokens),
    dead: deadSecrets(input),
    severalOwners: owners.size > 1,
  }
}

/** One token for a group of places, with its request where the vault has none that would do. */
export function planNewSecrets(
  group: TokenGroup,
  reasons: ReadonlyMap<Place, string>,
  names: Names,
  input: PlanInput,
  drafts: Drafts,
): void {
  const token = tokenFor(group, names, input)
  const served = servedBy('api-token', group)
  const asked = { ...group, places: served, keepAs: nameToKeep(group.keepAs, names) }
  const scopes = withReading([...scopesFor(served.flatMap(membersOf)), ...missingAt(served, input)])
  const request = token === undefined ? requestFor(asked, scopes, drafts.requests.length + 1, input.now) : undefined
  const replacement: Replacement = {
    kind: token?.kind ?? 'api-token',
    owner: ownerNames(token, group.owner),
    to: token === undefined ? { request: request?.id ?? '' } : { token: token.name, fingerprint: token.fingerprint },
    pushing: token === undefined || covers(token.scopes, PUSHING) ? 'may' : { name: token.name },
    taken: names.places,
    unfit: (place) =>
      token === undefined || input.policy.token === undefined
        ? undefined
        : unfitAt(place, token, { dead: names.dead, now: input.now, missing: missingAt([place], input) }),
  }
  const before = drafts.steps.length
  for (const place of group.places) planNewSecret(place, reasons.get(place) ?? '', replacement, input, drafts)
  if (request !== undefined && drafts.steps.length > before) drafts.requests.push(request)
}

/** The vault takes no second token of a name: one that has too few scopes keeps its own until it is removed. */
function nameToKeep(keepAs: string, { tokens, vault }: Names): string {
  if (!vault.has(keepAs)) return keepAs
  const name = freeIn(tokens, keepAs)
  tokens.add(name)
  return name
}

/** Places whose way out is without a token of this kind are no reason to ask for a scope. */
function servedBy(kind: SecretKind, { places }: TokenGroup): readonly Unit[] {
  return places.filter((place) => {
    const chosen = chooseUsername(place, kind, {})
    return chosen.kind !== 'impossible' || chosen.unserved === undefined
  })
}

function missingAt(units: readonly Unit[], { diagnoses }: PlanInput): readonly Scope[] {
  return units.flatMap(membersOf).flatMap(({ id }) => diagnoses.get(id)?.missing ?? [])
}

/** With several tokens per owner only its name tells which one was made for what. */
function tokenFor(group: TokenGroup, { kept, dead, severalOwners }: Names, input: PlanInput): TokenSummary | undefined {
  const { owner, keepAs } = group
  const { tokens, policy, now } = input
  const several = policy.tokens === 'consumer' || policy.tokens === 'place'
  const known = several && policy.token === undefined ? (kept.get(keepAs) ?? []) : tokens
  const needs = new Map<SecretKind, readonly Scope[]>()
  const needed = (kind: SecretKind): readonly Scope[] => {
    const all = needs.get(kind) ?? neededOf(servedBy(kind, group), input)
    needs.set(kind, all)
    return all
  }
  return chooseToken(owner, needed, known, {
    ...(policy.token === undefined ? {} : { token: policy.token }),
    ...(severalOwners && !several ? { madeFor: keepAs } : {}),
    ...(group.places.flatMap(membersOf).some(({ secret }) => endingToken(secret, tokens, now) !== undefined)
      ? { lasting: true }
      : {}),
    now,
    dead,
  })
}

/** A token that a person made for reading alone is taken at its word where nothing says that it must push. */
function neededOf(units: readonly Unit[], input: PlanInput): readonly Scope[] {
  const members = units.flatMap(membersOf).map((place) => ({ ...place, uses: forReading(place.uses) }))
  return [...scopesFor(members), ...missingAt(units, input)]
}

/** Two credentials with the token that the place holds already, which the vault knows. */
export function planSplitOfToken(
  place: Place,
  reason: string,
  token: TokenSummary,
  names: Names,
  input: PlanInput,
  drafts: Drafts,
): void {
  const { name, kind, fingerprint } = token
  const to = { token: name, fingerprint }
  planNewSecret(
    place,
    reason,
    { kind, owner: ownerNames(token, undefined), to, pushing: 'may', taken: names.places, unfit: () => undefined },
    input,
    drafts,
  )
}

/** Names by which the owner of a token is known; of a token that is still to be made, those of the old credential. */
export function ownerNames(token: TokenSummary | undefined, owner: string | undefined): Owner {
  if (token === undefined)
    return owner?.includes('@') ? { email: owner } : owner === undefined ? {} : { username: owner }
  return {
    ...(token.email === undefined ? {} : { email: token.email }),
    ...(token.username === undefined ? {} : { username: token.username }),
  }
}

function planNewSecret(place: Unit, reason: string, replacement: Replacement, input: PlanInput, drafts: Drafts): void {
  const because = (why: string): string => `${reason}; ${why}`
  const chosen = chooseUsername(place, replacement.kind, replacement.owner)
  const judged = judgeVersions(place, replacement.kind, input)
  const split = chosen.kind === 'split' ? splitOf(place, input, replacement.taken) : undefined
  const step = stepFor(place, chosen, 'request' in replacement.to)
  const refusal =
    chosen.kind === 'impossible' ? undefined : (pushRefusal(place, replacement.pushing) ?? replacement.unfit(place))
  if (place.unresolved !== undefined) leaveUnresolved(place, reason, input, drafts)
  else if (judged.kind === 'too old' && chosen.kind !== 'impossible') leave(place, judged, drafts)
  else if (refusal !== undefined) leave(place, { ...refusal, reason: because(refusal.reason) }, drafts)
  else if (split !== undefined)
    planSplit(
      place,
      split,
      { reason: because(chosen.reason), conditions: conditionsIn(judged) },
      replacement,
      input,
      drafts,
    )
  else if (step === undefined) leave(place, { reason: because(chosen.reason), wayOut: wayOutOf(chosen) }, drafts)
  else if (isInPlace(place, step, replacement.to)) keep(place, 'it holds this token already', input, drafts)
  else {
    const { reason: why, conditions: more = [], uses = place.uses, ...words } = step.words
    const conditions = [...conditionsIn(judged), ...more]
    const all = { ...words, reason: because(why), conditions, uses: proved(uses, replacement.pushing) }
    pushStep(place, { username: step.username, ...step.comes, ...replacement.to }, all, input, drafts)
  }
}

function isInPlace(place: Unit, { username }: UsernameStep, to: Replacement['to']): boolean {
  return username === 'keep' && 'fingerprint' in to && holdsAlready(place, to.fingerprint)
}

function conditionsIn(judged: ReturnType<typeof judgeVersions>): readonly ConditionWords[] {
  return judged.kind === 'met' ? judged.conditions : []
}

function wayOutOf(chosen: ChosenUsername): string {
  return 'wayOut' in chosen ? chosen.wayOut : ''
}

const E_MAIL_COMES = 'REST takes API tokens under the Atlassian e-mail, which comes with the token'
const ITS_USERNAME =
  'git takes API tokens under this fixed username, and the e-mail that REST wants comes with the token'

interface UsernameStep {
  readonly username: Step['to']['username']
  /** The address is not known before the token is. */
  readonly comes?: Pick<Step['to'], 'emailComes'>
  readonly words: StepWords
}

/** What the step does with the username; `undefined`: a person has to act. A step that waits for its token may wait for the e-mail, too. */
function stepFor(place: Place, chosen: ChosenUsername, waits: boolean): UsernameStep | undefined {
  if (chosen.kind === 'e-mail missing') return waits ? untilEmail(place, chosen) : undefined
  if (chosen.kind === 'none') {
    const { reason, condition } = chosen
    return { username: 'keep', words: { reason, conditions: condition === undefined ? [] : [condition] } }
  }
  if (chosen.kind !== 'use') return undefined
  const { kind: _kind, username, condition, ...words } = chosen
  return {
    username: changeTo(username, place),
    words: { ...words, conditions: condition === undefined ? [] : [condition] },
  }
}

function untilEmail(place: Place, { here }: Extract<ChosenUsername, { kind: 'e-mail missing' }>): UsernameStep {
  if (here === undefined) return { username: 'keep', comes: { emailComes: true }, words: { reason: E_MAIL_COMES } }
  const { username, condition, uses } = here
  return { username: changeTo(username, place), words: { reason: ITS_USERNAME, conditions: [condition], uses } }
}

function changeTo(username: string, place: Place): Step['to']['username'] {
  return place.username?.text === username ? 'keep' : { set: username }
}

const ALTERNATIVE = 'SSH for the checkouts, so that the credential serves REST alone'
const EMAIL_FIRST = 'Give the e-mail with the token: keyturn token add NAME --email ADDRESS'

/** Made, then named, then the old one: at every moment each job names a credential that fits what it does. */
function planSplit(
  place: Place,
  split: Split,
  { reason, conditions }: { readonly reason: string; readonly conditions: readonly ConditionWords[] },
  { kind, owner, to, pushing }: Replacement,
  input: PlanInput,
  drafts: Drafts,
): void {
  const remaining: Place = { ...place, uses: split.restUses }
  const step = stepFor(remaining, chooseUsername(remaining, kind, owner), 'request' in to)
  if (step === undefined) leave(place, { reason, wayOut: EMAIL_FIRST }, drafts)
  else {
    const words = { ...step.words, reason, alternative: ALTERNATIVE, conditions }
    const old = pushStep(remaining, { username: step.username, ...step.comes, ...to }, words, input, drafts)
    const named = split.rewired.map((one) => ({ ...one, uses: proved(one.uses, pushing) }))
    const provable = { ...split, gitUses: proved(split.gitUses, pushing), rewired: named }
    if (old !== undefined) makeAndRewire(old, provable, reason, to, input, drafts)
  }
}

function makeAndRewire(
  old: Draft,
  { made, username, gitUses, rewired, reference }: Split,
  reason: string,
  to: Replacement['to'],
  input: PlanInput,
  drafts: Drafts,
): void {
  const twin = pushRef(
    made,
    'absent',
    { username: { set: username }, ...to, create: { like: old.place } },
    { uses: gitUses, reason, alternative: ALTERNATIVE, part: 'make' },
    drafts,
  )
  for (const { place, uses } of rewired) {
    const digest = input.digests.get(place.id)
    if (digest === undefined) continue
    const named = rewire(place, digest, reference, uses, drafts)
    named.needs.push(twin)
    old.needs.push(named)
  }
}

/** One step for a place, however many of the credentials that it names are split: its digest speaks of all of them. */
function rewire(place: PlaceRef, digest: Digest, reference: Renaming, uses: readonly Use[], drafts: Drafts): Draft {
  const known = drafts.rewired.get(place.id)
  if (known !== undefined) {
    known.also.push(reference)
    known.uses.push(...uses)
    return known.draft
  }
  const words = { reason: 'it checks out with git, under the credential for git', part: 'rewire' as const }
  const all = { also: [] as Renaming[], uses: [...uses] }
  const to = { username: 'keep', keepSecret: true, reference: { ...reference, also: all.also } } as const
  const draft = pushRef(place, digest, to, { uses: all.uses, ...words }, drafts)
  drafts.rewired.set(place.id, { ...all, draft })
  return draft
}
