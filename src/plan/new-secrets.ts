import { withReading } from '../bitbucket/scopes.ts'
import type { Renaming } from '../model/credential.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Digest, Step } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Use } from '../model/use.ts'
import { chooseToken, type TokenSummary } from './choose-token.ts'
import { type ChosenUsername, chooseUsername, type Owner } from './choose-username.ts'
import { floorFor, judgeFloor } from './conditions.ts'
import { type Draft, type Drafts, leave, pushRef, pushStep, type StepWords } from './drafts.ts'
import { NOT_RESOLVED } from './not-resolved.ts'
import type { PlanInput } from './plan-input.ts'
import type { ConditionWords } from './resolutions.ts'
import { covers, scopesFor } from './scopes.ts'
import { type Split, splitOf } from './split.ts'
import type { TokenGroup } from './token-groups.ts'
import { requestFor } from './token-requests.ts'

/** What all steps of one token share. */
interface Replacement {
  readonly kind: SecretKind
  readonly owner: Owner
  readonly to:
    | { readonly token: string; readonly fingerprint: TokenSummary['fingerprint'] }
    | { readonly request: string }
  /** Of all places, and of all that are made: for names that are free. */
  readonly taken: Set<string>
}

/** One token for a group of places, with its request where the vault has none that would do. */
export function planNewSecrets(
  group: TokenGroup,
  reasons: ReadonlyMap<Place, string>,
  taken: Set<string>,
  input: PlanInput,
  drafts: Drafts,
): void {
  const { owner, places } = group
  const missing = places.flatMap((place) => input.diagnoses.get(place.id)?.missing ?? [])
  const reading = places.map((place) => ({ ...place, uses: place.uses.filter(isReading) }))
  const token = tokenFor(group, [...scopesFor(reading), ...missing], input)
  const scopes = withReading([...scopesFor(places), ...missing])
  const request = token === undefined ? requestFor(group, scopes, drafts.requests.length + 1, input.now) : undefined
  const replacement: Replacement = {
    kind: token?.kind ?? 'api-token',
    owner: ownerNames(token, owner),
    to: token === undefined ? { request: request?.id ?? '' } : { token: token.name, fingerprint: token.fingerprint },
    taken,
  }
  const before = drafts.steps.length
  for (const place of places)
    planNewSecret(withoutUncovered(place, token), reasons.get(place) ?? '', replacement, input, drafts)
  if (request !== undefined && drafts.steps.length > before) drafts.requests.push(request)
}

/** With several tokens per owner only its name tells which one was made for what. */
function tokenFor(
  { owner, keepAs }: TokenGroup,
  needed: readonly string[],
  { tokens, policy, now }: PlanInput,
): TokenSummary | undefined {
  const several = policy.tokens === 'consumer' || policy.tokens === 'place'
  const known = several && policy.token === undefined ? tokens.filter(({ name }) => name === keepAs) : tokens
  return chooseToken(owner, needed, known, { ...(policy.token === undefined ? {} : { token: policy.token }), now })
}

/**
 * A clone may be pushed from, and nothing says that it is: a new token is asked for with both scopes, but one that a person
 * made for reading alone is taken at its word, and then proved for reading.
 */
function withoutUncovered(place: Place, token: TokenSummary | undefined): Place {
  const reading = place.uses.filter(isReading)
  const mayPush = token === undefined || reading.length === 0 || covers(token.scopes, scopesFor([place]))
  return mayPush ? place : { ...place, uses: reading }
}

function isReading(use: Use): boolean {
  return use.operation !== 'git-push'
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

function planNewSecret(place: Place, reason: string, replacement: Replacement, input: PlanInput, drafts: Drafts): void {
  const because = (why: string): string => (reason === '' ? why : why === '' ? reason : `${reason}; ${why}`)
  const chosen = chooseUsername(place, replacement.kind, replacement.owner)
  const floor = judged(place, replacement.kind, input)
  const split = chosen.kind === 'split' ? splitOf(place, input, replacement.taken) : undefined
  const step = stepFor(place, chosen, 'request' in replacement.to)
  const conditions = floor.kind === 'condition' ? [floor.condition] : []
  if (place.unresolved !== undefined)
    leave(place, { reason: because(NOT_RESOLVED.reason), wayOut: NOT_RESOLVED.wayOut }, drafts)
  else if (floor.kind === 'too old' && chosen.kind !== 'impossible') leave(place, floor, drafts)
  else if (split !== undefined)
    planSplit(place, split, { reason: because(chosen.reason), conditions }, replacement, input, drafts)
  else if (step === undefined) leave(place, { reason: because(chosen.reason), wayOut: wayOutOf(chosen) }, drafts)
  else {
    const { reason: why, conditions: more = [], ...words } = step.words
    const all = { ...words, reason: because(why), conditions: [...conditions, ...more] }
    pushStep(place, { username: step.username, ...replacement.to }, all, input, drafts)
  }
}

function judged(place: Place, kind: SecretKind, { versions }: PlanInput): ReturnType<typeof judgeFloor> {
  const floor = floorFor(place, kind)
  return floor === undefined ? { kind: 'met' } : judgeFloor(floor, versions?.get(place.id))
}

function wayOutOf(chosen: ChosenUsername): string {
  return 'wayOut' in chosen ? chosen.wayOut : ''
}

const E_MAIL_COMES = 'REST takes API tokens under the Atlassian e-mail, which comes with the token'

/** What the step does with the username; `undefined`: a person has to act. A step that waits for its token may wait for the e-mail, too. */
function stepFor(
  place: Place,
  chosen: ChosenUsername,
  waits: boolean,
): { readonly username: Step['to']['username']; readonly words: StepWords } | undefined {
  if (chosen.kind === 'e-mail missing') return waits ? { username: 'keep', words: { reason: E_MAIL_COMES } } : undefined
  if (chosen.kind === 'none') return { username: 'keep', words: { reason: chosen.reason } }
  if (chosen.kind !== 'use') return undefined
  const { kind: _kind, username, condition, ...words } = chosen
  return {
    username: place.username?.text === username ? 'keep' : { set: username },
    words: { ...words, conditions: condition === undefined ? [] : [condition] },
  }
}

const ALTERNATIVE = 'SSH for the checkouts, so that the credential serves REST alone'
const EMAIL_FIRST = 'Give the e-mail with the token: keyturn token add NAME --email ADDRESS'

/** Made, then named, then the old one: at every moment each job names a credential that fits what it does. */
function planSplit(
  place: Place,
  split: Split,
  { reason, conditions }: { readonly reason: string; readonly conditions: readonly ConditionWords[] },
  { kind, owner, to }: Replacement,
  input: PlanInput,
  drafts: Drafts,
): void {
  const remaining: Place = { ...place, uses: split.restUses }
  const step = stepFor(remaining, chooseUsername(remaining, kind, owner), 'request' in to)
  if (step === undefined) leave(place, { reason, wayOut: EMAIL_FIRST }, drafts)
  else {
    const words = { ...step.words, reason, alternative: ALTERNATIVE, conditions }
    const old = pushStep(remaining, { username: step.username, ...to }, words, input, drafts)
    if (old !== undefined) makeAndRewire(old, split, reason, to, input, drafts)
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
