import {
  type AccessToken,
  type ApiToken,
  type AppPassword,
  ended,
  type Issued,
  issuedLabel,
  type OAuthToken,
} from '../issued.ts'
import type { Presented } from '../presented.ts'
import type { Incoming, Reply, Stage } from '../reply.ts'
import {
  appPasswordRefusal,
  bearerAccepted,
  looksLikeAtlassianToken,
  sameEmail,
  sameUsername,
  tokenOutsideHeaderAccepted,
} from './credential-rules.ts'
import * as texts from './rest-texts.ts'

/** Who asks, after the secret was found alive. Whether it may do what it asks is for the operation to say. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly username: string; readonly credential: ApiToken | AppPassword | OAuthToken }
  | { readonly kind: 'resource'; readonly credential: AccessToken | OAuthToken }

export type Identity =
  | { readonly kind: 'known'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly reply: Reply }

const known = (caller: Caller): Identity => ({ kind: 'known', caller })
const refused = (reply: Reply): Identity => ({ kind: 'refused', reply })

export const identify = async (stage: Stage, request: Incoming): Promise<Identity> => {
  if (request.presented.scheme !== 'none') return identifyHeader(stage, request.presented)
  const outside = await tokenOutsideHeader(request)
  if (outside === undefined) return known({ kind: 'anonymous' })
  const issued = stage.world.issuedSecret(outside)
  if (issued?.kind === 'oauth-token' && tokenOutsideHeaderAccepted(stage)) return identifyOAuth(stage, issued)
  return refused(texts.refuseBearer('since 2026-05-04 a token is taken from the Authorization header only'))
}

const formType = /^application\/x-www-form-urlencoded\b/

const tokenOutsideHeader = async (request: Incoming): Promise<string | undefined> => {
  const inQuery = request.query.get('access_token')
  if (inQuery !== null) return inQuery
  if (request.method !== 'POST' || !formType.test(String(request.headers['content-type'] ?? ''))) return undefined
  return new URLSearchParams(await request.body()).get('access_token') ?? undefined
}

const identifyHeader = (stage: Stage, presented: Exclude<Presented, { scheme: 'none' }>): Identity =>
  presented.scheme === 'bearer'
    ? identifyBearer(stage, stage.world.issuedSecret(presented.secret))
    : identifyBasic(stage, presented)

const identifyBearer = (stage: Stage, issued: Issued | undefined): Identity => {
  if (issued?.kind === 'access-token') return identifyAccessToken(stage, issued)
  if (issued?.kind === 'oauth-token') return identifyOAuth(stage, issued)
  if (issued?.kind !== 'api-token') return refused(texts.refuseBearer('this secret is no Bearer token of Bitbucket'))
  const label = issuedLabel(issued)
  if (!bearerAccepted(stage)) return refused(texts.refuseToken(`Bearer is not yet accepted for ${label}`))
  const end = ended(issued, stage.world.now())
  if (end !== undefined) return refused(texts.refuseToken(`${label} is ${end}`))
  if (issued.app !== 'bitbucket') return refused(texts.refuseToken(`${label} has no Bitbucket scopes`))
  return userOf(stage, issued.owner, issued)
}

const identifyAccessToken = (stage: Stage, token: AccessToken): Identity => {
  const end = ended(token, stage.world.now())
  if (end !== undefined) return refused(texts.refuseBearer(`${issuedLabel(token)} is ${end}`))
  return known({ kind: 'resource', credential: token })
}

const identifyOAuth = (stage: Stage, token: OAuthToken): Identity => {
  const end = ended(token, stage.world.now())
  if (end === 'expired') return refused(texts.refuseExpiredOAuth(`${issuedLabel(token)} is expired`))
  if (end === 'revoked') return refused(texts.refuseBearer(`${issuedLabel(token)} is revoked`))
  if ('user' in token.actsAs) return userOf(stage, token.actsAs.user, token)
  return known({ kind: 'resource', credential: token })
}

/** How a deactivated person is refused is not public. */
const userOf = (stage: Stage, username: string, credential: ApiToken | AppPassword | OAuthToken): Identity => {
  if (stage.world.user(username)?.suspended !== true) return known({ kind: 'user', username, credential })
  const because = `${username} is suspended`
  return refused(
    stage.switches.suspendedUser === '401' ? texts.refuseToken(because) : texts.restError(403, 'Forbidden', because),
  )
}

const identifyBasic = (stage: Stage, pair: { username: string; secret: string }): Identity => {
  const issued = stage.world.issuedSecret(pair.secret)
  switch (issued?.kind) {
    case 'app-password':
      return identifyAppPassword(stage, issued, pair.username)
    case 'api-token':
      return identifyApiToken(stage, issued, pair.username)
    case 'access-token':
    case 'oauth-token':
      return refused(texts.refuseToken('access tokens and OAuth tokens are accepted as Bearer only'))
    default:
      return refused(refuseUnknownSecret(stage, pair))
  }
}

const refuseUnknownSecret = (stage: Stage, pair: { username: string; secret: string }): Reply => {
  if (looksLikeAtlassianToken(pair.secret)) return texts.refuseToken('this token was never issued')
  const user = stage.world.user(pair.username) ?? stage.world.userByEmail(pair.username)
  if (user?.password === pair.secret && stage.switches.accountPasswordText === '2022') {
    return texts.refuseAccountPassword('an account password, refused since 2022-03-01')
  }
  return texts.refuseBasicPair('this pair is unknown')
}

const identifyAppPassword = (stage: Stage, appPassword: AppPassword, username: string): Identity => {
  const refusal = appPasswordRefusal(stage)
  const label = issuedLabel(appPassword)
  if (refusal !== undefined) return refused(texts.refuseAppPasswordOnRest(`${label} ${refusal}`))
  if (appPassword.revokedAt !== undefined) return refused(texts.refuseBasicPair(`${label} was revoked`))
  if (!sameUsername(stage, username, appPassword.owner)) {
    return refused(texts.refuseBasicPair(`${label} goes with the Bitbucket username`))
  }
  return userOf(stage, appPassword.owner, appPassword)
}

/**
 * Dead tokens first: nothing specific can be known about them. Then the name, then the scopes; which of the last two
 * Bitbucket looks at first is not public.
 */
const identifyApiToken = (stage: Stage, token: ApiToken, username: string): Identity => {
  const label = issuedLabel(token)
  const end = ended(token, stage.world.now())
  if (end !== undefined) return refused(texts.refuseToken(`${label} is ${end}`))
  const early = stage.switches.errorTexts === '2026-01'
  const owner = stage.world.user(token.owner)
  if (owner === undefined || !sameEmail(stage, username, owner.email)) {
    const because = `${label} goes with the e-mail of its owner, not with ${username}`
    return refused(early || username.includes('@') ? texts.refuseToken(because) : texts.refuseNotEmail(because))
  }
  if (token.app !== 'bitbucket') {
    const because = `${label} has no Bitbucket scopes`
    return refused(early ? texts.refuseToken(because) : texts.refuseNoBitbucketScopes(because))
  }
  return userOf(stage, token.owner, token)
}
