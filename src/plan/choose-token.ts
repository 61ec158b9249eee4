import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Scope } from '../model/answer.ts'
import { hasEnded, isEndingSoon, type TokenEnd } from '../model/ends-soon.ts'
import type { Place } from '../model/place.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import { covers } from './scopes.ts'

/** What the planner needs to know of a token in the vault; no secret. */
export interface TokenSummary extends TokenEnd {
  readonly name: string
  readonly kind: SecretKind
  readonly fingerprint: Fingerprint
  readonly email?: string
  readonly username?: string
  readonly scopes: readonly Scope[] | 'not reported'
}

/**
 * `$BB_USER`, `{{ user }}`, `%USER%` are filled in by whoever reads the place, and `#0123456789ab` is shown for a token in the field of the
 * username. No username of Bitbucket has such a character, and no e-mail that anybody uses.
 */
const NO_NAME = /[$%{}<>()`#]/

/** The usernames under which git takes tokens, whosever they are. */
export const FIXED: readonly string[] = [API_TOKEN_GIT_USERNAME, ACCESS_TOKEN_GIT_USERNAME]

/**
 * Who owns the old credential, as far as its username tells. The fixed usernames tell nothing; what the vault kept with the same secret does,
 * for a year later every place has one of them, or the address that the vault kept beside the username: one person, not two. So it is with a
 * name that stands elsewhere.
 */
export function ownerOf(place: Place, tokens: readonly TokenSummary[]): string | undefined {
  const username = place.username?.text ?? ''
  const isNobodys = username === '' || FIXED.includes(username) || NO_NAME.test(username)
  if (!isNobodys && !username.includes('@')) return username
  const fingerprint = place.secret?.value?.fingerprint
  const kept = fingerprint === undefined ? undefined : tokens.find((token) => token.fingerprint === fingerprint)
  if (!isNobodys && kept?.email?.toLowerCase() !== username.toLowerCase()) return username
  return kept?.username ?? kept?.email
}

/**
 * The token for places of one owner: the named one, else one of the same owner that has not ended and covers the scopes, which may be
 * fewer for one kind of token than for another.
 */
export function chooseToken(
  owner: string | undefined,
  needed: (kind: SecretKind) => readonly Scope[],
  tokens: readonly TokenSummary[],
  policy: {
    readonly token?: string
    readonly now: Date
    readonly dead: ReadonlySet<Fingerprint>
    /** Names in the vault that tell that a token was made for these places. Absent: any does, for nobody else's are planned. */
    readonly madeFor?: string
    /** It takes the place of one that ends soon, so that it must not be such a one. */
    readonly lasting?: true
  },
): TokenSummary | undefined {
  if (policy.token !== undefined) return tokens.find((token) => token.name === policy.token)
  const usable = tokens.filter(
    (token) =>
      isUsable(token, policy.now) &&
      (policy.lasting !== true || !isEndingSoon(token, policy.now)) &&
      !policy.dead.has(token.fingerprint) &&
      covers(token.scopes, needed(token.kind)),
  )
  const own = usable.filter((token) => isOwner(token, owner) === true)
  return [...own].sort(lastingLonger(policy.now)).at(-1) ?? theOnlyOne(usable, owner, policy.madeFor)
}

/**
 * The only token there is serves a place unless its owner is known to be someone else. Where places of several owners are planned, it is of
 * one of them, and whoever is not known to be that one would sign in as somebody else.
 */
function theOnlyOne(
  usable: readonly TokenSummary[],
  owner: string | undefined,
  madeFor: string | undefined,
): TokenSummary | undefined {
  const [only, ...others] = usable
  if (only === undefined || others.length > 0 || isOwner(only, owner) === false) return undefined
  const isTheirs = madeFor === undefined || only.kind === 'access-token' || isNamed(only, madeFor)
  return isTheirs ? only : undefined
}

/** `alice.2` was made for the same as `alice`. */
function isNamed({ name }: TokenSummary, keepAs: string): boolean {
  return name === keepAs || name.replace(/\.\d+$/, '') === keepAs
}

/** `undefined`: a username and an e-mail say nothing of each other. */
function isOwner({ username, email }: TokenSummary, owner: string | undefined): boolean | undefined {
  if (owner === undefined) return undefined
  const isEmail = owner.includes('@')
  const known = isEmail ? email?.toLowerCase() : username
  if (known === undefined) return undefined
  return known === (isEmail ? owner.toLowerCase() : owner)
}

function isUsable(token: TokenSummary, now: Date): boolean {
  return (token.kind === 'api-token' || token.kind === 'access-token') && !hasEnded(token, now)
}

/** One whose end is known lasts for certain; but what ends within days is followed by another, which may be there already. */
function lastingLonger(now: Date): (one: TokenSummary, other: TokenSummary) => number {
  const lasts = (token: TokenSummary): number => (isEndingSoon(token, now) ? 0 : 1)
  return (one, other) => lasts(one) - lasts(other) || (one.expiresAt ?? '').localeCompare(other.expiresAt ?? '')
}
