import type { Scope } from './answer.ts'
import type { PlaceId } from './place.ts'

/** What a person must create in their Atlassian account. */
export interface TokenRequest {
  readonly id: string
  /** Name to give the token, saying where it is used. */
  readonly name: string
  readonly app: 'Bitbucket'
  readonly scopes: readonly Scope[]
  /** Scopes that only some settings of a consumer need, and when. */
  readonly optional?: readonly { readonly scopes: readonly Scope[]; readonly when: string }[]
  /** Latest expiry, ISO date; at most one year from creation. */
  readonly expiresOn: string
  /** Known owner (Bitbucket username or e-mail), when the old credential tells. */
  readonly owner?: string
  readonly places: readonly PlaceId[]
  /** Name for it in the vault; a plan with a policy of one token per consumer or place finds it again under this name. */
  readonly keepAs?: string
}
