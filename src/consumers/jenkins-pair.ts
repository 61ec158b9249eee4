import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Credential } from '../model/credential.ts'
import type { Use } from '../model/use.ts'

/** Branch Source signs in to git under the fixed username, whatever e-mail the credential names (BitbucketUserAPITokenAuthenticator). */
export function jenkinsPair(
  credential: Credential,
  use: Use,
): { readonly username: string; readonly password: string } {
  const swaps =
    use.by.endsWith(' (Branch Source)') && use.operation === 'git-fetch' && credential.username?.includes('@')
  return {
    username: swaps ? API_TOKEN_GIT_USERNAME : (credential.username ?? ''),
    password: credential.secret.reveal(),
  }
}
