import { randomBytes } from 'node:crypto'
import type { Switches } from '../../sandbox/index.ts'
import { type Case, type Cause, goodToken, KNOWN } from './causes.ts'
import { EMAIL, Machine, READ, SENTINEL, type World } from './stage.ts'
import type { Visit } from './visit.ts'

/** A cause that changes what every other would see, or needs another Bitbucket, plays in a world of its own. */
export interface OwnWorldCause extends Cause {
  readonly switches?: Partial<Switches>
}

const API = 'https://api.bitbucket.org'
const APP = '/2.0/repositories/acme/app'
const READ_USER = 'read:user:bitbucket'

type Login = { readonly username: string; readonly secret: string } | { readonly bearer: string }

/** What a tool of somebody has in its settings: where it asks, and how it signs in. */
interface Settings {
  readonly path: string
  readonly login: Login
}

/** curl with a file of settings, as a script or a tool keeps them. */
async function configure(machine: Machine, { path, login }: Settings): Promise<void> {
  const signIn =
    'bearer' in login
      ? `header = "Authorization: Bearer ${login.bearer}"`
      : `user = "${login.username}:${login.secret}"`
  await machine.write('tool.curlrc', `url = "${API}${path}"\n${signIn}\nsilent\nshow-error\nfail-with-body\n`)
}

async function curl(machine: Machine, line: string) {
  const { exitCode, stdout, stderr } = await machine.shell(line)
  return { works: exitCode === 0, words: stdout + stderr }
}

function visitOf(machine: Machine, { path, login }: Settings): Visit {
  const how = 'bearer' in login ? ['--bearer'] : ['--username', login.username]
  const input = 'bearer' in login ? login.bearer : login.secret
  return {
    machine,
    args: [`${API}${path}`, ...how, '--secret-stdin', ...KNOWN],
    surroundings: { input },
  }
}

/** A tool with settings of its own. Whoever runs it changes them as the doctor said, and asks about what they are now. */
function ofTool(now: (world: World) => Settings, then: (before: Settings, world: World) => Partial<Settings>) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    const before = now(world)
    const after = { ...before, ...then(before, world) }
    await configure(machine, before)
    return {
      command: () => curl(machine, 'curl --config tool.curlrc'),
      visit: visitOf(machine, before),
      act: () => configure(machine, after),
      afterwards: visitOf(machine, after),
    }
  }
}

/** A script that leaves its credential to netrc; the doctor reads the same file. */
function ofScript(pair: (world: World) => readonly [username: string, secret: string], path = APP, act?: Act) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    const [username, secret] = pair(world)
    await machine.write('.netrc', `machine api.bitbucket.org login ${username} password ${secret}\n`)
    return {
      command: () => curl(machine, `curl --netrc --silent --show-error --fail-with-body '${API}${path}'`),
      visit: { machine, args: [`${API}${path}`, ...KNOWN] },
      ...(act === undefined ? {} : { act: () => act(world) }),
    }
  }
}

type Act = (world: World) => void | Promise<void>

/** A script whose netrc has no entry for REST. Its owner writes one before what is there, as the doctor said. */
function besideTheHost(netrc: (world: World) => string) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    const text = netrc(world)
    await machine.write('.netrc', text)
    return {
      command: () => curl(machine, `curl --netrc --silent --show-error --fail-with-body '${API}${APP}'`),
      visit: { machine, args: [`${API}${APP}`, ...KNOWN] },
      act: () =>
        machine.write('.netrc', `machine api.bitbucket.org login ${EMAIL} password ${scoped(world, READ)}\n${text}`),
    }
  }
}

const scoped = ({ sandbox }: World, ...scopes: readonly string[]): string =>
  sandbox.world.addApiToken('alice', { name: 'scoped', app: 'bitbucket', scopes })

const accessToken = ({ sandbox }: World): string =>
  sandbox.world.addAccessToken({ resource: 'acme/app', name: 'deploy', scopes: ['repository'] })

const oauthToken = ({ sandbox }: World): string =>
  sandbox.world.addOAuthToken({ actsAs: { user: 'alice' }, scopes: ['repository', 'account'] })

