import type { ConsumerId } from '../model/place.ts'
import type { Use } from '../model/use.ts'

/** Tools whose work is pull requests: a token that reads the repository alone does not serve them. */
const OF_PULL_REQUESTS: ReadonlySet<ConsumerId> = new Set([
  'atlantis',
  'bitbucket-pullrequest-builder',
  'danger',
  'pr-agent',
  'renovate',
  'reviewdog',
])

/**
 * What REST is asked to prove a use, below `/2.0/`: the least that the consumer itself asks. `undefined`: nothing names a repository or
 * workspace. `user` is never asked: it wants a scope that few consumers need, and access tokens have no user
 * (docs/bitbucket-authentication.md, 5.1). Listings across workspaces are gone (CHANGE-2770).
 */
export function restQuestion(consumer: ConsumerId, { repository, workspace }: Use): string | undefined {
  if (repository !== undefined) {
    const path = `repositories/${encodeURIComponent(repository.workspace)}/${encodeURIComponent(repository.slug)}`
    return OF_PULL_REQUESTS.has(consumer) ? `${path}/pullrequests?pagelen=1` : path
  }
  return workspace === undefined ? undefined : `repositories/${encodeURIComponent(workspace)}?pagelen=1`
}
