import type { GitPass, Incoming, Reply, Stage } from '../reply.ts'
import type { GitService } from './git-access.ts'
import { admitGit } from './git-admission.ts'

const smartPath = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/

const isService = (text: string | null): text is GitService => text === 'git-upload-pack' || text === 'git-receive-pack'

interface GitRoute {
  readonly workspace: string
  readonly slug: string
  readonly service: GitService
  readonly pathInfo: string
}

/** The smart protocol only; the dumb one is not emulated. */
const readRoute = (request: Incoming): GitRoute | undefined => {
  const [, workspace, slug, action] = smartPath.exec(request.path) ?? []
  if (workspace === undefined || slug === undefined || action === undefined) return undefined
  const advertises = action === 'info/refs'
  if (request.method !== (advertises ? 'GET' : 'POST')) return undefined
  const service = advertises ? request.query.get('service') : action
  if (!isService(service)) return undefined
  return { workspace, slug, service, pathInfo: `/${workspace}/${slug}.git/${action}` }
}

/** Undefined for paths that are not git's. */
export const answerGit = (stage: Stage, request: Incoming): Reply | GitPass | undefined => {
  const route = readRoute(request)
  if (route === undefined) return undefined
  const access = admitGit(stage, { ...route, presented: request.presented })
  if (access.kind === 'refused') return access.reply
  return { backend: { pathInfo: route.pathInfo, remoteUser: access.remoteUser }, because: access.because }
}