const ended = (world: World, end: 'expireToken' | 'revokeToken', token: string): string => {
  world.sandbox.world[end](token)
  return token
}

export const REST_CAUSES: readonly Cause[] = [
  {
    letter: 'R1',
    cause: 'an app password in netrc, for REST',
    rows: ['A1'],
    codes: ['D101'],
    arrange: ofScript(({ sandbox }) => ['alice', sandbox.world.addAppPassword('alice')]),
  },
  {
    letter: 'R1b',
    cause: 'an app password in the entry "default" of netrc',
    says: 'which answers for every host: machine api.bitbucket.org login E-MAIL password, and the token',
    rows: ['A1'],
    codes: ['D101'],
    arrange: besideTheHost(({ sandbox }) => `default login alice password ${sandbox.world.addAppPassword('alice')}\n`),
  },
  {
    letter: 'R2',
    cause: 'a netrc with an entry for git alone',
    says: 'machine api.bitbucket.org login',
    codes: ['D118'],
    arrange: besideTheHost((world) => `machine bitbucket.org login ${SENTINEL} password ${goodToken(world)}\n`),
  },
  {
    letter: 'R3',
    cause: 'the Bitbucket username, for REST',
    rows: ['A3', 'F3'],
    codes: ['D116'],
    arrange: ofScript((world) => ['alice', goodToken(world)]),
  },
  {
    letter: 'R3b',
    cause: 'the fixed username of git, for REST',
    rows: ['A3', 'F3'],
    codes: ['D116'],
    arrange: ofScript((world) => [SENTINEL, goodToken(world)]),
  },
  {
    letter: 'R3c',
    cause: 'the Bitbucket username, in the settings of a tool',
    says: 'Use the e-mail of the Atlassian account',
    rows: ['F3'],
    codes: ['D116'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { username: 'alice', secret: goodToken(world) } }),
      ({ login }) => ({ login: 'secret' in login ? { ...login, username: EMAIL } : login }),
    ),
  },
  {
    letter: 'R4',
    cause: 'an API token without scopes, under the e-mail',
    rows: ['A4', 'F4'],
    codes: ['D102'],
    arrange: ofScript(({ sandbox }) => [
      EMAIL,
      sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' }),
    ]),
  },
  {
    letter: 'R4b',
    cause: 'an API token for another app, under the e-mail',
    rows: ['A4', 'F4'],
    codes: ['D103'],
    arrange: ofScript(({ sandbox }) => [
      EMAIL,
      sandbox.world.addApiToken('alice', { name: 'jira', app: 'jira', scopes: ['read:jira-work'] }),
    ]),
  },
  {
    letter: 'R6',
    cause: 'an expired token, under the e-mail',
    rows: ['A6'],
    codes: ['D108'],
    arrange: ofScript((world) => [EMAIL, ended(world, 'expireToken', goodToken(world))]),
  },
  {
    letter: 'R6b',
    cause: 'a revoked token, as Bearer',
    rows: ['A6'],
    codes: ['D108'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { bearer: ended(world, 'revokeToken', goodToken(world)) } }),
      (_, world) => ({ login: { bearer: scoped(world, READ) } }),
    ),
  },
  {
    letter: 'R6c',
    cause: 'a revoked access token, as Bearer',
    codes: ['D108'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { bearer: ended(world, 'revokeToken', accessToken(world)) } }),
      (_, world) => ({ login: { bearer: accessToken(world) } }),
    ),
  },
  {
    letter: 'R7',
    cause: 'a token that was cut short, under the e-mail',
    rows: ['A7'],
    codes: ['D109'],
    arrange: ofScript((world) => [EMAIL, goodToken(world).slice(0, -3)]),
  },
  {
    letter: 'R8',
    cause: 'a secret of another system',
    rows: ['A8'],
    codes: ['D122'],
    arrange: ofScript(() => ['alice', randomBytes(24).toString('hex')]),
  },
  {
    letter: 'R8b',
    cause: 'the password of the account',
    rows: ['A8'],
    codes: ['D122'],
    arrange: ofScript(() => ['alice', 'sandbox']),
  },
  {
    letter: 'R9',
    cause: 'an OAuth token after its two hours',
    says: 'asks for a new one with its OAuth consumer',
    rows: ['A9'],
    codes: ['D123'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { bearer: ended(world, 'expireToken', oauthToken(world)) } }),
      (_, world) => ({ login: { bearer: oauthToken(world) } }),
    ),
  },
  {
    letter: 'R9b',
    cause: 'an OAuth token that was revoked, which is answered as a secret that never was one',
    codes: ['D190'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { bearer: ended(world, 'revokeToken', oauthToken(world)) } }),
      (_, world) => ({ login: { bearer: scoped(world, READ) } }),
    ),
  },
  {
    letter: 'R10',
    cause: 'a token that may not read repositories',
    rows: ['A10'],
    codes: ['D105'],
    arrange: ofScript((world) => [EMAIL, scoped(world, 'read:pullrequest:bitbucket')]),
  },
  {
    letter: 'R10b',
    cause: 'a path that needs another scope than its repository',
    rows: ['A10'],
    codes: ['D105'],
    arrange: ofScript((world) => [EMAIL, goodToken(world)], `${APP}/pullrequests`),
  },
  {
    letter: 'R5a',
    cause: 'a token that may write and may not read',
    rows: ['F5'],
    codes: ['D105'],
    arrange: ofScript((world) => [EMAIL, scoped(world, 'write:repository:bitbucket')]),
  },
  {
    letter: 'R5b',
    cause: 'a token that may not read its user, with a tool that asks for the user',
    rows: ['F5'],
    codes: ['D105'],
    // The user is never asked for as a proof, and nothing names a repository (docs/decisions/0003).
    proof: 'left to the build',
    arrange: ofScript((world) => [EMAIL, goodToken(world)], '/2.0/user'),
  },
  {
    letter: 'R11',
    cause: 'a path of API 1.0',
    says: 'Ask https://api.bitbucket.org/2.0/user instead',
    rows: ['A11'],
    codes: ['D124'],
    arrange: ofTool(
      (world) => ({ path: '/1.0/user', login: { username: EMAIL, secret: scoped(world, READ_USER) } }),
      () => ({ path: '/2.0/user' }),
    ),
  },
  {
    letter: 'R11b',
    cause: 'a path without the number of an API',
    says: 'Ask https://api.bitbucket.org/2.0/user instead',
    rows: ['A11'],
    codes: ['D124'],
    arrange: ofTool(
      (world) => ({ path: '/user', login: { bearer: scoped(world, READ_USER) } }),
      () => ({ path: '/2.0/user' }),
    ),
  },
  {
    letter: 'R12',
    cause: 'an access token asks for its user',
    says: 'Check the token with its repository instead',
    rows: ['A12'],
    codes: ['D125'],
    arrange: ofTool(
      (world) => ({ path: '/2.0/user', login: { bearer: accessToken(world) } }),
      () => ({ path: APP }),
    ),
  },
  {
    letter: 'R13',
    cause: 'the right token, and no access to the repository',
    says: 'gives the owner of the token the read permission',
    rows: ['A13'],
    codes: ['D115'],
    arrange: ofScript(
      (world) => [EMAIL, goodToken(world)],
      '/2.0/repositories/acme/secret',
      ({ sandbox }) => sandbox.world.grant('alice', 'acme/secret', 'read'),
    ),
  },
  {
    letter: 'R13b',
    cause: 'the same, where the token may read its user',
    says: 'Check the spelling of acme/ap first',
    rows: ['A13'],
    codes: ['D115'],
    arrange: ofTool(
      (world) => ({ path: '/2.0/repositories/acme/ap', login: { bearer: scoped(world, READ, READ_USER) } }),
      () => ({ path: APP }),
    ),
  },
  {
    letter: 'R15',
    cause: 'the listing of all repositories, which was removed',
    says: 'Ask https://api.bitbucket.org/2.0/repositories/WORKSPACE',
    rows: ['A15', 'F8'],
    codes: ['D127'],
    arrange: ofTool(
      (world) => ({ path: '/2.0/repositories?role=member', login: { username: EMAIL, secret: goodToken(world) } }),
      () => ({ path: '/2.0/repositories/acme?role=member' }),
    ),
  },
  {
    letter: 'R15b',
    cause: 'the listing of all workspaces, asked as Bearer',
    says: 'Ask https://api.bitbucket.org/2.0/user/workspaces',
    rows: ['A15', 'F8'],
    codes: ['D127'],
    arrange: ofTool(
      (world) => ({ path: '/2.0/workspaces', login: { bearer: scoped(world, READ_USER, 'read:workspace:bitbucket') } }),
      () => ({ path: '/2.0/user/workspaces' }),
    ),
  },
  {
    letter: 'R17',
    cause: 'an access token as Basic',
    says: 'in the header "Authorization: Bearer"',
    rows: ['F6', 'F10'],
    codes: ['D117'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { username: 'x-token-auth', secret: accessToken(world) } }),
      (_, world) => ({ login: { bearer: accessToken(world) } }),
    ),
  },
  {
    letter: 'R18',
    cause: 'everything is right, under the e-mail',
    codes: ['D100'],
    arrange: ofScript((world) => [EMAIL, goodToken(world)]),
  },
  {
    letter: 'R18b',
    cause: 'everything is right, as Bearer',
    codes: ['D100'],
    arrange: ofTool(
      (world) => ({ path: APP, login: { bearer: goodToken(world) } }),
      () => ({}),
    ),
  },
]

