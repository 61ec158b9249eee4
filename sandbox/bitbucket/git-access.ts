import { type AccessToken, type ApiToken, type AppPassword, ended, issuedLabel, type OAuthToken } from '../issued.ts'
import type { Presented } from '../presented.ts'
import type { Reply, Stage } from '../reply.ts'
import type { Repository, User } from '../world.ts'
import { appPasswordRefusal, looksLikeAppPassword, sameUsername } from './credential-rules.ts'
import * as texts from './git-texts.ts'
import { atLeast, covers } from './reach.ts'
import { missingLegacyScopes, missingScopes } from './scopes.ts'

export type GitService = 'git-upload-pack' | 'git-receive-pack'

export interface GitRequest {
  readonly presented: Presented
  readonly service: GitService
  readonly workspace: string
  readonly slug: string
}

/** The answer to "may this request reach the repository": through, under a name for hooks, or a refusal. */
export type GitAccess =
  | { readonly kind: 'through'; readonly remoteUser: string | undefined; readonly because: string }
  | { readonly kind: 'refused'; readonly reply: Reply }

const refused = (reply: Reply): GitAccess => ({ kind: 'refused', reply })
const through = (remoteUser: string | undefined, because: string): GitAccess => ({
  kind: 'through',
  remoteUser,
  because,
})

/** support.atlassian.com, using-api-tokens: the fixed git user of API tokens; using-access-tokens: of access tokens. */
export const apiTokenUser = 'x-bitbucket-api-token-auth'
export const accessTokenUser = 'x-token-auth'

/**
 * The order: is the secret alive, does the username fit it, does it carry the scopes, does the repository open, do the
 * workspace's policies allow it. What Bitbucket checks first when several fail at once is not public.
 */
export const judgeGit = (stage: Stage, request: GitRequest): GitAccess => {
  const repository = stage.world.repository(request.workspace, request.slug)
  const fetchesPublic = repository?.isPrivate === false && request.service === 'git-upload-pack'
  if (fetchesPublic && (request.presented.scheme === 'none' || !stage.switches.publicFetchChecksCredential)) {
    return through(undefined, 'a public repository is fetched without a credential')
  }
  switch (request.presented.scheme) {
    case 'none':
      return refused(texts.refuseUnauthorized('no credential was sent: the challenge that makes git send one'))
    case 'bearer':
      return judgeBearer(stage, request, request.presented.secret)
    case 'basic':
      return judgeBasic(stage, request, request.presented)
  }
}

const judgeBasic = (stage: Stage, request: GitRequest, pair: { username: string; secret: string }): GitAccess => {
  const issued = stage.world.issuedSecret(pair.secret)
  switch (issued?.kind) {
    case 'app-password':
      return judgeAppPassword(stage, request, issued, pair.username)
    case 'api-token':
      return judgeApiTokenUser(stage, issued, pair.username) ?? judgeApiToken(stage, request, issued)
    case 'access-token':
    case 'oauth-token':
      if (pair.username !== accessTokenUser) {
        return unauthorized(`${issuedLabel(issued)} needs the git user ${accessTokenUser}, not ${pair.username}`)
      }
      return judgeResourceToken(stage, request, issued)
    default:
      return judgeUnknownSecret(stage, pair)
  }
}

const unauthorized = (because: string): GitAccess => refused(texts.refuseUnauthorized(because))

const judgeUnknownSecret = (stage: Stage, pair: { username: string; secret: string }): GitAccess => {
  if (stage.switches.unknownAppPassword410 && looksLikeAppPassword(pair.secret)) {
    return refused(texts.refuseAppPassword('shaped like an app password, though it never was one (switch)'))
  }
  if (stage.world.isOAuthConsumer(pair.username, pair.secret)) {
    return refused(texts.refuseConsumer('the key and secret of an OAuth consumer'))
  }
  const user = stage.world.user(pair.username) ?? stage.world.userByEmail(pair.username)
  if (user?.password === pair.secret && stage.switches.accountPasswordText === '2022') {
    return refused(texts.refuseUnauthorized('an account password, refused since 2022-03-01', texts.accountPasswordText))
  }
  return unauthorized('this secret was never issued')
}

const judgeAppPassword = (stage: Stage, request: GitRequest, appPassword: AppPassword, username: string): GitAccess => {
  const refusal = appPasswordRefusal(stage)
  if (refusal !== undefined) return refused(texts.refuseAppPassword(`${issuedLabel(appPassword)} ${refusal}`))
  if (appPassword.revokedAt !== undefined) return unauthorized(`${issuedLabel(appPassword)} was revoked`)
  if (!sameUsername(stage, username, appPassword.owner)) {
    return unauthorized(`an app password goes with the Bitbucket username ${appPassword.owner}, not ${username}`)
  }
  const required = request.service === 'git-receive-pack' ? ['repository:write'] : ['repository']
  const missing = missingLegacyScopes(required, appPassword.permissions)
  if (missing.length > 0) return lacking(issuedLabel(appPassword), missing)
  return judgeUserReach(stage, request, appPassword.owner, appPassword)
}

/** The e-mail is measured to be refused: github.com/dimileeh/agent-workspace-fabric/issues/467 (2026-06-08). */
const judgeApiTokenUser = (stage: Stage, token: ApiToken, username: string): GitAccess | undefined => {
  if (username === apiTokenUser || sameUsername(stage, username, token.owner)) return undefined
  if (username === accessTokenUser && stage.switches.xTokenAuthForApiTokens) return undefined
  const what = username.includes('@') ? 'an e-mail address is no git user' : `${username} is not the git user of`
  return unauthorized(`${what}: ${issuedLabel(token)} goes with ${apiTokenUser} or ${token.owner}`)
}

