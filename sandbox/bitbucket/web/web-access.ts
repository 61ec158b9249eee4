import { type ApiToken, ended, issuedLabel } from '../../issued.ts'
import type { Presented } from '../../presented.ts'
import { type Incoming, type Reply, type Stage, textReply } from '../../reply.ts'
import { bearerAccepted, sameEmail } from '../credential-rules.ts'
import { accessTokenUser, apiTokenUser, type GitAccess, type GitService } from '../git-access.ts'
import { admitGit } from '../git-admission.ts'
import { refuseUnauthorized } from '../git-texts.ts'
import type { RateGroup } from '../rate-limits.ts'

export interface WebRequest {
  readonly workspace: string
  readonly slug: string
  readonly service: GitService
  readonly group: RateGroup
}

/** Kind of the presented secret, for switches that treat the kinds apart. */
export const presentedKind = (
  stage: Stage,
  { presented }: Incoming,
): 'api-token' | 'access-token' | 'oauth-token' | 'other' => {
  if (presented.scheme === 'none') return 'other'
  const kind = stage.world.issuedSecret(presented.secret)?.kind
  return kind === 'api-token' || kind === 'access-token' || kind === 'oauth-token' ? kind : 'other'
}

/** LFS is judged as git is: same usernames, same scopes. */
export const admitWeb = (stage: Stage, request: Incoming, asked: WebRequest): GitAccess => {
  const { workspace, slug, service, group } = asked
  return admitGit(stage, { presented: request.presented, workspace, slug, service }, group)
}

/**
 * Archives and raw files take the names of REST and judge the rest as git does (docs/bitbucket-authentication.md,
 * "REST, downloads from the web host"). Measured on archives on 2026-08-07, github.com/utopia-php/vcs/pull/130: an API
 * token as Basic with the e-mail 200, an OAuth token as Bearer 200, the same under `x-token-auth` the login page. There
 * the repository was public, so a credential is looked at even where none is needed.
 */
export const admitDownload = (stage: Stage, request: Incoming, asked: WebRequest): GitAccess => {
  const { workspace, slug, service, group } = asked
  const presented = asGitKnowsIt(stage, request.presented)
  if (typeof presented === 'string') return onTheWeb(stage, request, refuseUnauthorized(presented))
  const unsupported = unsupportedToken(stage, request)
  if (unsupported !== undefined) return { kind: 'refused', reply: textReply(403, noTokens, unsupported) }
  const looking = { ...stage, switches: { ...stage.switches, publicFetchChecksCredential: true } }
  const access = admitGit(looking, { presented, workspace, slug, service }, group)
  return access.kind === 'refused' ? onTheWeb(stage, request, access.reply) : access
}

/** The same secret under the name that git takes for it; or why the web host does not take it as it was sent. */
const asGitKnowsIt = (stage: Stage, presented: Presented): Presented | string => {
  if (presented.scheme === 'none') return presented
  const { secret } = presented
  const issued = stage.world.issuedSecret(secret)
  switch (issued?.kind) {
    case 'api-token': {
      const problem = nameProblem(stage, presented, issued)
      return problem ?? { scheme: 'basic', username: apiTokenUser, secret }
    }
    case 'oauth-token':
      if (presented.scheme === 'basic') return `downloads take ${issuedLabel(issued)} as Bearer only`
      return { scheme: 'basic', username: accessTokenUser, secret }
    case 'access-token':
      return presented.scheme === 'bearer' ? { scheme: 'basic', username: accessTokenUser, secret } : presented
    default:
      return presented
  }
}

/** A dead token is refused for that, whatever its name. */
const nameProblem = (
  stage: Stage,
  presented: Exclude<Presented, { scheme: 'none' }>,
  token: ApiToken,
): string | undefined => {
  const label = issuedLabel(token)
  if (ended(token, stage.world.now()) !== undefined) return undefined
  if (presented.scheme === 'bearer')
    return bearerAccepted(stage) ? undefined : `Bearer is not yet accepted for ${label}`
  const { username } = presented
  const email = stage.world.user(token.owner)?.email ?? ''
  const isGitName = username === apiTokenUser || username === token.owner
  if (sameEmail(stage, username, email) || (stage.switches.webDownloadsTakeGitNames && isGitName)) return undefined
  return `downloads take ${label} under the e-mail of its owner, not under ${username}`
}

/** stackoverflow.com/questions/34452088, about 2015, for access with `x-token-auth`; its status is not public. */
const noTokens = 'This endpoint does not support token-based authentication'

const unsupportedToken = (stage: Stage, request: Incoming): string | undefined => {
  const { webDownloadsTakeApiTokens, webDownloadsTakeAccessTokens } = stage.switches
  const kind = presentedKind(stage, request)
  if (request.presented.scheme === 'none' && request.query.has('access_token')) {
    return 'downloads take no token in the address'
  }
  const refused =
    (kind === 'api-token' && !webDownloadsTakeApiTokens) || (kind === 'access-token' && !webDownloadsTakeAccessTokens)
  return refused ? 'downloads of the web site do not take this kind of token (switch)' : undefined
}

/** As the pages of the web site do with whoever is not signed in. */
const onTheWeb = (stage: Stage, request: Incoming, reply: Reply): GitAccess => {
  if (reply.status !== 401 || stage.switches.webDownloadRefusal === '401') return { kind: 'refused', reply }
  const location = `${request.origin}/account/signin/?next=${encodeURIComponent(request.path)}`
  return { kind: 'refused', reply: textReply(302, '', `${reply.because}: the login page`, { location }) }
}
