import { type Credential, SECRET_TEXT, secretText, type UsernamePassword, usernamePassword } from '../credential.ts'
import { isAtLeast } from '../plugin-version.ts'
import type { SecretCipher } from '../secret-cipher.ts'
import { className } from '../xml-element.ts'

/**
 * What the branch source makes of a credential (its impl/credentials matchers and authenticators). `plain` goes as it
 * is stored, to REST and to git; every other kind shows git another user name than the one that is stored.
 */
export type Authenticator =
  | { readonly kind: 'api-token'; readonly id: string; readonly pair: UsernamePassword }
  | { readonly kind: 'access-token'; readonly id: string; readonly token: string }
  | { readonly kind: 'oauth'; readonly id: string; readonly pair: UsernamePassword }
  | { readonly kind: 'plain'; readonly id: string; readonly pair: UsernamePassword }

/** BitbucketUserAPITokenCredentialMatcher.API_ACCESS_TOKEN_LENGTH. */
const API_TOKEN_LENGTH = 192

/** Undefined when no matcher accepts the credential: since 937.3.4 that is a plain pair for Cloud (PR #1220). */
export function authenticatorFor(
  credential: Credential,
  cipher: SecretCipher,
  version: string,
): Authenticator | undefined {
  const { id } = credential
  if (className(credential.element) === SECRET_TEXT) {
    return isAtLeast(version, '933') ? { kind: 'access-token', id, token: secretText(credential, cipher) } : undefined
  }
  const pair = usernamePassword(credential, cipher)
  if (pair === undefined) return undefined
  if (isAtLeast(version, '937.0.0') && isApiToken(pair)) return { kind: 'api-token', id, pair }
  if (isConsumer(pair, version)) return { kind: 'oauth', id, pair }
  return isAtLeast(version, '937.3.4') ? undefined : { kind: 'plain', id, pair }
}

function isEmail(username: string): boolean {
  return username.includes('.') && username.includes('@')
}

function isApiToken({ username, password }: UsernamePassword): boolean {
  return isEmail(username) && password.length === API_TOKEN_LENGTH
}

/** BitbucketOAuthCredentialMatcher; the longer pair of lengths since 937.3.3 (JENKINS-76489). */
function isConsumer({ username, password }: UsernamePassword, version: string): boolean {
  const lengths = `${username.length}/${password.length}`
  return !isEmail(username) && (lengths === '18/32' || (lengths === '32/76' && isAtLeast(version, '937.3.3')))
}

/** `accessToken` is what an OAuth consumer was given for its key and secret; the other kinds need none. */
export function restAuthorization(authenticator: Authenticator, accessToken: string | undefined): string {
  switch (authenticator.kind) {
    case 'api-token':
    case 'plain':
      return basic(authenticator.pair)
    case 'access-token':
      return `Bearer ${authenticator.token}`
    case 'oauth':
      return `Bearer ${accessToken ?? ''}`
  }
}

/** getCredentialsForSCM: the description tells in a console log which path a build took. */
export function pairForGit(authenticator: Authenticator, accessToken: string | undefined): UsernamePassword {
  const { id } = authenticator
  switch (authenticator.kind) {
    case 'api-token': {
      const { password } = authenticator.pair
      return { username: 'x-bitbucket-api-token-auth', password, description: `User API token for ${id}` }
    }
    case 'access-token':
      return { username: 'x-token-auth', password: authenticator.token, description: `HTTP Access Token for ${id}` }
    case 'oauth':
      return { username: 'x-token-auth', password: accessToken ?? '', description: `OAuth2 token for ${id}` }
    case 'plain':
      return authenticator.pair
  }
}

/** The Apache client encodes the pair as ISO-8859-1. */
export function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'latin1').toString('base64')}`
}
