import { jsonReply, type Reply, textReply } from '../reply.ts'

type Headers = Readonly<Record<string, string>>

export const restError = (status: number, message: string, because: string, headers: Headers = {}): Reply =>
  jsonReply(status, { type: 'error', error: { message } }, because, headers)

/** support.atlassian.com, kb/getting-401-http-error-while-authenticating-to-bitbucket-cloud-rest-apis. */
const basicChallenge = { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"' }
const bearerChallenge = { 'www-authenticate': 'OAuth realm="Bitbucket.org HTTP"' }

/** Wrong Basic pairs have an empty body; two independent clients' fakes agree. */
export const refuseBasicPair = (because: string): Reply => textReply(401, '', because, basicChallenge)

/** community.developer.atlassian.com/t/94071, github.com/avivsinai/bitbucket-cli/issues/30. */
const invalidToken = 'Token is invalid, expired, or not supported for this endpoint.'

export const refuseToken = (because: string): Reply => restError(401, invalidToken, because)
export const refuseBearer = (because: string): Reply => restError(401, invalidToken, because, bearerChallenge)

/** Seen from August 2026 in five tools' trackers; the generic sentence before. */
export const refuseNotEmail = (because: string): Reply =>
  restError(401, 'API token must be used with an atlassian registered email', because)

/** github.com/mgcrea/bitbucket-cli, src/http/errors.ts (August 2026); the generic sentence before. */
export const refuseNoBitbucketScopes = (because: string): Reply =>
  restError(401, 'API Token provided has no Bitbucket scopes', because)

/** bastabc.com, fix-jenkins-bitbucket-401; the paste breaks off after this sentence. */
export const refuseAppPasswordOnRest = (because: string): Reply =>
  restError(401, 'App passwords are deprecated and must be replaced with API tokens.', because)

/** github.com/afragen/git-updater/issues/997 (2022), first line. */
export const refuseAccountPassword = (because: string): Reply =>
  textReply(
    401,
    'Bitbucket Cloud recently stopped supporting account passwords for API authentication.',
    because,
    basicChallenge,
  )

/** github.com/pingdotgg/t3code/issues/6290 (2026-08-12), the body word for word. */
export const refuseLackingScopes = (
  required: readonly string[],
  granted: readonly string[],
  because: string,
  headers: Headers,
): Reply => {
  const message = 'Your credentials lack one or more required privilege scopes.'
  return jsonReply(403, { type: 'error', error: { message, detail: { required, granted } } }, because, headers)
}

/** Which right an operation needs beyond its scope is not public; the text: github.com/jenkins-x/jx/issues/7118. */
export const refuseInsufficientRights = (because: string, headers: Headers): Reply => {
  const data = { key: 'INSUFFICIENT_RIGHTS' }
  const message = 'Access denied. You must have write or admin access.'
  return jsonReply(403, { data, type: 'error', error: { message, data } }, because, headers)
}

/** A shape for fields that are missing or wrong; single texts were pasted, not the whole set. */
export const refuseFields = (
  fields: Readonly<Record<string, readonly string[]>>,
  because: string,
  headers: Headers,
): Reply => jsonReply(400, { type: 'error', error: { message: 'Bad request', fields } }, because, headers)

/** github.com/renovatebot/renovate/issues/3024, 9438: 46 bytes, no Retry-After. */
export const rateLimited = (because: string): Reply => ({
  status: 429,
  headers: { 'content-type': 'text/plain' },
  body: 'Rate limit for this resource has been exceeded',
  because,
})

/** community.atlassian.com qaq-p/2079608 (2022). */
export const refuseExpiredOAuth = (because: string): Reply =>
  restError(401, 'Access token expired.', because, bearerChallenge)

/** Known path, published operation, no behaviour here: loud, so that no test takes it for success. */
export const notPlayed = (id: string, headers: Headers): Reply =>
  restError(501, `${id} is not played by the sandbox`, `${id} is not played by the sandbox`, headers)

/** A repository or workspace that is absent, out of reach, or private and asked for anonymously: one answer. */
export const refuseOutOfReach = (because: string, headers: Headers = {}): Reply =>
  restError(
    404,
    'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
    because,
    headers,
  )

/** github.com/jenkins-x/jx/issues/2149. */
export const refuseUnknownPath = (because: string): Reply =>
  jsonReply(
    404,
    {
      type: 'error',
      error: {
        message: 'Resource not found',
        detail:
          "There is no API hosted at this URL.\n\nFor information about our API's, please refer to the documentation at: https://developer.atlassian.com/bitbucket/api/2/reference/",
      },
    },
    because,
  )

/** github.com/woodpecker-ci/woodpecker/issues/6494 (2026-04-24): this body came without spaces. */
export const refuseRemoved = (change: string, because: string): Reply => ({
  status: 410,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({
    type: 'error',
    error: {
      message: `${change} - Functionality has been deprecated`,
      data: { announcement_url: `https://developer.atlassian.com/cloud/bitbucket/changelog#${change}` },
    },
  }),
  because,
})
