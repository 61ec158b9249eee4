import type { Incoming, Stage } from '../../reply.ts'
import type { GitAccess, GitService } from '../git-access.ts'
import { admitGit } from '../git-admission.ts'
import type { RateGroup } from '../rate-limits.ts'

export interface WebRequest {
  readonly workspace: string
  readonly slug: string
  readonly service: GitService
  readonly group: RateGroup
}

/** Kind of the presented secret, for switches that treat the kinds apart. */
export const presentedKind = (stage: Stage, { presented }: Incoming): 'api-token' | 'resource token' | 'other' => {
  if (presented.scheme === 'none') return 'other'
  const kind = stage.world.issuedSecret(presented.secret)?.kind
  if (kind === 'api-token') return kind
  return kind === 'access-token' || kind === 'oauth-token' ? 'resource token' : 'other'
}

/** The web host judges as git does: same usernames, same scopes. */
export const admitWeb = (stage: Stage, request: Incoming, asked: WebRequest): GitAccess => {
  const { workspace, slug, service, group } = asked
  return admitGit(stage, { presented: request.presented, workspace, slug, service }, group)
}
