import { type GitPass, type Incoming, notEmulated, type Reply, type Stage } from '../../reply.ts'
import { answerGit } from '../git.ts'
import { answerAccessToken } from './oauth-endpoint.ts'
import { answerDownload } from './web-downloads.ts'

/** Everything under bitbucket.org that is no page: git, LFS, archives, raw files, OAuth. Pages are not emulated. */
export const answerWeb = async (stage: Stage, request: Incoming): Promise<Reply | GitPass> => {
  if (request.path === '/site/oauth2/access_token') return answerAccessToken(stage, request)
  return (
    answerGit(stage, request) ??
    (await lfs(stage, request)) ??
    (await answerDownload(stage, request)) ??
    notEmulated(request)
  )
}

/** Loaded when it is first asked, with the shapes of its bodies. */
const lfs = async (stage: Stage, request: Incoming): Promise<Reply | GitPass | undefined> =>
  request.path.includes('/info/lfs/') ? (await import('./lfs.ts')).answerLfs(stage, request) : undefined
