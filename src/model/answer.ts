/** A Bitbucket API-token scope, with its suffix: `read:repository:bitbucket`. */
export type Scope = string

/** One observation, safe to print: never a secret, bodies sanitised and cut to one line. */
export interface Evidence {
  /** What was asked, in words: `GET https://api.bitbucket.org/2.0/user as Basic <e-mail>`. */
  readonly asked: string
  /** What came back: `401 Token is invalid, expired, or not supported for this endpoint.` */
  readonly answered: string
  readonly status?: number
}

/** Only a reply that is documented as a refusal may become one of these. */
export type RefusalReason =
  | 'app password removed' // git 410, REST 401 CHANGE-3222
  | 'unauthorized' // 401 without a telling text
  | 'token invalid or expired' // REST 401, generic text
  | 'OAuth token expired' // REST 401 "Access token expired."
  | 'account password' // 401, the text of 2022
  | 'username is not the e-mail' // REST 401 "must be used with an atlassian registered email"
  | 'no Bitbucket scopes' // REST 401
  | 'scope missing' // 403 with required and granted
  | 'no access' // 403/404 on a repository
  | 'address not allowed' // 403 IP allowlist
  | 'two-step verification required'
  | 'over user limit' // git 403 when pushing
  | 'forbidden' // REST 403 "Forbidden": API 1.0
  | 'endpoint removed' // REST 410 CHANGE-2770
  | 'needs a resource' // access token on /2.0/user

export type UnknownReason = 'timed out' | 'rate limited' | 'locked out' | 'network' | 'unexpected reply' | 'not asked'

/** `unknown` is not `no`. */
export type Answer =
  | { readonly kind: 'yes'; readonly scopes: readonly Scope[] | 'not reported'; readonly evidence: Evidence }
  | {
      readonly kind: 'no'
      readonly reason: RefusalReason
      readonly missing: readonly Scope[]
      readonly granted?: readonly Scope[]
      readonly evidence: Evidence
    }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason; readonly evidence: Evidence }
