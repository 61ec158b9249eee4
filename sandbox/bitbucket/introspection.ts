import { createHash } from 'node:crypto'
import { type AccessToken, type ApiToken, type AppPassword, type OAuthToken, resourceKind } from '../issued.ts'
import type { Call } from './call.ts'
import type { Operation } from './operation-index.ts'
import type { Caller } from './rest-identity.ts'

type Credential = AccessToken | ApiToken | AppPassword | OAuthToken

const credentialTypes = {
  repository: 'repo_access_token',
  project: 'project_access_token',
  workspace: 'workspace_access_token',
} as const

/**
 * `apikey` for an app password: jenkinsci/bitbucket-branch-source-plugin, pull 414 (2021). What stands there for an
 * OAuth token is not public; the header is left out.
 */
const credentialType = (credential: Credential): Readonly<Record<string, string>> => {
  switch (credential.kind) {
    case 'app-password':
      return { 'x-credential-type': 'apikey' }
    case 'api-token':
      return { 'x-credential-type': 'api_token' }
    case 'access-token':
      return { 'x-credential-type': credentialTypes[resourceKind(credential.resource)] }
    case 'oauth-token':
      return {}
  }
}

const headersOf = (credential: Credential): Readonly<Record<string, string>> => ({
  ...credentialType(credential),
  'x-oauth-scopes': (credential.kind === 'app-password' ? credential.permissions : credential.scopes).join(', '),
  'x-token-id': createHash('sha256').update(credential.id).digest('hex').slice(0, 32),
})

const known = new WeakMap<Credential, Readonly<Record<string, string>>>()

/** Present on 200 and on the 403 for scopes; absent when nobody was recognised. */
export const introspection = (operation: Operation, caller: Caller): Readonly<Record<string, string>> => {
  const accepted = { 'x-accepted-oauth-scopes': operation.legacyScopes.join(', ') }
  if (caller.kind === 'anonymous') return accepted
  const headers = known.get(caller.credential) ?? headersOf(caller.credential)
  known.set(caller.credential, headers)
  return { ...accepted, ...headers }
}

/** bitbucket.org/blog/introducing-scaled-rate-limits: for access tokens only; the values besides the limit are a guess. */
export const rateHeaders = ({ caller, operation }: Call): Readonly<Record<string, string>> =>
  caller.kind === 'resource' &&
  caller.credential.kind === 'access-token' &&
  operation.template.startsWith('/repositories')
    ? { 'x-ratelimit-limit': '1000', 'x-ratelimit-resource': 'api-repositories', 'x-ratelimit-nearlimit': 'false' }
    : {}
