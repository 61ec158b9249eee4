import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Credential } from '../model/credential.ts'
import type { Use } from '../model/use.ts'

/** Branch Source signs in to git under the fixed username, whatever e-mail the credential names (BitbucketUserAPITokenAuthenticator). */
export function usernameInJenkins({ username }: Pick<Credential, 'username'>, { by, operation }: Use): string {
  const swaps = by.endsWith(' (Branch Source)') && operation === 'git-fetch' && username?.includes('@')
  return swaps ? API_TOKEN_GIT_USERNAME : (username ?? '')
}
