import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts'
import type { Account } from './account.ts'
import type { Name, Role } from './row.ts'

const scopes = (...names: readonly string[]): readonly string[] => names.map((name) => `${name}:bitbucket`)

export const stageNames: Readonly<Record<Name, string>> = {
  username: 'alice',
  email: 'alice@example.com',
  workspace: 'acme',
  privateRepository: 'app',
  publicRepository: 'site',
  strangerRepository: 'elsewhere/vault',
}

const secretsOf = ({ world }: Sandbox, { username, workspace, privateRepository }: typeof stageNames) => {
  const token = (name: string, options: object): string => world.addApiToken(username, { name, ...options })
  const revoked = token('revoked', {})
  world.revokeToken(revoked)
  return {
    token: token('whole', {
      scopes: scopes('read:user', 'read:workspace', 'read:repository', 'write:repository'),
    }),
    readToken: token('reads repositories', { scopes: scopes('read:repository') }),
    narrowToken: token('reads the user', { scopes: scopes('read:user') }),
    unscopedToken: token('without scopes', { scopes: 'none' }),
    otherAppToken: token('of Jira', { app: 'jira', scopes: ['read:jira-work'] }),
    expiredToken: token('expired', { expiresAt: '2026-01-01T00:00:00Z' }),
    revokedToken: revoked,
    accessToken: world.addAccessToken({
      resource: `${workspace}/${privateRepository}`,
      name: 'reads',
      scopes: ['repository'],
    }),
    appPassword: world.addAppPassword(username),
  } satisfies Record<Role, string>
}

/** A sandbox with an account that has every role. */
export const startStage = async (
  options: SandboxOptions = {},
  names = stageNames,
): Promise<{ readonly sandbox: Sandbox; readonly account: Account }> => {
  const { username, email, workspace, privateRepository, publicRepository } = names
  const [elsewhere = '', hidden = ''] = names.strangerRepository.split('/')
  const sandbox = await startSandbox(options)
  const { world } = sandbox
  world.addUser({ username, email })
  for (const slug of [workspace, elsewhere]) world.addWorkspace(slug)
  await world.addRepository({ workspace, slug: privateRepository, isPrivate: true })
  await world.addRepository({ workspace, slug: publicRepository, isPrivate: false })
  await world.addRepository({ workspace: elsewhere, slug: hidden, isPrivate: true })
  world.grant(username, `${workspace}/${privateRepository}`, 'write')
  world.grant(username, `${workspace}/${publicRepository}`, 'write')
  return { sandbox, account: { names, secrets: secretsOf(sandbox, names) } }
}
