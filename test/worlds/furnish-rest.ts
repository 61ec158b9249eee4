import type { Account, Ended } from './account.ts'
import type { RestWorld } from './blueprint.ts'
import { netrcLine } from './furnish-git.ts'
import { type Cast, pairText } from './issue-secrets.ts'

export interface RestScene {
  readonly account: Account
  readonly path: string
  readonly command: () => Promise<Ended>
}

export async function furnishRest(world: RestWorld, cast: Cast, account: Account): Promise<RestScene> {
  const [username, secret] = pairText(cast, world.pair)
  const path = pathText(world, cast)
  await account.write('.curlrc', curlOptions(world, username, secret))
  if (world.by === 'netrc') await account.write('.netrc', netrcLine('machine api.bitbucket.org', [username, secret]))
  const args = ['--silent', '--show-error', '--fail-with-body', ...(world.by === 'netrc' ? ['--netrc'] : [])]
  return { account, path, command: () => account.run('curl', [...args, `https://api.bitbucket.org${path}`]) }
}

/** In a file, so that no secret stands in arguments. */
function curlOptions({ by, scheme }: RestWorld, username: string, secret: string): string {
  if (by === 'netrc') return ''
  const option =
    scheme === 'Bearer'
      ? `header = "Authorization: Bearer ${escaped(secret)}"`
      : `user = "${escaped(`${username}:${secret}`)}"`
  return `${option}\n`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')

function pathText({ path }: RestWorld, { repository, workspace }: Cast): string {
  return {
    repository: `/2.0/repositories/${repository}`,
    user: '/2.0/user',
    workspace: `/2.0/workspaces/${workspace}`,
    'removed listing': '/2.0/workspaces',
    'API 1.0': '/1.0/user',
  }[path]
}
