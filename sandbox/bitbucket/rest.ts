import { createHash } from 'node:crypto'
import { issuedLabel } from '../issued.ts'
import { type Incoming, jsonReply, type Reply, type Stage } from '../reply.ts'
import { type Caller, identify } from './rest-identity.ts'
import { type Operation, operations } from './rest-operations.ts'
import * as texts from './rest-texts.ts'
import { missingLegacyScopes, missingScopes } from './scopes.ts'

/**
 * Cross-workspace listings, removed on 2026-04-14: github.com/woodpecker-ci/woodpecker/issues/6494, and
 * community.atlassian.com qaa-p/3167566 for the last one. The issue tracker went with CHANGE-3401.
 */
const removed: readonly (readonly [RegExp, string])[] = [
  [/^\/2\.0\/(repositories|workspaces)\/?$/, 'CHANGE-2770'],
  [/^\/2\.0\/user\/permissions\/(repositories|workspaces)\/?$/, 'CHANGE-2770'],
  [/^\/2\.0\/repositories\/[^/]+\/[^/]+\/issues(\/|$)/, 'CHANGE-3401'],
]

/** For fidelity only; nothing may rest on them (support.atlassian.com, how-to-fetch-the-scope-of-a-token). */
const cosmetic = { server: 'AtlassianEdge', vary: 'Authorization, Origin, cookie, user-context, Accept-Encoding' }

export const answerRest = (stage: Stage, request: Incoming): Reply => {
  const reply = decide(stage, request)
  return { ...reply, headers: { ...cosmetic, ...reply.headers } }
}

const decide = (stage: Stage, request: Incoming): Reply => {
  const change = removed.find(([path]) => path.test(request.path))?.[1]
  if (change !== undefined) return texts.refuseRemoved(change, `removed by ${change}, whoever asks`)
  const identity = identify(stage, request.presented)
  if (identity.kind === 'refused') return identity.reply
  if (!request.path.startsWith('/2.0/')) return texts.restError(403, 'Forbidden', 'API 1.0 is gone')
  const operation = operations.find(({ path }) => path.test(request.path))
  if (operation === undefined) return texts.refuseUnknownPath('no such path, or not part of this surface')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return texts.restError(405, 'Method not allowed', 'the sandbox reads only')
  }
  return authorize(stage, request, operation, identity.caller)
}

const authorize = (stage: Stage, request: Incoming, operation: Operation, caller: Caller): Reply => {
  const headers = introspection(operation, caller)
  if (caller.kind === 'anonymous' && operation.openTo === 'user') {
    return texts.refuseBasicPair('this path needs a credential')
  }
  if (caller.kind === 'resource' && operation.openTo === 'user') {
    return texts.restError(403, 'Forbidden', 'an access token has no user identity', headers)
  }
  const lack = lacking(operation, caller)
  if (lack !== undefined) return texts.refuseLackingScopes(lack.required, lack.granted, 'a scope is missing', headers)
  return perform(stage, request, operation, caller, headers)
}

const perform = (
  stage: Stage,
  request: Incoming,
  operation: Operation,
  caller: Caller,
  headers: Readonly<Record<string, string>>,
): Reply => {
  const [, ...names] = operation.path.exec(request.path) ?? []
  const body = operation.perform(stage, caller, names.map(decodeName))
  if (body === undefined) return texts.refuseOutOfReach('absent, or out of this caller’s reach', headers)
  if (caller.kind === 'anonymous') return jsonReply(200, body, 'public', headers)
  caller.credential.lastUsedAt = stage.world.now()
  return jsonReply(200, body, `${issuedLabel(caller.credential)} opens it`, headers)
}

const decodeName = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const lacking = (
  operation: Operation,
  caller: Caller,
): { required: readonly string[]; granted: readonly string[] } | undefined => {
  if (caller.kind === 'anonymous') return undefined
  const { credential } = caller
  const granted = credential.kind === 'app-password' ? credential.permissions : credential.scopes
  const modern = credential.kind === 'api-token'
  const required = modern ? operation.scopes : operation.legacyScopes
  const missing = modern ? missingScopes(required, granted) : missingLegacyScopes(required, granted)
  return missing.length === 0 ? undefined : { required, granted }
}

/** Present on 200 and on the 403 for scopes; absent when nobody was recognised. */
const introspection = (operation: Operation, caller: Caller): Readonly<Record<string, string>> => {
  const accepted = { 'x-accepted-oauth-scopes': operation.legacyScopes.join(', ') }
  if (caller.kind === 'anonymous') return accepted
  const { credential } = caller
  const scopes = credential.kind === 'app-password' ? credential.permissions : credential.scopes
  return {
    ...accepted,
    'x-credential-type': credentialType(caller),
    'x-oauth-scopes': scopes.join(', '),
    'x-token-id': createHash('sha256').update(credential.id).digest('hex').slice(0, 32),
  }
}

/** `apikey` for an app password: jenkinsci/bitbucket-branch-source-plugin, pull 414 (2021). */
const credentialType = (caller: Exclude<Caller, { kind: 'anonymous' }>): string => {
  const { credential } = caller
  switch (credential.kind) {
    case 'app-password':
      return 'apikey'
    case 'api-token':
      return 'api_token'
    case 'access-token':
      return credential.resource.includes('/') ? 'repo_access_token' : 'workspace_access_token'
  }
}