export const REST_CAUSES_OF_THEIR_OWN: readonly OwnWorldCause[] = [
  {
    letter: 'R5',
    cause: 'Bearer, before 18 August 2026',
    says: 'as Basic, with the e-mail',
    rows: ['A5', 'F6'],
    codes: ['D121'],
    arrange: async (world, name) => {
      world.sandbox.world.setClock('2026-08-03T10:00:00Z')
      const token = goodToken(world)
      return ofTool(
        () => ({ path: APP, login: { bearer: token } }),
        () => ({ login: { username: EMAIL, secret: token } }),
      )(world, name)
    },
  },
  {
    letter: 'R14',
    cause: 'something on the way that drops the Authorization header',
    says: 'It takes the header "Authorization" away',
    rows: ['A14'],
    codes: ['D126'],
    arrange: async (world, name) => {
      world.sandbox.world.injectFault({ kind: 'dropped-authorization', match: 'api.bitbucket.org', times: 24 })
      return untilMended(
        await ofTool(
          () => ({ path: APP, login: { username: EMAIL, secret: goodToken(world) } }),
          () => ({}),
        )(world, name),
      )
    },
  },
  {
    letter: 'R16',
    cause: 'an hour of REST that is used up',
    says: 'Wait up to an hour',
    rows: ['A16'],
    codes: ['D128'],
    switches: { rateLimits: 'published' },
    arrange: async (world, name) => {
      const secret = goodToken(world)
      await useUpTheHour(world, secret)
      return ofScript(() => [EMAIL, secret], APP, anHourPasses)(world, name)
    },
  },
]

/** What disturbs the way goes away by itself after a number of requests. */
export function untilMended(arranged: Case): Case {
  return {
    ...arranged,
    act: async () => {
      for (let tries = 0; tries < 40 && !(await arranged.command()).works; tries++);
    },
  }
}

/** support.atlassian.com/bitbucket-cloud/docs/api-request-limits: 1,000 requests to repositories in a rolling hour. */
async function useUpTheHour({ sandbox }: World, secret: string): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(`${EMAIL}:${secret}`).toString('base64')}` }
  for (let asked = 0; asked < 1_000; asked += 25)
    await Promise.all(
      Array.from({ length: 25 }, async () => (await fetch(`${sandbox.webUrl}${APP}`, { headers })).arrayBuffer()),
    )
}

function anHourPasses({ sandbox: { world } }: World): void {
  world.setClock(new Date(world.now().getTime() + 3_601_000).toISOString())
}
