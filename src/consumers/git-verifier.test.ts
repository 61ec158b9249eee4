import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { testContext } from '../../test/contract/connector.ts'
import {
  jenkinsKeyFiles,
  jenkinsPayload,
  readTree,
  type TemporaryFolder,
  temporaryFolder,
} from '../../test/contract/fixtures.ts'
import type { Consumer } from '../model/consumer.ts'
import type { PlaceRef } from '../model/place.ts'
import { type Context, type HttpReply, NetworkError, type Processes } from '../model/ports.ts'
import type { Operation } from '../model/use.ts'
import { nodeSystem } from '../system/node-system.ts'
import { consumer as gitConfig } from './git-config/index.ts'
import { consumer as gitCredentials } from './git-credentials/index.ts'
import { consumer as jenkinsHome } from './jenkins-home/index.ts'
import { consumer as netrc } from './netrc/index.ts'
import { askpassHandOver, headerHandOver, sweepHandOvers } from './secret-hand-over.ts'

const run = promisify(execFile)
const SENTINEL = 'x-bitbucket-api-token-auth'
const keys = jenkinsKeyFiles()

let sandbox: Sandbox
let folder: TemporaryFolder
let context: Context
let secrets: {
  readonly app: string
  readonly token: string
  readonly readOnly: string
  readonly unscoped: string
  readonly userOnly: string
}
let environment: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox()
  const { world } = sandbox
  world.addUser({ username: 'alice', email: 'alice@example.org' })
  world.addWorkspace('team')
  for (const [slug, isPrivate] of [
    ['app', true],
    ['site', false],
  ] as const) {
    await world.addRepository({ workspace: 'team', slug, isPrivate, files: { 'readme.md': 'x' } })
    world.grant('alice', `team/${slug}`, 'write')
  }
  secrets = {
    app: world.addAppPassword('alice'),
    token: world.addApiToken('alice', {
      name: 'full',
      scopes: ['read:repository:bitbucket', 'write:repository:bitbucket', 'read:user:bitbucket'],
    }),
    readOnly: world.addApiToken('alice', { name: 'read', scopes: ['read:repository:bitbucket'] }),
    userOnly: world.addApiToken('alice', { name: 'user', scopes: ['read:user:bitbucket'] }),
    unscoped: world.addApiToken('alice', { name: 'classic', scopes: 'none' }),
  }
  environment = { PATH: process.env['PATH'] ?? '', ...sandbox.environment() }
  const system = nodeSystem({ environment, ca: readFileSync(sandbox.caFile, 'utf8') })
  context = { ...testContext(environment), system }
})
afterAll(async () => {
  await sandbox?.stop()
  folder?.remove()
})
beforeEach(() => {
  folder?.remove()
  folder = temporaryFolder()
})

function put(name: string, text: string): string {
  const path = join(folder.path, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, 0o600)
  return path
}

interface Kind {
  readonly consumer: Consumer
  readonly address: string
  readonly write: (username: string, secret: string) => string
}

const pair = (username: string, secret: string) => `${encodeURIComponent(username)}:${encodeURIComponent(secret)}`

function cloneWith(config: string): string {
  mkdirSync(join(folder.path, 'clone/.git/refs'), { recursive: true })
  mkdirSync(join(folder.path, 'clone/.git/objects'), { recursive: true })
  put('clone/.git/HEAD', 'ref: refs/heads/main\n')
  return put('clone/.git/config', `[core]\n\trepositoryformatversion = 0\n${config}`)
}

function credentialsXml(username: string, secret: string): string {
  put('secrets/master.key', keys.masterKey.toString())
  writeFileSync(join(folder.path, 'secrets/hudson.util.Secret'), keys.secretFile)
  const type = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const fields = `<id>bb</id><username>${username}</username><password>${jenkinsPayload(secret, keys)}</password>`
  return `<com.cloudbees.plugins.credentials.SystemCredentialsProvider><domainCredentialsMap><entry><d/><list><${type}>${fields}</${type}></list></entry></domainCredentialsMap></com.cloudbees.plugins.credentials.SystemCredentialsProvider>`
}

