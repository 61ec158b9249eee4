import type { SecretKind } from '../model/secret.ts'
import type { Operation } from '../model/use.ts'

/** Git username for a user's API token (support.atlassian.com/bitbucket-cloud/docs/using-api-tokens). */
export const API_TOKEN_GIT_USERNAME = 'x-bitbucket-api-token-auth'
/** Git username for repository, project and workspace access tokens and OAuth tokens (…/docs/using-access-tokens). */
export const ACCESS_TOKEN_GIT_USERNAME = 'x-token-auth'

/** Who the owner of a token is, by the two names that Bitbucket wants. */
export interface Owner {
  readonly email?: string
  readonly username?: string
}

export type UsernameChoice =
  | { readonly kind: 'use'; readonly username: string; readonly reason: string }
  | { readonly kind: 'bearer'; readonly reason: string }
  | { readonly kind: 'impossible'; readonly reason: string }

/**
 * The username is a function of what is done and of the kind of secret, never of the tool alone (docs/bitbucket-authentication.md, "Usernames").
 */
export function usernameFor(operation: Operation, kind: SecretKind, owner: Owner): UsernameChoice {
  const git = operation === 'git-fetch' || operation === 'git-push'
  if (kind === 'access-token' || kind === 'oauth-token')
    return git
      ? {
          kind: 'use',
          username: ACCESS_TOKEN_GIT_USERNAME,
          reason: 'git takes access tokens under this fixed username',
        }
      : { kind: 'bearer', reason: 'REST takes access tokens as Bearer, without a username' }
  if (kind !== 'api-token') return { kind: 'impossible', reason: 'this kind of secret no longer signs in to Bitbucket' }
  if (git)
    return {
      kind: 'use',
      username: API_TOKEN_GIT_USERNAME,
      reason: 'git takes API tokens under this fixed username, never under the e-mail',
    }
  return owner.email === undefined
    ? { kind: 'impossible', reason: 'REST takes API tokens under the Atlassian e-mail, which is not known' }
    : {
        kind: 'use',
        username: owner.email,
        reason: 'REST takes API tokens under the Atlassian e-mail, never under the username',
      }
}