const judgeApiToken = (stage: Stage, request: GitRequest, token: ApiToken): GitAccess => {
  const label = issuedLabel(token)
  const end = ended(token, stage.world.now())
  if (end !== undefined) return unauthorized(`${label} is ${end}`)
  if (token.app === undefined) return unauthorized(`${label} has no scopes`)
  if (token.app !== 'bitbucket') return unauthorized(`${label} is for ${token.app}`)
  const push = request.service === 'git-receive-pack'
  const required = ['read:repository:bitbucket', ...(push ? ['write:repository:bitbucket'] : [])]
  const missing = missingScopes(required, token.scopes)
  if (missing.length > 0) return lacking(label, missing)
  if (token.workspace !== undefined && token.workspace !== request.workspace) {
    return noAccess(stage, `${label} is limited to the workspace ${token.workspace}`)
  }
  return judgeUserReach(stage, request, token.owner, token)
}

/** Access tokens and OAuth tokens: the legacy vocabulary, under `x-token-auth`. */
const judgeResourceToken = (stage: Stage, request: GitRequest, token: AccessToken | OAuthToken): GitAccess => {
  const label = issuedLabel(token)
  const end = ended(token, stage.world.now())
  if (end !== undefined) return unauthorized(`${label} is ${end}`)
  const required = request.service === 'git-receive-pack' ? ['repository:write'] : ['repository']
  const missing = missingLegacyScopes(required, token.scopes)
  if (missing.length > 0) return lacking(label, missing)
  if (token.kind === 'oauth-token' && 'user' in token.actsAs) {
    return judgeUserReach(stage, request, token.actsAs.user, token)
  }
  const repository = stage.world.repository(request.workspace, request.slug)
  if (repository === undefined || !covers(token, repository)) {
    return noAccess(stage, `${label} does not cover this repository`)
  }
  token.lastUsedAt = stage.world.now()
  return (
    judgePolicy(stage, repository, undefined) ??
    judgePlan(stage, request) ??
    through(accessTokenUser, `${label} opens it`)
  )
}

const judgeBearer = (stage: Stage, request: GitRequest, secret: string): GitAccess => {
  const issued = stage.world.issuedSecret(secret)
  const { bearerOnGit } = stage.switches
  const isResource = issued?.kind === 'access-token' || issued?.kind === 'oauth-token'
  if (isResource && bearerOnGit !== 'refused') return judgeResourceToken(stage, request, issued)
  if (issued?.kind === 'api-token' && bearerOnGit === 'access tokens and API tokens') {
    return judgeApiToken(stage, request, issued)
  }
  return unauthorized('Bearer is not accepted for this secret on git over HTTPS')
}

const lacking = (label: string, missing: readonly string[]): GitAccess =>
  refused(texts.refuseMissingScope(`${label} lacks ${missing.join(', ')}`))

const noAccess = (stage: Stage, because: string): GitAccess =>
  refused(
    stage.switches.noRepositoryAccess === '403-kb' ? texts.refuseNoAccess(because) : texts.refuseUnauthorized(because),
  )

const judgeUserReach = (
  stage: Stage,
  request: GitRequest,
  username: string,
  used: ApiToken | AppPassword | OAuthToken,
): GitAccess => {
  const user = stage.world.user(username)
  if (user?.suspended === true) return suspended(stage, username)
  const repository = stage.world.repository(request.workspace, request.slug)
  if (repository === undefined) return noAccess(stage, 'there is no such repository')
  const granted = stage.world.permission(username, repository) ?? (repository.isPrivate ? undefined : 'read')
  const wanted = request.service === 'git-receive-pack' ? 'write' : 'read'
  if (!atLeast(granted, wanted)) return noAccess(stage, `${username} has no ${wanted} permission`)
  used.lastUsedAt = stage.world.now()
  const because = `${issuedLabel(used)} opens it`
  return judgePolicy(stage, repository, user) ?? judgePlan(stage, request) ?? through(username, because)
}

/** What a deactivated person is told is not public. */
const suspended = (stage: Stage, username: string): GitAccess => {
  const because = `${username} is suspended`
  return refused(
    stage.switches.suspendedUser === '401' ? texts.refuseUnauthorized(because) : texts.refuseNoAccess(because),
  )
}

/** A workspace over its user limit is read-only. */
const judgePlan = (stage: Stage, { workspace, service }: GitRequest): GitAccess | undefined =>
  service === 'git-receive-pack' && stage.world.workspace(workspace)?.overUserLimit
    ? refused(texts.refuseOverUserLimit(workspace, `${workspace} has more users than its plan allows`))
    : undefined

/** Both guard private content only: support.atlassian.com, control-access-to-private-content-in-a-workspace. */
const judgePolicy = (stage: Stage, repository: Repository, user: User | undefined): GitAccess | undefined => {
  const workspace = stage.world.workspace(repository.workspace)
  if (!repository.isPrivate || workspace === undefined) return undefined
  if (workspace.ipAllowlist) return refused(texts.refuseIpAddress('the address is not on the allowlist'))
  if (workspace.requires2sv && user?.twoStep === false) {
    return refused(texts.refuseWithoutTwoStep(`${user.username} has no two-step verification`))
  }
  return undefined
}