const KINDS: Readonly<Record<string, Kind>> = {
  '.netrc': {
    consumer: netrc,
    address: 'machine/bitbucket.org',
    write: (username, secret) => put('.netrc', `machine bitbucket.org login ${username} password ${secret}\n`),
  },
  '_netrc, which git does not read here': {
    consumer: netrc,
    address: 'machine/bitbucket.org',
    write: (username, secret) => put('_netrc', `machine bitbucket.org login ${username} password ${secret}\n`),
  },
  '.git-credentials': {
    consumer: gitCredentials,
    address: 'bitbucket.org',
    write: (username, secret) => put('.git-credentials', `https://${pair(username, secret)}@bitbucket.org\n`),
  },
  'a remote of a clone': {
    consumer: gitConfig,
    address: 'remote.origin.url',
    write: (username, secret) =>
      cloneWith(`[remote "origin"]\n\turl = https://${pair(username, secret)}@bitbucket.org/team/app.git\n`),
  },
  'insteadOf in .gitconfig': {
    consumer: gitConfig,
    address: 'url.insteadOf/bb:',
    write: (username, secret) =>
      put('.gitconfig', `[url "https://${pair(username, secret)}@bitbucket.org/"]\n\tinsteadOf = bb:\n`),
  },
  'extraHeader in a clone': {
    consumer: gitConfig,
    address: 'http.https://bitbucket.org/.extraHeader',
    write: (username, secret) =>
      cloneWith(
        `[http "https://bitbucket.org/"]\n\textraHeader = Authorization: Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}\n`,
      ),
  },
  'a Jenkins home': {
    consumer: jenkinsHome,
    address: 'system/_/bb',
    write: (username, secret) => put('credentials.xml', credentialsXml(username, secret)),
  },
}

async function verify(kind: Kind, path: string, operation: Operation, slug?: string) {
  const answer = await answerTo(kind, path, operation, slug)
  return answer.kind === 'yes' ? 'yes' : answer.reason
}

async function answerTo(kind: Kind, path: string, operation: Operation, slug?: string) {
  const place: PlaceRef = { id: 'p1', consumer: kind.consumer.id, at: { kind: 'file', path }, address: kind.address }
  const repository = slug === undefined ? {} : { repository: { workspace: 'team', slug } }
  const answer = await kind.consumer.verifier?.verify(place, { operation, by: 'test', ...repository }, context)
  if (answer === undefined) throw new Error('no verifier')
  return answer
}

describe.each(Object.entries(KINDS))('%s', (_, kind) => {
  test('a good token is proved for fetching and pushing, and the files stay as they were', async () => {
    const path = kind.write(SENTINEL, secrets.token)
    const before = readTree(folder.path)
    expect(await verify(kind, path, 'git-fetch', 'app')).toBe('yes')
    expect(await verify(kind, path, 'git-push', 'app')).toBe('yes')
    expect(readTree(folder.path)).toEqual(before)
  })

  test('refusals are told apart, and nothing is erased from the files by them', async () => {
    const path = kind.write('alice', secrets.app)
    const before = readTree(folder.path)
    expect(await verify(kind, path, 'git-fetch', 'app')).toBe('app password removed')
    expect(readTree(folder.path)).toEqual(before)
    kind.write('alice@example.org', secrets.token)
    const wrongName = readTree(folder.path)
    expect(await verify(kind, path, 'git-fetch', 'app')).toBe('unauthorized')
    expect(readTree(folder.path)).toEqual(wrongName)
  })
})

const ofWww = (address: string, consumer: Consumer, write: Kind['write']): Kind => ({ address, consumer, write })

test.each<Kind>([
  ofWww('machine/www.bitbucket.org', netrc, (username, secret) =>
    put('.netrc', `machine www.bitbucket.org login ${username} password ${secret}\n`),
  ),
  ofWww('www.bitbucket.org', gitCredentials, (username, secret) =>
    put('.git-credentials', `https://${pair(username, secret)}@www.bitbucket.org\n`),
  ),
  ofWww('remote.origin.url', gitConfig, (username, secret) =>
    cloneWith(`[remote "origin"]\n\turl = https://${pair(username, secret)}@www.bitbucket.org/team/app.git\n`),
  ),
])(
  'of www.bitbucket.org, $address, a good token is not called proved: git is sent on and leaves it behind',
  async (kind) => {
    const path = kind.write(SENTINEL, secrets.token)
    const answer = await answerTo(kind, path, 'git-fetch', 'app')
    expect([answer.kind, answer.evidence.answered]).toEqual([
      'unknown',
      expect.stringContaining('redirects to bitbucket.org'),
    ])
    const home = {
      ...environment,
      HOME: folder.path,
      GIT_CONFIG_GLOBAL: put('settings', '[credential]\n\thelper = store\n'),
    }
    const remote = kind.consumer === gitConfig ? 'origin' : 'https://www.bitbucket.org/team/app.git'
    const clone = kind.consumer === gitConfig ? dirname(dirname(path)) : folder.path
    const asked = run('git', ['ls-remote', remote], { cwd: clone, env: { ...home, GIT_TERMINAL_PROMPT: '0' } })
    await expect(asked).rejects.toMatchObject({ code: 128 })
  },
)

