import { createHash } from 'node:crypto'
import type { NewAccessToken, NewApiToken, World } from '../../sandbox/index.ts'
import type { Copy, Moment, Name, Pair, SecretForm, Site } from './blueprint.ts'
import type { Site as SandboxSite } from './town.ts'

/** Names of this world's own, so that worlds in one sandbox do not meet. */
export interface Cast {
  readonly username: string
  readonly email: string
  readonly somebodyElse: string
  readonly workspace: string
  readonly url: string
  readonly repository: `${string}/${string}`
  readonly accountPassword: string
  nameOf(name: Name): string
  /** The text of the secret as it stands in its place. The same form gives the same text. */
  secretOf(form: SecretForm): string
}

export const NOW: Readonly<Record<Moment, string>> = {
  today: '2026-11-23T09:00:00Z',
  'before Bearer': '2026-08-10T09:00:00Z',
  'cut-off': '2026-07-28T00:00:01Z',
  'brown-out': '2026-06-10T06:05:00Z',
  'between brown-outs': '2026-06-10T09:00:00Z',
}

/** Puts the people, the repository and its rules of one world into the sandbox. */
export async function populate(
  { sandbox }: SandboxSite,
  site: Site,
  index: number,
  files?: Record<string, string>,
): Promise<Cast> {
  const { world } = sandbox
  world.setClock(NOW[site.moment])
  const [username, workspace] = [`user${index}`, `ws${index}`]
  const repository = `${workspace}/app` as const
  const accountPassword = digestOf(`account password of ${username}`).slice(0, index % 3 === 0 ? 20 : 14)
  world.addUser({ username, email: `${username}@example.com`, password: accountPassword })
  world.addUser({ username: `other${index}`, email: `other${index}@example.com` })
  for (const slug of [workspace, `elsewhere${index}`]) world.addWorkspace(slug)
  const { isPrivate } = site
  await world.addRepository({ workspace, slug: 'app', isPrivate, ...(files === undefined ? {} : { files }) })
  await world.addRepository({ workspace: `elsewhere${index}`, slug: 'app', isPrivate: true })
  if (site.reach === 'write' || site.reach === 'read') world.grant(username, repository, site.reach)
  world.grant(username, `elsewhere${index}/app`, 'write')
  applyPolicy(world, workspace, site)
  const asked = site.reach === 'no such repository' ? (`${workspace}/absent` as const) : repository
  if (site.incident !== 'one 401') injectIncident(world, asked, site)
  const people = { username, email: `${username}@example.com`, somebodyElse: `other${index}`, workspace }
  const secrets = new Map<string, string>()
  return {
    ...people,
    repository: asked,
    url: `https://bitbucket.org/${asked}.git`,
    accountPassword,
    nameOf: (name) => nameText(name, people),
    secretOf: (form) => {
      const known = secrets.get(form.id) ?? issue(world, form, { ...people, repository, index, accountPassword })
      secrets.set(form.id, known)
      return known
    },
  }
}

function applyPolicy(world: World, workspace: string, { policy }: Site): void {
  if (policy === 'none') return
  world.setWorkspacePolicy(workspace, {
    ipAllowlist: policy === 'address',
    requires2sv: policy === 'two-step',
    overUserLimit: policy === 'user limit',
  })
}

/** Of every answer about the repository, for as long as the world lasts. */
export function injectIncident(world: World, repository: string, { incident }: Pick<Site, 'incident'>): void {
  const match = `bitbucket.org/${repository}`
  const times = 1000
  if (incident === 'lock-out')
    world.injectFault({
      kind: 'status',
      status: 429,
      text: 'Too many failed authentication attempts. Please try again later.',
      withCredential: true,
      match,
      times,
    })
  if (incident === 'rate limit') world.injectFault({ kind: 'rate-limit', withCredential: true, match, times })
  if (incident === 'out of order') world.injectFault({ kind: 'status', status: 503, text: 'Unavailable', match, times })
  if (incident === 'one 401') world.injectFault({ kind: 'unauthorized-once', match, times: 1 })
}

