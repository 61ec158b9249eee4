/**
 * The vocabulary of app passwords, access tokens and OAuth, for operations that are published in both. The published
 * pairs, by API-token scopes: developer.atlassian.com, bitbucket-cloud-rest-api-scopes, beside the OpenAPI document.
 */
const byScopes: Readonly<Record<string, string>> = {
  'admin:pipeline': 'pipeline:variable',
  'admin:project': 'project:admin',
  'admin:repository': 'repository:admin',
  'delete:gpg-key': 'account:write',
  'delete:repository': 'repository:delete',
  'delete:snippet': 'snippet:write',
  'delete:ssh-key': 'account:write',
  'delete:webhook': 'webhook',
  'read:gpg-key': 'account',
  'read:pipeline': 'pipeline',
  'read:project': 'project',
  'read:pullrequest': 'pullrequest',
  'read:repository': 'repository',
  'read:runner': 'runner',
  'read:snippet': 'snippet',
  'read:ssh-key': 'account',
  'read:user': 'account',
  'read:webhook': 'webhook',
  'read:workspace': 'account',
  'write:gpg-key': 'account:write',
  'write:pipeline': 'pipeline:write',
  'write:pullrequest': 'pullrequest:write',
  'write:repository': 'repository:write',
  'write:runner': 'runner:write',
  'write:snippet': 'snippet:write',
  'write:ssh-key': 'account:write',
  'write:webhook': 'webhook',
}

/** Where the two vocabularies cut differently. */
const exceptions: readonly (readonly [RegExp, string])[] = [
  [/^GET \/user\/emails/, 'email'],
  [
    /^GET (\/user\/permissions|\/user\/workspaces\/\{workspace\}\/permissions|~W\/permissions)\/repositories/,
    'account',
  ],
  [/^GET ~R\/permissions-config\//, 'repository:admin'],
  [/^GET ~W\/projects\/\{project_key\}\/permissions-config\//, 'project:admin'],
  [/^(PUT|DELETE) ~R\/default-reviewers\//, 'repository:admin'],
]

/** Of several scopes that are required together the resource's own decides: `admin:repository` beside `write:ssh-key`. */
const leading = (scopes: readonly string[]): string | undefined =>
  scopes.find((scope) => scope.startsWith('admin:')) ?? scopes.find((scope) => !scope.startsWith('read:')) ?? scopes[0]

/** Empty where none is published, as for application properties. */
export const legacyScopesOf = (id: string, scopes: readonly string[]): readonly string[] => {
  const exception = exceptions.find(([pattern]) => pattern.test(id))?.[1]
  const legacy = exception ?? byScopes[leading(scopes) ?? '']
  return legacy === undefined ? [] : [legacy]
}