const store = KINDS['.git-credentials'] as Kind

test('a read-only token fetches and does not push', async () => {
  const path = store.write(SENTINEL, secrets.readOnly)
  expect(await verify(store, path, 'git-fetch', 'app')).toBe('yes')
  expect(await verify(store, path, 'git-push', 'app')).toBe('scope missing')
})

test('a public repository proves a token only through the push service', async () => {
  expect(await verify(store, store.write('alice', secrets.app), 'git-fetch', 'site')).toBe('app password removed')
  expect(await verify(store, store.write(SENTINEL, secrets.readOnly), 'git-fetch', 'site')).toBe('yes')
})

test('a repository that is not there, and no repository at all', async () => {
  const path = store.write(SENTINEL, secrets.token)
  expect(await verify(store, path, 'git-fetch', 'nowhere')).not.toBe('yes')
  expect(await verify(store, path, 'git-fetch')).toBe('not asked')
})

test('REST wants the e-mail, and says why it refuses', async () => {
  const api: Kind = {
    consumer: netrc,
    address: 'machine/api.bitbucket.org',
    write: (username, secret) => put('.netrc', `machine api.bitbucket.org login ${username} password ${secret}\n`),
  }
  expect(await verify(api, api.write('alice@example.org', secrets.token), 'rest', 'app')).toBe('yes')
  expect(await verify(api, api.write('alice@example.org', secrets.token), 'rest')).toBe('not asked')
  expect(await verify(api, api.write('alice@example.org', secrets.userOnly), 'rest', 'app')).toBe('scope missing')
  expect(await verify(api, api.write('alice@example.org', secrets.unscoped), 'rest', 'app')).toBe('no Bitbucket scopes')
  expect(await verify(api, api.write('alice', secrets.token), 'rest', 'app')).toBe('username is not the e-mail')
  expect(await verify(api, api.write('alice', secrets.app), 'rest', 'app')).toBe('app password removed')
})

test('a good credential that git passes over is not said to be refused', async () => {
  const path = store.write(SENTINEL, secrets.token)
  put('.gitconfig', '[credential "https://bitbucket.org"]\n\tusername = alice\n')
  expect(await answerTo(store, path, 'git-fetch', 'app')).toMatchObject({
    reason: 'unexpected reply',
    evidence: { answered: expect.stringMatching(/keyturn doctor https:\/\/bitbucket\.org\/team\/app\.git$/) },
  })
  store.write('nobody', secrets.app)
  expect(await verify(store, path, 'git-fetch', 'app')).toBe('app password removed')
})

test('a second entry of the same host is judged by itself, not by the first one that git reads', async () => {
  const text = `machine bitbucket.org login alice password ${secrets.app}\nmachine bitbucket.org login ${SENTINEL} password ${secrets.token}\n`
  const second: Kind = { consumer: netrc, address: 'machine/bitbucket.org#2', write: () => put('.netrc', text) }
  expect(await verify(second, second.write('', ''), 'git-fetch', 'app')).toBe('yes')
})

test('a configuration that turns certificates off is not followed', async () => {
  const path = store.write(SENTINEL, secrets.token)
  const { GIT_SSL_CAINFO: _ca, ...untrusting } = environment
  const system = nodeSystem({
    environment: { ...untrusting, GIT_SSL_NO_VERIFY: '1' },
    ca: readFileSync(sandbox.caFile, 'utf8'),
  })
  put('.gitconfig', '[http]\n\tsslVerify = false\n[http "https://bitbucket.org"]\n\tsslVerify = false\n')
  const place: PlaceRef = { id: 'p', consumer: store.consumer.id, at: { kind: 'file', path }, address: store.address }
  const use = { operation: 'git-fetch', by: 'test', repository: { workspace: 'team', slug: 'app' } } as const
  expect(await store.consumer.verifier?.verify(place, use, { ...context, system })).toMatchObject({
    kind: 'unknown',
    reason: 'network',
  })
})

