import { type ApiToken, ended } from '../issued.ts'
import { type Incoming, jsonReply, notEmulated, type Reply, type Stage } from '../reply.ts'

const listingPath = /^\/users\/([^/]+)\/manage\/api-tokens(?:\/([^/]+))?$/

/**
 * developer.atlassian.com, cloud/admin/user-management, api-group-api-tokens: list and revoke, never create, and
 * neither scopes nor the app are told.
 */
export const answerListing = (stage: Stage, request: Incoming): Reply => {
  const [, account, tokenId] = listingPath.exec(request.path) ?? []
  if (account === undefined) return notEmulated(request)
  if (!authorized(stage, request)) return refuse(401, 'Unauthorized', 'an organization key is needed as Bearer')
  const user = stage.world.users().find(({ accountId }) => accountId === decodeURIComponent(account))
  if (user === undefined) return refuse(404, 'Not found', 'there is no such account')
  const tokens = liveTokens(stage, user.username)
  if (request.method === 'GET' && tokenId === undefined) return jsonReply(200, tokens.map(describe), 'the live tokens')
  if (request.method !== 'DELETE' || tokenId === undefined) return notEmulated(request)
  const token = tokens.find(({ id }) => id === tokenId)
  if (token === undefined) return refuse(404, 'Not found', 'there is no such token')
  stage.world.revokeToken(token.secret)
  return { status: 204, headers: {}, body: '', because: 'revoked' }
}

const authorized = (stage: Stage, request: Incoming): boolean => {
  if (request.presented.scheme !== 'bearer') return false
  const issued = stage.world.issuedSecret(request.presented.secret)
  return issued?.kind === 'organization-key' && ended(issued, stage.world.now()) === undefined
}

export const liveTokens = (stage: Stage, username: string): readonly ApiToken[] =>
  stage.world
    .issued()
    .filter((issued): issued is ApiToken => issued.kind === 'api-token' && issued.owner === username)
    .filter((token) => ended(token, stage.world.now()) === undefined)

const describe = (token: ApiToken): Record<string, unknown> => ({
  id: token.id,
  label: token.name,
  createdAt: token.createdAt.toISOString(),
  lastAccess: token.lastUsedAt?.toISOString() ?? null,
  expiry: token.expiresAt.toISOString(),
})

const refuse = (status: number, message: string, because: string): Reply =>
  jsonReply(status, { code: status, message }, because)
