import { ended, issuedLabel } from '../issued.ts'
import { type Incoming, jsonReply, notEmulated, type Reply, type Stage, textReply } from '../reply.ts'

/**
 * A product site takes tokens without scopes only; tokens with scopes go to api.atlassian.com/ex/...
 * (support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud; measured in
 * github.com/sooperset/mcp-atlassian/issues/968). So this one request tells a classic token from a scoped one.
 */
export const answerSite = (stage: Stage, request: Incoming): Reply => {
  if (request.path !== '/rest/api/3/myself' || request.method !== 'GET') return notEmulated(request)
  if (request.presented.scheme !== 'basic') return refuse('no Basic credential was sent')
  const issued = stage.world.issuedSecret(request.presented.secret)
  if (issued?.kind !== 'api-token') return refuse('this secret is no API token of the sandbox')
  const label = issuedLabel(issued)
  const end = ended(issued, stage.world.now())
  if (end !== undefined) return refuse(`${label} is ${end}`)
  if (issued.app !== undefined) return refuse(`${label} has scopes, which a product site does not take`)
  const owner = stage.world.user(issued.owner)
  if (owner === undefined || owner.email.toLowerCase() !== request.presented.username.toLowerCase()) {
    return refuse(`${label} goes with the e-mail of its owner`)
  }
  issued.lastUsedAt = stage.world.now()
  const { accountId, email: emailAddress, displayName } = owner
  return jsonReply(
    200,
    { accountId, accountType: 'atlassian', emailAddress, displayName, active: true },
    `${label} opens it`,
  )
}

/** Text as pasted in github.com/atlassian/gajira-login/issues/59. */
const refuse = (because: string): Reply =>
  textReply(401, 'Client must be authenticated to access this resource.', because, {
    'www-authenticate': 'OAuth realm="https%3A%2F%2Facme.atlassian.net"',
  })
