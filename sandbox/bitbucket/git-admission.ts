import type { Stage } from '../reply.ts'
import { type GitAccess, type GitRequest, judgeGit } from './git-access.ts'
import { refuseLockedOut } from './git-texts.ts'
import type { RateGroup } from './rate-limits.ts'
import { rateLimited } from './rest-texts.ts'

/** Whose failures and requests are counted: the owner of a known secret, else the name that was presented. */
const accountOf = (stage: Stage, { presented }: GitRequest): string | undefined => {
  if (presented.scheme === 'none') return undefined
  const issued = stage.world.issuedSecret(presented.secret)
  if (issued !== undefined) return 'owner' in issued ? issued.owner : issued.id
  return presented.scheme === 'basic' ? presented.username : 'unknown'
}

const refused = (reply: ReturnType<typeof rateLimited>): GitAccess => ({ kind: 'refused', reply })

/** What stands before and after the judgement of one request: the lock after failures, and the hourly limit. */
export const admitGit = (stage: Stage, request: GitRequest, group: RateGroup = 'git'): GitAccess => {
  const account = accountOf(stage, request)
  const { lockOut, rateLimits } = stage.switches
  const { lockOuts } = stage.world
  const now = stage.world.now()
  const locks = lockOut !== 'off' && account !== undefined
  if (locks && lockOuts.isLocked(account, now, lockOut === '429' ? 'by time' : 'on the web')) {
    return refused(refuseLockedOut(lockOut === '429' ? 429 : 403, `${account} is locked after failed sign-ins`))
  }
  const access = judgeGit(stage, request)
  if (access.kind === 'refused') {
    if (locks && access.reply.status === 401) lockOuts.count(account, now)
    return access
  }
  if (rateLimits === 'off' || stage.world.rateLimits.admit(account ?? 'anonymous', group, now)) return access
  return refused(rateLimited('the hour of this account is used up'))
}
