import type { SecretKind } from '../model/secret.ts'

/** What a person does about a secret of this kind. Sources: docs/bitbucket-authentication.md. */
export const KIND_ADVICE: Readonly<Record<SecretKind, string>> = {
  'app-password':
    'Bitbucket Cloud has refused app passwords since 28 July 2026 (CHANGE-3222). Replace it by an API token with scopes: `keyturn plan` says with which.',
  'api-token':
    'An API token ends within a year. Where others can read the file, revoke it at Atlassian and create a new one.',
  'access-token':
    'An access token belongs to a repository, project or workspace. Where others can read the file, revoke it in its settings and create a new one.',
  'oauth-token':
    'A token of an OAuth login is renewed by its tool. It does not belong into a file that others can read.',
  'oauth-consumer':
    'The secret of an OAuth consumer goes on working. Where others can read the file, renew it in the settings of the workspace.',
  'account-password':
    'Bitbucket Cloud takes no account password over git or REST. Replace it by an API token with scopes, and change it where it can be read.',
  unknown: 'Nothing here tells what kind of secret it is. `keyturn doctor --place` asks Bitbucket.',
}
