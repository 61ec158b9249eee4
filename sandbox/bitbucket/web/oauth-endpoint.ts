import { type Incoming, jsonReply, notEmulated, type Reply, type Stage } from '../../reply.ts'
import { beforeOAuthChange } from '../credential-rules.ts'
import type { OAuthConsumer } from '../oauth-consumers.ts'

const lifetime = 7_200

const oauthError = (error: string, description: string): Reply =>
  jsonReply(400, { error_description: description, error }, description)

/** Key and secret by Basic, or as `client_id` and `client_secret` in the form. */
const consumerOf = (stage: Stage, request: Incoming, form: URLSearchParams): OAuthConsumer | undefined => {
  const { presented } = request
  const [key, secret] =
    presented.scheme === 'basic'
      ? [presented.username, presented.secret]
      : [form.get('client_id') ?? '', form.get('client_secret') ?? '']
  const consumer = stage.world.consumers.find(key)
  return consumer?.secret === secret ? consumer : undefined
}

/**
 * developer.atlassian.com, oauth-2: client credentials stand for the consumer's owner; since 2026-05-04 for the consumer
 * itself, without a refresh token, and the response says `scope` where it said `scopes`.
 */
const issue = (stage: Stage, consumer: OAuthConsumer): Reply => {
  const { world } = stage
  if (consumer.workspace === undefined) {
    return oauthError('unauthorized_client', 'the consumer belongs to no workspace in the sandbox')
  }
  const actsAs = { workspace: consumer.workspace }
  const token = world.addOAuthToken({ actsAs, scopes: consumer.scopes, consumer: consumer.name })
  const scope = consumer.scopes.join(' ')
  const early = beforeOAuthChange(stage)
  const refresh = early ? world.consumers.addRefreshToken(world.newId('refresh', consumer.key), consumer) : undefined
  const body = {
    access_token: token,
    ...(early ? { scopes: scope } : { scope }),
    expires_in: lifetime,
    token_type: 'bearer',
    ...(early ? { state: 'client_credentials', refresh_token: refresh } : {}),
  }
  return jsonReply(200, body, `a token for the consumer "${consumer.name}"`, { 'cache-control': 'no-store' })
}

/** `POST /site/oauth2/access_token`. Authorization codes and the grant of Connect apps are not emulated. */
export const answerAccessToken = async (stage: Stage, request: Incoming): Promise<Reply> => {
  if (request.method !== 'POST') return notEmulated(request)
  const form = new URLSearchParams(await request.body())
  const consumer = consumerOf(stage, request, form)
  if (consumer === undefined) return oauthError('unauthorized_client', 'Invalid OAuth client credentials')
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return issue(stage, consumer)
    case 'refresh_token':
      return stage.world.consumers.takeRefreshToken(form.get('refresh_token') ?? '', consumer)
        ? issue(stage, consumer)
        : oauthError('invalid_grant', 'Invalid refresh_token')
    case 'authorization_code':
    case 'urn:bitbucket:oauth2:jwt':
      return notEmulated(request)
    default:
      return oauthError('unsupported_grant_type', 'Unsupported grant type')
  }
}
