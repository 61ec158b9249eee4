import { expect } from 'vitest'
import { type Case, type Cause, goodToken, KNOWN } from './causes.ts'
import { type OwnWorldCause, untilMended } from './rest-causes.ts'
import { Machine, READ, SENTINEL, URL, type World, WRITE } from './stage.ts'
import { askDoctor, carryOut, type Visit } from './visit.ts'

const PUBLIC = 'https://bitbucket.org/acme/open.git'

type Pair = (world: World) => readonly [username: string, secret: string]
type Act = (world: World) => void

/** A developer whose credential is in netrc, which git never erases. */
function inNetrc(pair: Pair, { url = URL, act }: { readonly url?: string; readonly act?: Act } = {}) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    await machine.netrc(...pair(world))
    return {
      command: () => machine.git('ls-remote', url),
      visit: { machine, args: [url, ...KNOWN] },
      ...(act === undefined ? {} : { act: () => act(world) }),
    }
  }
}

/** A developer who pushes a commit from a clone. */
function pushing(pair: Pair, { url = URL, act }: { readonly url?: string; readonly act?: Act } = {}) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    await machine.netrc(...pair(world))
    const folder = await machine.clone('', url)
    const author = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com']
    await machine.git('-C', folder, ...author, 'commit', '--quiet', '--allow-empty', '-m', name)
    return {
      command: () => machine.git('-C', folder, 'push', 'origin', `HEAD:refs/heads/${name}`),
      visit: { machine, args: ['origin', '--operation', 'push', ...KNOWN], surroundings: { folder } },
      ...(act === undefined ? {} : { act: () => act(world) }),
    }
  }
}

const right: Pair = (world) => [SENTINEL, goodToken(world)]

const revoked: Pair = (world) => {
  const token = goodToken(world)
  world.sandbox.world.revokeToken(token)
  return [SENTINEL, token]
}

const accessToken = ({ sandbox }: World, ...scopes: readonly string[]): string =>
  sandbox.world.addAccessToken({ resource: 'acme/app', name: 'deploy', scopes })

/** A workspace of its own, so that its rules bind nobody else. */
async function addWorkspace({ sandbox: { world } }: World, workspace: string): Promise<string> {
  world.addWorkspace(workspace)
  await world.addRepository({ workspace, slug: 'app', isPrivate: true })
  world.grant('alice', `${workspace}/app`, 'write')
  return `https://bitbucket.org/${workspace}/app.git`
}

