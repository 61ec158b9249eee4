/**
 * API-token scopes: none implies another (support.atlassian.com, bitbucket-cloud/docs/api-token-permissions), and all
 * that an operation lists are required together (OpenAPI, x-atlassian-oauth2-scopes).
 */
export const missingScopes = (required: readonly string[], granted: readonly string[]): readonly string[] =>
  required.filter((scope) => !granted.includes(scope))

/**
 * The legacy vocabulary of app passwords and access tokens, in which a wider permission carries narrower ones
 * (developer.atlassian.com, bitbucket-cloud-rest-api-scopes; `repository:admin` gives no access to contents).
 */
const implied: Readonly<Record<string, readonly string[]>> = {
  'repository:write': ['repository'],
  pullrequest: ['repository'],
  'pullrequest:write': ['pullrequest', 'repository:write'],
  project: ['repository'],
  'project:write': ['project'],
  'account:write': ['account'],
  account: ['email'],
  'webhook:write': ['webhook'],
  'pipeline:write': ['pipeline'],
  'pipeline:variable': ['pipeline:write'],
}

const legacyAllows = (granted: string, wanted: string): boolean =>
  granted === wanted || (implied[granted] ?? []).some((next) => legacyAllows(next, wanted))

export const missingLegacyScopes = (required: readonly string[], granted: readonly string[]): readonly string[] =>
  required.filter((wanted) => !granted.some((scope) => legacyAllows(scope, wanted)))
