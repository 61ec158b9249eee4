import { type AccessToken, type ApiToken, type AppPassword, ended, type Issued, issuedLabel } from '../issued.ts'
import type { Presented } from '../presented.ts'
import type { Reply, Stage } from '../reply.ts'
import {
  appPasswordPhase,
  bearerAccepted,
  looksLikeAtlassianToken,
  sameEmail,
  sameUsername,
} from './credential-rules.ts'
import * as texts from './rest-texts.ts'

/** Who asks, after the secret was found alive. Whether it may do what it asks is for the operation to say. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly username: string; readonly credential: ApiToken | AppPassword }
  | { readonly kind: 'resource'; readonly credential: AccessToken }

export type Identity =
  | { readonly kind: 'known'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly reply: Reply }

const known = (caller: Caller): Identity => ({ kind: 'known', caller })
const refused = (reply: Reply): Identity => ({ kind: 'refused', reply })

export const identify = (stage: Stage, presented: Presented): Identity => {
  switch (presented.scheme) {
    case 'none':
      return known({ kind: 'anonymous' })
    case 'bearer':
      return identifyBearer(stage, stage.world.issuedSecret(presented.secret))
    case 'basic':
      return identifyBasic(stage, presented)
  }
}

const identifyBearer = (stage: Stage, issued: Issued | undefined): Identity => {
  if (issued?.kind === 'access-token') return identifyAccessToken(stage, issued)
  if (issued?.kind !== 'api-token') return refused(texts.refuseBearer('this secret is no Bearer token of Bitbucket'))
  const label = issuedLabel(issued)
  if (!bearerAccepted(stage)) return refused(texts.refuseToken(`Bearer is not yet accepted for ${label}`))
  const end = ended(issued, stage.world.now())
  if (end !== undefined) return refused(texts.refuseToken(`${label} is ${end}`))
  if (issued.app !== 'bitbucket') return refused(texts.refuseToken(`${label} has no Bitbucket scopes`))
  return known({ kind: 'user', username: issued.owner, credential: issued })
}

const identifyAccessToken = (stage: Stage, token: AccessToken): Identity => {
  const end = ended(token, stage.world.now())
  if (end !== undefined) return refused(texts.refuseBearer(`${issuedLabel(token)} is ${end}`))
  return known({ kind: 'resource', credential: token })
}

const identifyBasic = (stage: Stage, pair: { username: string; secret: string }): Identity => {
  const issued = stage.world.issuedSecret(pair.secret)
  switch (issued?.kind) {
    case 'app-password':
      return identifyAppPassword(stage, issued, pair.username)
    case 'api-token':
      return identifyApiToken(stage, issued, pair.username)
    case 'access-token':
      return refused(texts.refuseToken('access tokens are accepted as Bearer only'))
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
  const phase = appPasswordPhase(stage)
  const label = issuedLabel(appPassword)
  if (phase !== 'before') return refused(texts.refuseAppPasswordOnRest(`${label}: ${phase}`))
  if (appPassword.revokedAt !== undefined) return refused(texts.refuseBasicPair(`${label} was revoked`))
  if (!sameUsername(stage, username, appPassword.owner)) {
    return refused(texts.refuseBasicPair(`${label} goes with the Bitbucket username`))
  }
  return known({ kind: 'user', username: appPassword.owner, credential: appPassword })
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
  return known({ kind: 'user', username: token.owner, credential: token })
}