export const BLOCK_CAUSES: readonly Cause[] = [
  {
    letter: 'B20',
    cause: 'an access token under the fixed username of API tokens',
    rows: ['A20', 'F10'],
    codes: ['D117'],
    arrange: inNetrc((world) => [SENTINEL, accessToken(world, 'repository')]),
  },
  {
    letter: 'B2',
    cause: 'a dead token in netrc, after which git goes on to an app password in the store',
    codes: ['D101'],
    arrange: async (world, name) => {
      const arranged = await inNetrc(revoked)(world, name)
      await arranged.visit.machine.store('alice', world.sandbox.world.addAppPassword('alice'))
      return arranged
    },
  },
  {
    letter: 'B20c',
    cause: 'an access token of another repository',
    says: 'create one for acme/foreign',
    rows: ['A25'],
    codes: ['D115'],
    arrange: async (world, name) => {
      await world.sandbox.world.addRepository({ workspace: 'acme', slug: 'foreign', isPrivate: true })
      const machine = new Machine(world, name)
      await machine.netrc('x-token-auth', accessToken(world, 'repository'))
      const url = 'https://bitbucket.org/acme/foreign.git'
      const right = world.sandbox.world.addAccessToken({
        resource: 'acme/foreign',
        name: 'own',
        scopes: ['repository'],
      })
      return {
        command: () => machine.git('ls-remote', url),
        visit: { machine, args: [url, ...KNOWN] },
        act: () => machine.netrc('x-token-auth', right),
      }
    },
  },
  {
    letter: 'B22',
    cause: 'a token that may read, for pushing',
    rows: ['A22', 'A21'],
    codes: ['D105'],
    arrange: pushing(({ sandbox }) => [
      SENTINEL,
      sandbox.world.addApiToken('alice', { name: 'reader', app: 'bitbucket', scopes: [READ] }),
    ]),
  },
  {
    letter: 'B22b',
    cause: 'a token that may write and may not read, for pushing',
    rows: ['A21'],
    codes: ['D105'],
    arrange: pushing(({ sandbox }) => [
      SENTINEL,
      sandbox.world.addApiToken('alice', { name: 'writer', app: 'bitbucket', scopes: [WRITE] }),
    ]),
  },
  {
    letter: 'B8',
    cause: 'the password of the account, with git',
    codes: ['D122'],
    arrange: inNetrc(() => ['alice', 'sandbox']),
  },
  {
    letter: 'B23',
    cause: 'an allowlist of addresses',
    says: 'allowlist',
    rows: ['A23'],
    codes: ['D120'],
    arrange: async (world, name) => {
      const url = await addWorkspace(world, 'walled')
      world.sandbox.world.setWorkspacePolicy('walled', { ipAllowlist: true })
      const act: Act = ({ sandbox }) => sandbox.world.setWorkspacePolicy('walled', { ipAllowlist: false })
      return inNetrc(right, { url, act })(world, name)
    },
  },
  {
    letter: 'B24',
    cause: 'a workspace that wants two-step verification',
    says: 'two-step verification',
    rows: ['A24'],
    codes: ['D120'],
    arrange: async (world, name) => {
      const url = await addWorkspace(world, 'strict')
      world.sandbox.world.setWorkspacePolicy('strict', { requires2sv: true })
      const act: Act = ({ sandbox }) => sandbox.world.setUserState('alice', { twoStep: true })
      return inNetrc(right, { url, act })(world, name)
    },
  },
  {
    letter: 'B25',
    cause: 'a repository that the owner of the token may read, for pushing',
    says: 'gives the owner of the token the write permission',
    rows: ['A25'],
    codes: ['D115'],
    arrange: async (world, name) => {
      const { sandbox } = world
      await sandbox.world.addRepository({ workspace: 'acme', slug: 'shared', isPrivate: true })
      sandbox.world.grant('alice', 'acme/shared', 'read')
      const act: Act = () => sandbox.world.grant('alice', 'acme/shared', 'write')
      return pushing(right, { url: 'https://bitbucket.org/acme/shared.git', act })(world, name)
    },
  },
  {
    letter: 'B26',
    cause: 'a workspace over its user limit',
    says: 'pays for more users or removes some',
    rows: ['A26'],
    codes: ['D129'],
    arrange: async (world, name) => {
      const url = await addWorkspace(world, 'full')
      world.sandbox.world.setWorkspacePolicy('full', { overUserLimit: true })
      const act: Act = ({ sandbox }) => sandbox.world.setWorkspacePolicy('full', { overUserLimit: false })
      return pushing(right, { url, act })(world, name)
    },
  },
  {
    letter: 'B29',
    cause: 'a public repository, and no credential at all',
    says: 'with the URL of a private repository',
    rows: ['A29'],
    codes: ['D119'],
    arrange: publicFirst,
  },
]

/** Nothing is stored and fetching works. The doctor says that nothing was proved, and to ask with a private repository; that is done. */
async function publicFirst(world: World, name: string): Promise<Case> {
  const machine = new Machine(world, name)
  const aboutPrivate: Visit = { machine, args: [URL, ...KNOWN] }
  expect((await machine.git('ls-remote', PUBLIC)).works).toBe(true)
  return {
    command: () => machine.git('ls-remote', URL),
    visit: { machine, args: [PUBLIC, ...KNOWN] },
    afterwards: aboutPrivate,
    act: async () => {
      const told = await askDoctor(aboutPrivate)
      expect(told.codes, told.screen).toEqual(['D118'])
      await carryOut(aboutPrivate, told, 'first', undefined)
    },
  }
}

