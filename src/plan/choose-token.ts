import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Scope } from '../model/answer.ts'
import type { Place } from '../model/place.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import { covers } from './scopes.ts'

/** What the planner needs to know of a token in the vault; no secret. */
export interface TokenSummary {
  readonly name: string
  readonly kind: SecretKind
  readonly fingerprint: Fingerprint
  readonly email?: string
  readonly username?: string
  readonly scopes: readonly Scope[] | 'not reported'
  readonly expiresAt?: string
}

/** Who owns the old credential, as far as its username tells. The fixed usernames tell nothing. */
export function ownerOf(place: Place): string | undefined {
  const username = place.username?.text
  return username === undefined ||
    username === '' ||
    username === API_TOKEN_GIT_USERNAME ||
    username === ACCESS_TOKEN_GIT_USERNAME
    ? undefined
    : username
}

/**
 * The token for places of one owner: the named one, else one of the same owner that has not ended and covers the scopes, which may be
 * fewer for one kind of token than for another.
 */
export function chooseToken(
  owner: string | undefined,
  needed: (kind: SecretKind) => readonly Scope[],
  tokens: readonly TokenSummary[],
  policy: { readonly token?: string; readonly now: Date },
): TokenSummary | undefined {
  if (policy.token !== undefined) return tokens.find((token) => token.name === policy.token)
  const usable = tokens.filter((token) => isUsable(token, policy.now) && covers(token.scopes, needed(token.kind)))
  const own = usable.filter((token) => isOwner(token, owner) === true)
  return [...own].sort(byExpiry).at(-1) ?? theOnlyOne(usable, owner)
}

/** The only token there is serves a place unless its owner is known to be someone else. */
function theOnlyOne(usable: readonly TokenSummary[], owner: string | undefined): TokenSummary | undefined {
  const [only, ...others] = usable
  return only !== undefined && others.length === 0 && isOwner(only, owner) !== false ? only : undefined
}

/** `undefined`: a username and an e-mail say nothing of each other. */
function isOwner({ username, email }: TokenSummary, owner: string | undefined): boolean | undefined {
  if (owner === undefined) return undefined
  const isEmail = owner.includes('@')
  const known = isEmail ? email?.toLowerCase() : username
  if (known === undefined) return undefined
  return known === (isEmail ? owner.toLowerCase() : owner)
}

function isUsable({ kind, expiresAt }: TokenSummary, now: Date): boolean {
  return (kind === 'api-token' || kind === 'access-token') && (expiresAt === undefined || new Date(expiresAt) > now)
}

function byExpiry(one: TokenSummary, other: TokenSummary): number {
  return (one.expiresAt ?? '').localeCompare(other.expiresAt ?? '')
}