function nameText(
  name: Name,
  people: { readonly username: string; readonly email: string; readonly somebodyElse: string },
): string {
  return {
    'fixed name of API tokens': 'x-bitbucket-api-token-auth',
    'fixed name of access tokens': 'x-token-auth',
    username: people.username,
    'username in other case': people.username.toUpperCase(),
    'e-mail': people.email,
    'name of somebody else': people.somebodyElse,
  }[name]
}

interface Owner {
  readonly username: string
  readonly workspace: string
  readonly repository: string
  readonly index: number
  readonly accountPassword: string
}

function issue(world: World, form: SecretForm, owner: Owner): string {
  switch (form.kind) {
    case 'app password':
      return world.addAppPassword(owner.username, { unprefixed: !form.prefixed })
    case 'account password':
      return owner.accountPassword
    case 'foreign':
      return foreign(form, owner)
    case 'oauth token':
      return endedToken(
        world,
        form.end,
        world.addOAuthToken({ actsAs: { user: owner.username }, scopes: ['account', 'repository'] }),
      )
    case 'api token':
      return copied(
        form.copy,
        ended(world, form.end, world.addApiToken(owner.username, newApiToken(world, form, owner))),
      )
    case 'access token':
      return copied(form.copy, ended(world, form.end, world.addAccessToken(newAccessToken(world, form, owner))))
  }
}

function foreign({ id, looks }: Extract<SecretForm, { kind: 'foreign' }>, { index }: Owner): string {
  if (id === 'empty') return ''
  const text = digestOf(`foreign ${id} ${index}`)
  return looks === 'like an app password' ? text.slice(0, 20) : `${text.slice(0, 9)}-${text.slice(9, 20)}`
}

function newApiToken(world: World, form: Extract<SecretForm, { kind: 'api token' }>, { index }: Owner): NewApiToken {
  return {
    name: form.id,
    scopes: form.app === 'none' ? 'none' : form.app === 'bitbucket' ? SCOPES[form.scopes] : [`read:${form.app}-work`],
    ...(form.app === 'none' ? {} : { app: form.app }),
    ...(form.narrowed ? { workspace: `elsewhere${index}` } : {}),
    ...(form.end === 'expired' ? { expiresAt: yesterday(world) } : {}),
  }
}

const SCOPES = {
  read: ['read:repository:bitbucket'],
  write: ['write:repository:bitbucket'],
  'read and write': ['read:repository:bitbucket', 'write:repository:bitbucket'],
  other: ['read:pullrequest:bitbucket'],
  everything: [
    'read:repository:bitbucket',
    'write:repository:bitbucket',
    'read:user:bitbucket',
    'read:workspace:bitbucket',
    'read:pullrequest:bitbucket',
  ],
} as const

function newAccessToken(
  world: World,
  form: Extract<SecretForm, { kind: 'access token' }>,
  { workspace, repository, index }: Owner,
): NewAccessToken {
  return {
    resource: { repository, workspace, 'another repository': `elsewhere${index}/app` }[form.covers],
    name: form.id,
    scopes: { read: ['repository'], 'read and write': ['repository:write'], other: ['pipeline'] }[form.scopes],
    ...(form.end === 'expired' ? { expiresAt: yesterday(world) } : {}),
  }
}

function ended(world: World, end: string, secret: string): string {
  if (end === 'revoked') world.revokeToken(secret)
  return secret
}

function endedToken(world: World, end: string, secret: string): string {
  if (end === 'expired') world.expireToken(secret)
  return ended(world, end, secret)
}

const yesterday = (world: World): string => new Date(world.now().getTime() - 86_400_000).toISOString()

function copied(copy: Copy, secret: string): string {
  return {
    whole: secret,
    cut: secret.slice(0, -9),
    'percent-encoded': encodeURIComponent(secret),
    'blank at the end': `${secret} `,
  }[copy]
}

/** Letters and digits. */
function digestOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, 'x')
}

export const pairText = (cast: Cast, { name, secret }: Pair): readonly [string, string] => [
  cast.nameOf(name),
  cast.secretOf(secret),
]