export const BLOCK_CAUSES_OF_THEIR_OWN: readonly OwnWorldCause[] = [
  {
    letter: 'B10',
    cause: 'an API token under the fixed username of access tokens',
    rows: ['F10'],
    codes: ['D117'],
    switches: { xTokenAuthForApiTokens: false },
    arrange: inNetrc((world) => ['x-token-auth', goodToken(world)]),
  },
  {
    letter: 'B20b',
    cause: 'no access, where git says 401 as for a dead token',
    says: 'gives the owner of the token the read permission',
    rows: ['A20'],
    codes: ['D115'],
    switches: { noRepositoryAccess: '401-text' },
    arrange: inNetrc(right, {
      url: 'https://bitbucket.org/acme/secret.git',
      act: ({ sandbox }) => sandbox.world.grant('alice', 'acme/secret', 'read'),
    }),
  },
  {
    letter: 'B20d',
    cause: 'an access token of another repository, where git says 401 as for a dead token',
    says: 'create one for acme/secret',
    rows: ['A20'],
    codes: ['D115'],
    switches: { noRepositoryAccess: '401-text' },
    arrange: async (world, name) => {
      const machine = new Machine(world, name)
      await machine.netrc('x-token-auth', accessToken(world, 'repository'))
      const url = 'https://bitbucket.org/acme/secret.git'
      const right = world.sandbox.world.addAccessToken({ resource: 'acme/secret', name: 'own', scopes: ['repository'] })
      return {
        command: () => machine.git('ls-remote', url),
        visit: { machine, args: [url, ...KNOWN] },
        act: () => machine.netrc('x-token-auth', right),
      }
    },
  },
  {
    letter: 'B27',
    cause: 'an account locked for a while',
    says: 'wait 15 minutes',
    rows: ['A27'],
    codes: ['D130'],
    switches: { lockOut: '429' },
    arrange: lockedOut(({ sandbox: { world } }) =>
      world.setClock(new Date(world.now().getTime() + 15 * 60_000 + 1).toISOString()),
    ),
  },
  {
    letter: 'B27b',
    cause: 'an account locked until somebody signs in on the web site',
    says: 'sign in once at https://bitbucket.org',
    rows: ['A27'],
    codes: ['D130'],
    switches: { lockOut: '403' },
    arrange: lockedOut(({ sandbox }) => sandbox.world.clearLockOut('alice')),
  },
  {
    letter: 'B32',
    cause: 'an app password in a brown-out, before it works again',
    rows: ['A32'],
    codes: ['D101'],
    arrange: async (world, name) => {
      world.sandbox.world.setClock('2026-06-09T05:00:00Z')
      const arranged = await inNetrc(({ sandbox }) => ['alice', sandbox.world.addAppPassword('alice')])(world, name)
      const outside = await arranged.command()
      expect(outside, outside.words).toMatchObject({ works: true })
      world.sandbox.world.setClock('2026-06-09T06:05:00Z')
      return arranged
    },
  },
  {
    letter: 'B91',
    cause: 'a service that answers nothing that counts',
    codes: ['D191'],
    arrange: async (world, name) => {
      world.sandbox.world.injectFault({ kind: 'status', status: 503, match: 'bitbucket.org', times: 24 })
      return untilMended(await inNetrc(right)(world, name))
    },
  },
]

/** Something else on the network repeats a dead credential of the same account. */
function lockedOut(act: Act) {
  return async (world: World, name: string): Promise<Case> => {
    const url = `${world.sandbox.webUrl}/acme/app.git/info/refs?service=git-upload-pack`
    const authorization = `Basic ${Buffer.from('alice:dead').toString('base64')}`
    for (let tries = 0; tries < 10; tries++) await fetch(url, { headers: { authorization } })
    return inNetrc(right, { act })(world, name)
  }
}