describe('another credential does not answer for the place:', () => {
  const basic = () => Buffer.from(`${SENTINEL}:${secrets.token}`).toString('base64')
  const withToken = () => `https://${pair(SENTINEL, secrets.token)}@bitbucket.org/`
  const use = { operation: 'git-fetch', by: 'test', repository: { workspace: 'team', slug: 'app' } } as const
  const kinds = Object.entries(KINDS).filter(([, { consumer }]) => consumer !== gitConfig)
  const refused = async ({ consumer, address, write }: Kind, more: Readonly<Record<string, string>> = {}) => {
    const place: PlaceRef = {
      id: 'p',
      consumer: consumer.id,
      at: { kind: 'file', path: write('alice', secrets.unscoped) },
      address,
    }
    const system = nodeSystem({ environment: { ...environment, ...more }, ca: readFileSync(sandbox.caFile, 'utf8') })
    const answer = await consumer.verifier?.verify(place, use, { ...context, system })
    expect(answer?.kind).toBe('no')
  }
  const started = process.cwd()
  afterEach(() => process.chdir(started))

  test.each(kinds)('%s, started in a clone with a URL and a header of its own', async (_, kind) => {
    const clone = temporaryFolder()
    mkdirSync(join(clone.path, '.git/refs'), { recursive: true })
    mkdirSync(join(clone.path, '.git/objects'))
    writeFileSync(join(clone.path, '.git/HEAD'), 'ref: refs/heads/main\n')
    const config = `[core]\n\trepositoryformatversion = 0\n[url "${withToken()}"]\n\tinsteadOf = https://bitbucket.org/\n[http "https://bitbucket.org/"]\n\textraHeader = Authorization: Basic ${basic()}\n`
    writeFileSync(join(clone.path, '.git/config'), config)
    process.chdir(clone.path)
    await refused(kind)
    process.chdir(started)
    clone.remove()
  })

  test.each(kinds)('%s, with settings in the environment', async (_, kind) => {
    await refused(kind, {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: `url.${withToken()}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://bitbucket.org/',
      GIT_CONFIG_KEY_1: 'http.https://bitbucket.org/.extraHeader',
      GIT_CONFIG_VALUE_1: `Authorization: Basic ${basic()}`,
    })
  })

  test.each(kinds)('%s, from a folder that somebody may make yet', async (_, kind) => {
    const { processes } = context.system
    const outside: string[] = []
    const run: Processes['run'] = (request) => {
      for (const name of ['GIT_DIR', 'HOME', 'GIT_CONFIG_GLOBAL']) {
        const path = request.environment[name]
        if (path !== undefined && path !== '/dev/null' && !path.startsWith(tmpdir())) outside.push(path)
      }
      return processes.run(request)
    }
    const { consumer, address, write } = kind
    const at = { kind: 'file', path: write(SENTINEL, secrets.token) } as const
    const system = { ...context.system, processes: { ...processes, run } }
    await consumer.verifier?.verify({ id: 'p1', consumer: consumer.id, at, address }, use, { ...context, system })
    expect(outside).toEqual([])
  })

  test('a store beside a header of the same user is judged by itself', async () => {
    put('.gitconfig', `[http "https://bitbucket.org/"]\n\textraHeader = Authorization: Basic ${basic()}\n`)
    await refused(store)
  })
})

test('one 401 by chance is asked again', async () => {
  const path = store.write(SENTINEL, secrets.token)
  const http = context.system.http
  let count = 0
  const flaky: Context = {
    ...context,
    system: {
      ...context.system,
      http: {
        send: async (request) => {
          const reply = await http.send(request)
          return request.headers?.['authorization'] !== undefined && count++ === 0 ? { ...reply, status: 401 } : reply
        },
      },
    },
  }
  const place: PlaceRef = { id: 'p', consumer: store.consumer.id, at: { kind: 'file', path }, address: store.address }
  const use = { operation: 'git-push', by: 'test', repository: { workspace: 'team', slug: 'app' } } as const
  expect(await store.consumer.verifier?.verify(place, use, flaky)).toMatchObject({ kind: 'yes' })
})

/** Something in between answers in place of Bitbucket, over HTTP. */
function instead(reply: HttpReply | NetworkError): Context {
  const send = async (): Promise<HttpReply> => {
    if (reply instanceof NetworkError) throw reply
    return reply
  }
  return { ...context, system: { ...context.system, http: { send } } }
}

const page = (status: number): HttpReply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: Buffer.from('<html><title>Sign in to the network</title></html>'),
})
const plain = (status: number): HttpReply => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('try again later'),
})

describe.each(['git-fetch', 'git-push', 'rest'] as const)('%s, when something else answers', (operation) => {
  const api = operation === 'rest'
  const kind: Kind = {
    consumer: netrc,
    address: api ? 'machine/api.bitbucket.org' : 'machine/bitbucket.org',
    write: (username, secret) =>
      put('.netrc', `machine ${api ? 'api.' : ''}bitbucket.org login ${username} password ${secret}\n`),
  }

  test.each([
    ['a page of a proxy with status 200', page(200), 'unexpected reply'],
    ['a page of a proxy with status 403', page(403), 'unexpected reply'],
    ['a page of a proxy with status 404', page(404), 'unexpected reply'],
    ['500', plain(500), 'unexpected reply'],
    ['503', plain(503), 'unexpected reply'],
    ['429', plain(429), 'rate limited'],
    ['a network that is cut', new NetworkError('other', 'the connection was closed'), 'network'],
    ['nothing in time', new NetworkError('timed out', 'no reply'), 'timed out'],
  ])('%s is neither a proof nor a refusal', async (_, reply, reason) => {
    const path = kind.write(api ? 'alice@example.org' : SENTINEL, secrets.token)
    const place: PlaceRef = { id: 'p', consumer: 'netrc', at: { kind: 'file', path }, address: kind.address }
    const use = { operation, by: 'test', repository: { workspace: 'team', slug: 'app' } }
    expect(await kind.consumer.verifier?.verify(place, use, instead(reply))).toMatchObject({ kind: 'unknown', reason })
  })
})

test('a page with status 200 for the public repository, and for nothing else, is not taken for one that anybody may read', async () => {
  const path = store.write(SENTINEL, secrets.token)
  const place: PlaceRef = { id: 'p', consumer: store.consumer.id, at: { kind: 'file', path }, address: store.address }
  const use = { operation: 'git-fetch', by: 'test', repository: { workspace: 'team', slug: 'app' } } as const
  const answer = await store.consumer.verifier?.verify(place, use, instead(page(200)))
  expect(answer?.evidence.answered).toBe('200, a page that is not of Bitbucket: something in between has answered')
})

describe('files of a proof whose process was killed', () => {
  const left = (processes: Processes, id: number): readonly string[] => {
    const mark = createHash('sha256').update(processes.host).digest('hex').slice(0, 8)
    return ['pass.sh', 'password.txt', 'header.config'].map(
      (end) => `keyturn-git-${mark}-${id}-${'ab'.repeat(12)}-${end}`,
    )
  }
  const GONE = 4_194_304 // more than any process has

  test('are removed by the next sweep; those of a living one, of another machine and of others stay', async () => {
    const temporary = join(folder.path, 'temporary')
    mkdirSync(temporary)
    const system = nodeSystem({ environment: { ...environment, TMPDIR: temporary } })
    const parent = process.ppid
    const staying = [
      ...left(system.processes, parent),
      ...left(system.processes, process.pid),
      ...left({ ...system.processes, host: 'another' }, GONE),
      'keyturn-git-notes.txt',
      'password.txt',
    ].sort()
    for (const name of [...staying, ...left(system.processes, GONE)]) writeFileSync(join(temporary, name), 'x')
    await sweepHandOvers(system)
    expect(readdirSync(temporary).sort()).toEqual(staying)
  })

  test('nothing is followed that is no file', async () => {
    const temporary = join(folder.path, 'temporary')
    mkdirSync(temporary)
    const system = nodeSystem({ environment: { ...environment, TMPDIR: temporary } })
    const [link = '', inner = ''] = left(system.processes, GONE)
    symlinkSync(folder.path, join(temporary, link))
    mkdirSync(join(temporary, inner))
    await sweepHandOvers(system)
    expect(readdirSync(temporary)).toHaveLength(2)
    await sweepHandOvers(nodeSystem({ environment: { TMPDIR: join(folder.path, 'nowhere') } }))
  })

  test('carry the name of the process, so that the sweep knows them', async () => {
    const temporary = join(folder.path, 'temporary')
    mkdirSync(temporary)
    const system = nodeSystem({ environment: { ...environment, TMPDIR: temporary } })
    const pair = { username: SENTINEL, password: secrets.token }
    const url = 'https://bitbucket.org/team/app.git'
    const place = {
      id: 'p',
      consumer: 'netrc',
      at: { kind: 'file', path: '' },
      address: '',
      host: '',
      uses: [],
    } as const
    const use = { operation: 'git-fetch', by: 'test' } as const
    const request = { pair, url, place, use, context: { ...context, system } }
    await askpassHandOver(request)
    await headerHandOver(request, 'Basic x')
    const dead = { ...system, processes: { ...system.processes, ownId: GONE, isRunning: () => false } }
    expect(readdirSync(temporary)).toHaveLength(4)
    await sweepHandOvers(dead)
    expect(readdirSync(temporary)).toEqual([])
  })
})

test('the askpass files of a Jenkins proof are gone afterwards', async () => {
  const kind = KINDS['a Jenkins home'] as Kind
  const temporary = join(folder.path, 'temporary')
  mkdirSync(temporary)
  const path = kind.write(SENTINEL, secrets.token)
  const system = nodeSystem({
    environment: { ...environment, TMPDIR: temporary },
    ca: readFileSync(sandbox.caFile, 'utf8'),
  })
  const place: PlaceRef = { id: 'p', consumer: kind.consumer.id, at: { kind: 'file', path }, address: kind.address }
  const use = { operation: 'git-fetch', by: 'test', repository: { workspace: 'team', slug: 'app' } } as const
  expect(await kind.consumer.verifier?.verify(place, use, { ...context, system })).toMatchObject({ kind: 'yes' })
  expect(readdirSync(temporary)).toEqual([])
})

describe('real readers of a changed file', () => {
  const change = async (kind: Kind, path: string) => {
    const place: PlaceRef = { id: 'p', consumer: kind.consumer.id, at: { kind: 'file', path }, address: kind.address }
    const connector = kind.consumer.connector
    const state = await connector?.read(place, context)
    if (connector === undefined || state?.kind !== 'present') throw new Error('the place is absent')
    const next = { username: { set: SENTINEL }, secret: { set: context.seal(secrets.token) } } as const
    const staged = await connector.stageReplace(place, state.digest, next, context)
    if (staged.kind === 'conflict') throw new Error('conflict')
    await staged.commit()
  }

  test('curl presents the new pair of a netrc', async () => {
    const kind = KINDS['.netrc'] as Kind
    const path = kind.write('alice', secrets.app)
    await change(kind, path)
    const url = 'https://bitbucket.org/team/app.git/info/refs?service=git-receive-pack'
    const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--netrc-file', path, url], {
      env: environment,
    })
    expect(stdout).toBe('200')
    expect(sandbox.requests.at(-1)?.authorization).toMatchObject({ scheme: 'basic', username: SENTINEL })
  })

  test('git-credential-store gives the new pair of its file', async () => {
    const path = store.write('alice', secrets.app)
    await change(store, path)
    const asking = run('git', ['credential-store', `--file=${path}`, 'get'], { env: environment })
    asking.child.stdin?.end('protocol=https\nhost=bitbucket.org\n\n')
    expect((await asking).stdout).toBe(`username=${SENTINEL}\npassword=${secrets.token}\n`)
  })

  test('git reads the new URL and the new header of a configuration', async () => {
    for (const [name, key] of [
      ['a remote of a clone', 'remote.origin.url'],
      ['extraHeader in a clone', 'http.https://bitbucket.org/.extraHeader'],
    ] as const) {
      folder.remove()
      folder = temporaryFolder()
      const kind = KINDS[name] as Kind
      const path = kind.write('alice', secrets.app)
      await change(kind, path)
      const { stdout } = await run('git', ['config', '-f', path, key], { env: environment })
      const header = `Authorization: Basic ${Buffer.from(`${SENTINEL}:${secrets.token}`).toString('base64')}`
      expect(stdout.trim()).toBe(
        key.startsWith('remote') ? `https://${pair(SENTINEL, secrets.token)}@bitbucket.org/team/app.git` : header,
      )
    }
  })
})
