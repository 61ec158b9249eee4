import type { ConsumerId } from '../model/place.ts'
import { OF_USER, type RestResource, type Use } from '../model/use.ts'

/** Tools whose work is pull requests: a token that reads the repository alone does not serve them. */
const OF_PULL_REQUESTS: ReadonlySet<ConsumerId> = new Set([
  'atlantis',
  'bitbucket-pullrequest-builder',
  'danger',
  'pr-agent',
  'renovate',
  'reviewdog',
])

/** Below a repository, what takes the scope that reading this takes. Absent: the repository itself is asked for. */
const OF_REPOSITORY: Partial<Readonly<Record<RestResource, string>>> = {
  'repository settings': 'branch-restrictions?pagelen=1',
  'access key': 'deploy-keys?pagelen=1',
  'default reviewer': 'default-reviewers?pagelen=1',
  'pull request': 'pullrequests?pagelen=1',
  'pull request comment': 'pullrequests?pagelen=1',
  webhook: 'hooks?pagelen=1',
  pipeline: 'pipelines?pagelen=1',
  'pipeline settings': 'pipelines_config/variables?pagelen=1',
  'pipeline variable': 'pipelines_config/variables?pagelen=1',
  runner: 'pipelines-config/runners?pagelen=1',
}

/** Changing these takes `admin:repository`, as reading branch restrictions does. */
const ADMINISTERED: ReadonlySet<RestResource> = new Set(['repository permissions', 'default reviewer'])

/** The same for a workspace. Absent: its repositories are asked for. */
const OF_WORKSPACE: Partial<Readonly<Record<RestResource, string>>> = {
  workspace: 'workspaces/{}',
  project: 'workspaces/{}/projects?pagelen=1',
  'project permissions': 'workspaces/{}/projects?pagelen=1',
  webhook: 'workspaces/{}/hooks?pagelen=1',
  'pipeline variable': 'workspaces/{}/pipelines-config/variables?pagelen=1',
  runner: 'workspaces/{}/pipelines-config/runners?pagelen=1',
  snippet: 'snippets/{}?pagelen=1',
  'snippet part': 'snippets/{}?pagelen=1',
}

/**
 * What REST is asked to prove a use, below `/2.0/`: the least that the consumer itself asks, so that a token is asked for nothing that its
 * scopes do not open. `undefined`: nothing names a repository or workspace. `user` is asked where the consumer asks for it, and never
 * otherwise: it wants a scope that few consumers need, and access tokens have no user (docs/bitbucket-authentication.md, 5.1). Listings
 * across workspaces are gone (CHANGE-2770).
 */
export function restQuestion(consumer: ConsumerId, use: Use): string | undefined {
  const { repository, resource } = use
  if (OF_USER.has(resource)) return 'user'
  const workspace = repository?.workspace ?? use.workspace
  if (workspace === undefined) return undefined
  const ofWorkspace = resource === undefined ? undefined : OF_WORKSPACE[resource]
  const named = ofWorkspace?.replace('{}', encodeURIComponent(workspace))
  // One that is made is not there yet.
  const isMade = resource === 'repository itself' && use.access === 'write'
  if (repository === undefined || isMade) return named ?? `repositories/${encodeURIComponent(workspace)}?pagelen=1`
  const path = `repositories/${encodeURIComponent(workspace)}/${encodeURIComponent(repository.slug)}`
  const below = belowRepository(consumer, use)
  if (below !== undefined) return `${path}/${below}`
  return named ?? path
}

function belowRepository(consumer: ConsumerId, { resource, access }: Use): string | undefined {
  if (resource === undefined) return OF_PULL_REQUESTS.has(consumer) ? OF_REPOSITORY['pull request'] : undefined
  const isChanged = access === 'write' || access === 'delete'
  return isChanged && ADMINISTERED.has(resource) ? OF_REPOSITORY['repository settings'] : OF_REPOSITORY[resource]
}
