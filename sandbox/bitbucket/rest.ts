import type { GitPass, Incoming, Reply, Stage } from '../reply.ts'
import type { Call } from './call.ts'
import { introspection, rateHeaders } from './introspection.ts'
import { findOperation, type Operation } from './operation-index.ts'
import { removalOf } from './removed-listings.ts'
import { type Caller, identify } from './rest-identity.ts'
import { outcomeReply } from './rest-outcome.ts'
import { isOverLimit } from './rest-rate.ts'
import * as texts from './rest-texts.ts'
import { missingLegacyScopes, missingScopes } from './scopes.ts'
import { findSubject } from './subject.ts'

/** Loaded at the first request: the shapes of all bodies take longer to load than the rest of the sandbox. */
const behaviours = (): Promise<typeof import('./behaviours/perform.ts')> => {
  loaded ??= import('./behaviours/perform.ts')
  return loaded
}
let loaded: Promise<typeof import('./behaviours/perform.ts')> | undefined

/** For fidelity only; nothing may rest on them (support.atlassian.com, how-to-fetch-the-scope-of-a-token). */
const cosmetic = { server: 'AtlassianEdge', vary: 'Authorization, Origin, cookie, user-context, Accept-Encoding' }

export const answerRest = async (stage: Stage, request: Incoming): Promise<Reply | GitPass> => {
  const reply = await decide(stage, request)
  return 'backend' in reply ? reply : { ...reply, headers: { ...cosmetic, ...reply.headers } }
}

/** The order: is the path published, is it still there, who asks, how often, with which scopes, about what. */
const decide = async (stage: Stage, request: Incoming): Promise<Reply | GitPass> => {
  const found = findOperation(request.method, request.path.slice('/2.0'.length))
  const inApi = /^\/2\.0(\/|$)/.test(request.path)
  const change = inApi ? removalOf(stage, request.path, found) : undefined
  if (change !== undefined) return texts.refuseRemoved(change, `removed by ${change}, whoever asks`)
  if (inApi && found.kind === 'unknown path') return texts.refuseUnknownPath('no published operation has this path')
  const identity = await identify(stage, request)
  if (identity.kind === 'refused') return identity.reply
  if (!inApi) return texts.restError(403, 'Forbidden', 'API 1.0 is gone')
  if (isOverLimit(stage, request.path, identity.caller)) return texts.rateLimited('the hour of this account is used up')
  if (found.kind !== 'found') return texts.restError(405, 'Method not allowed', 'published for other methods only')
  const { operation, names } = found
  return authorize({ stage, request, operation, names, caller: identity.caller, json: readOnce(request) })
}

const readOnce = (request: Incoming): (() => Promise<unknown>) => {
  let body: Promise<unknown> | undefined
  return () => {
    body ??= request.body().then(parseJson)
    return body
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const authorize = async (call: Call): Promise<Reply | GitPass> => {
  const { operation, caller } = call
  const headers = { ...introspection(operation, caller), ...rateHeaders(call) }
  const denied = await deny(call, headers)
  if (denied !== undefined) return denied
  const subject = findSubject(call)
  switch (subject.kind) {
    case 'refused':
      return texts.restError(403, subject.message, subject.message, headers)
    case 'out of reach':
      return texts.refuseOutOfReach('absent, or out of this caller’s reach', headers)
    case 'weak':
      return texts.refuseInsufficientRights(`this needs ${subject.needs} permission`, headers)
    case 'needs a credential':
      return texts.refuseBasicPair('this operation needs a credential')
    default:
      return outcomeReply(call, await (await behaviours()).performBehaviour(call, subject), headers)
  }
}

/** What is refused whatever the operation is about. */
const deny = async (call: Call, headers: Readonly<Record<string, string>>): Promise<Reply | undefined> => {
  const { operation, caller } = call
  const personal = operation.template === '/user' || operation.template.startsWith('/user/')
  if (caller.kind === 'anonymous') {
    return personal ? texts.refuseBasicPair('this path needs a credential') : undefined
  }
  if (personal && caller.kind === 'resource' && caller.credential.kind === 'access-token') {
    return texts.restError(403, 'Forbidden', 'an access token has no user identity', headers)
  }
  const early = await (await behaviours()).validateFirst(call)
  if (early !== undefined) return texts.refuseFields(early, 'the body is looked at before the scopes here', headers)
  const lack = lacking(operation, caller)
  if (lack === undefined) return undefined
  return texts.refuseLackingScopes(lack.required, lack.granted, 'a scope is missing', headers)
}

const lacking = (
  operation: Operation,
  caller: Exclude<Caller, { kind: 'anonymous' }>,
): { required: readonly string[]; granted: readonly string[] } | undefined => {
  const { credential } = caller
  const granted = credential.kind === 'app-password' ? credential.permissions : credential.scopes
  const modern = credential.kind === 'api-token'
  const required = modern ? operation.scopes : operation.legacyScopes
  const missing = modern ? missingScopes(required, granted) : missingLegacyScopes(required, granted)
  return missing.length === 0 ? undefined : { required, granted }
}
