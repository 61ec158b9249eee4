import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { testContext } from '../../test/contract/connector.ts'
import { readTree, type TemporaryFolder, temporaryFolder } from '../../test/contract/fixtures.ts'
import { scopesOfUse, withReading } from '../bitbucket/scopes.ts'
import type { Answer } from '../model/answer.ts'
import type { Connector } from '../model/consumer.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Context, ProcessRequest } from '../model/ports.ts'
import type { Use } from '../model/use.ts'
import { nodeSystem } from '../system/node-system.ts'
import { fieldVerifier } from './field-verifier.ts'
import { fileConnector } from './file-connector.ts'
import { consumers } from './registry.ts'

const SENTINEL = 'x-bitbucket-api-token-auth'
const EMAIL = 'alice@example.org'

let sandbox: Sandbox
let folder: TemporaryFolder
let context: Context
let processes: ProcessRequest[]
let secrets: {
  readonly app: string
  readonly token: string
  readonly readOnly: string
  readonly pulls: string
  readonly access: string
}

beforeAll(async () => {
  sandbox = await startSandbox()
  const { world } = sandbox
  world.addUser({ username: 'alice', email: EMAIL })
  world.addWorkspace('team')
  for (const [slug, isPrivate] of [
    ['app', true],
    ['site', false],
  ] as const) {
    await world.addRepository({ workspace: 'team', slug, isPrivate, files: { 'readme.md': 'x' } })
    world.grant('alice', `team/${slug}`, 'admin')
  }
  const scopes = ['read:repository:bitbucket', 'write:repository:bitbucket']
  secrets = {
    app: world.addAppPassword('alice'),
    token: world.addApiToken('alice', { name: 'full', scopes }),
    readOnly: world.addApiToken('alice', { name: 'read', scopes: ['read:repository:bitbucket'] }),
    pulls: world.addApiToken('alice', {
      name: 'pulls',
      scopes: ['read:repository:bitbucket', 'read:pullrequest:bitbucket'],
    }),
    access: world.addAccessToken({
      resource: 'team/app',
      name: 'ci',
      scopes: ['repository', 'repository:write'],
    }),
  }
})
afterAll(() => sandbox?.stop())
beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'temporary'))
  processes = []
  const environment = {
    PATH: process.env['PATH'] ?? '',
    ...sandbox.environment(),
    TMPDIR: join(folder.path, 'temporary'),
  }
  const system = nodeSystem({ environment, ca: readFileSync(sandbox.caFile, 'utf8') })
  const run = (request: ProcessRequest) => {
    processes.push(request)
    return system.processes.run(request)
  }
  context = {
    ...testContext(environment),
    system: { ...system, processes: { ...system.processes, environment: system.processes.environment, run } },
  }
})
afterEach(() => folder.remove())

/** Reads the places that the detector of a consumer finds; a proof changes nothing, so nothing here can. */
function readingConnector(id: string): Connector {
  const detector = consumers.find((consumer) => consumer.id === id)?.detector
  if (detector === undefined) throw new Error(`${id} has no detector`)
  return fileConnector({
    detector,
    locate: (document, address) => detector.detect(document).places.find((place) => place.address === address),
    edits: () => [],
  })
}

interface Written {
  readonly consumer: string
  readonly path: string
  readonly text: string
}

/** Proves the only place of a file for a use; the answer in one word, and the evidence. */
async function prove({ consumer, path, text }: Written, use: Omit<Use, 'by'>): Promise<string> {
  return wordOf(await answerFor({ consumer, path, text }, use))
}

function wordOf(answer: Answer): string {
  return answer.kind === 'yes' ? 'yes' : answer.reason
}

async function answerFor(
  { consumer, path, text }: Written,
  use: Omit<Use, 'by'> & Partial<Pick<Use, 'by'>>,
): Promise<Answer> {
  const file = join(folder.path, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, 0o600)
  const detector = consumers.find(({ id }) => id === consumer)?.detector
  const places = detector?.detect({
    path: file,
    bytes: Buffer.from(text),
    seal: context.seal,
    companion: () => undefined,
  }).places
  const [place] = places ?? []
  if (place === undefined || places?.length !== 1) throw new Error(`${places?.length} places in ${path}`)
  const ref: PlaceRef = { id: 'p', consumer, at: { kind: 'file', path: file }, address: place.address }
  const before = readTree(folder.path)
  const answer = await fieldVerifier(readingConnector(consumer)).verify(ref, { by: 'test', ...use }, context)
  expect(readTree(folder.path)).toEqual(before)
  return answer
}

const APP = { workspace: 'team', slug: 'app' }
const SITE = { workspace: 'team', slug: 'site' }
const FETCH = { operation: 'git-fetch', repository: APP } as const
const PUSH = { operation: 'git-push', repository: APP } as const
const REST = { operation: 'rest', repository: APP } as const
const WEB = { operation: 'web', repository: APP } as const

const base64 = (text: string) => Buffer.from(text).toString('base64')

const url = (username: string, secret: string): Written => ({
  consumer: 'url-userinfo',
  path: 'deploy.sh',
  text: `git clone https://${encodeURIComponent(username)}:${encodeURIComponent(secret)}@bitbucket.org/team/app.git\n`,
})
const header = (username: string, secret: string): Written => ({
  consumer: 'http-header',
  path: 'fetch.sh',
  text: `git -c http.https://bitbucket.org/.extraHeader="Authorization: Basic ${base64(`${username}:${secret}`)}" fetch\n`,
})
const bearer = (secret: string): Written => ({
  consumer: 'http-header',
  path: 'call.sh',
  text: `curl -H "Authorization: Bearer ${secret}" https://api.bitbucket.org/2.0/repositories/team/app\n`,
})
const bundler = (pair: string): Written => ({
  consumer: 'bundler',
  path: 'ci.env',
  text: `BUNDLE_BITBUCKET__ORG=${pair}\n`,
})
const notification = (username: string, secret: string): Written => ({
  consumer: 'flux-notification',
  path: 'provider.yaml',
  text: [
    'apiVersion: notification.toolkit.fluxcd.io/v1beta3',
    'kind: Provider',
    'metadata:',
    '  name: bitbucket',
    'spec:',
    '  type: bitbucket',
    '  address: https://bitbucket.org/team/app',
    '  secretRef:',
    '    name: bitbucket-token',
    '---',
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    '  name: bitbucket-token',
    'stringData:',
    `  token: "${username}:${secret}"`,
    '',
  ].join('\n'),
})

describe('a file of git inside another document', () => {
  test.each([
    ['netrc', '.netrc', (name: string, secret: string) => `machine bitbucket.org login ${name} password ${secret}\n`],
    [
      'git-config',
      '.gitconfig',
      (name: string, secret: string) =>
        `[http "https://bitbucket.org/"]\n\textraHeader = Authorization: Basic ${base64(`${name}:${secret}`)}\n`,
    ],
    [
      'git-credentials',
      '.git-credentials',
      (name: string, secret: string) => `https://${name}:${secret}@bitbucket.org\n`,
    ],
  ])('is proved by its own consumer: %s', async (id, name, write) => {
    const consumer = consumers.find((one) => one.id === id)
    const ask = async (username: string): Promise<string> => {
      const path = join(folder.path, 'secret.yaml')
      const bytes = Buffer.from(
        `kind: Secret\ndata:\n  ${name}: |\n    ${base64(write(username, secrets.token)).replaceAll(/.{60}/g, '$&\n    ')}\n`,
      )
      writeFileSync(path, bytes)
      const document = { path, bytes, seal: context.seal, companion: () => undefined }
      const [place] = consumer?.detector?.detectNested?.(document).places ?? []
      if (place === undefined || consumer?.verifier === undefined) throw new Error(`${id} finds nothing`)
      const ref: PlaceRef = { id: 'p', consumer: id, at: place.at, address: place.address }
      return wordOf(await consumer.verifier.verify(ref, { by: 'test', ...FETCH }, context))
    }
    expect(await ask(SENTINEL)).toBe('yes')
    expect(await ask(EMAIL)).toBe('unauthorized')
  })
})

describe('git', () => {
  test.each([
    ['a URL in a script', url],
    ['a Basic header in a script', header],
    ['a pair in one variable', (username: string, secret: string) => bundler(`${username}:${secret}`)],
  ])('%s: a good token fetches and pushes; refusals are told apart', async (_, written) => {
    expect(await prove(written(SENTINEL, secrets.token), FETCH)).toBe('yes')
    expect(await prove(written(SENTINEL, secrets.token), PUSH)).toBe('yes')
    expect(await prove(written(SENTINEL, secrets.readOnly), PUSH)).toBe('scope missing')
    expect(await prove(written(EMAIL, secrets.token), FETCH)).toBe('unauthorized')
    expect(await prove(written('alice', secrets.app), FETCH)).toBe('app password removed')
    expect(await prove(written('alice', secrets.app), PUSH)).toBe('app password removed')
  })

  test('a pair in a variable is split at its first colon, also by what only its name says', async () => {
    const auth = (pair: string): Written => ({
      consumer: 'variables',
      path: '.env',
      text: `BB_AUTH_STRING="${pair}"\n`,
    })
    expect(await prove(auth(`${SENTINEL}:${secrets.token}`), FETCH)).toBe('yes')
    expect(await prove(auth(`${EMAIL}:${secrets.token}`), FETCH)).toBe('unauthorized')
    expect(await prove(auth(`${EMAIL}:${secrets.token}`), REST)).toBe('yes')
  })

  test('a public repository proves a token only through the push service', async () => {
    expect(await prove(url('alice', secrets.app), { ...FETCH, repository: SITE })).toBe('app password removed')
    expect(await prove(url(SENTINEL, secrets.readOnly), { ...FETCH, repository: SITE })).toBe('yes')
  })

  test('an access token is fetched with under its name', async () => {
    expect(await prove(url('x-token-auth', secrets.access), FETCH)).toBe('yes')
  })

  test('the name that Branch Source puts in for git is told, not the e-mail alone, which git refuses', async () => {
    const casc: Written = {
      consumer: 'jenkins-casc',
      path: 'casc.yaml',
      text: `credentials: { system: { domainCredentials: [ { credentials: [ { usernamePassword: { id: bitbucket, username: ${EMAIL}, password: ${secrets.token} } } ] } ] } }\n`,
    }
    const answer = await answerFor(casc, { ...FETCH, by: 'job app (Branch Source)' })
    expect(answer.kind).toBe('yes')
    expect(answer.evidence.asked).toContain(`git ls-remote, ${SENTINEL} in place of ${EMAIL} of credentials.system`)
  })

  test('a use without a repository is not asked, and the answer says what to do', async () => {
    const answer = await answerFor(url(SENTINEL, secrets.token), { operation: 'git-fetch' })
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'not asked' })
    expect(answer.evidence.answered).toContain('--repository WORKSPACE/NAME')
  })

  test('a token without a username is asked under the name of its kind: a refusal counts, an acceptance proves no place', async () => {
    const alone = (secret: string): Written => ({ consumer: 'token', path: 'notes.txt', text: `bitbucket ${secret}\n` })
    expect(await prove(alone(secrets.readOnly), PUSH)).toBe('scope missing')
    expect(await prove(alone(secrets.app), FETCH)).toBe('not asked')
    const answer = await answerFor(alone(secrets.token), FETCH)
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'not asked' })
    expect(answer.evidence.answered).toContain(SENTINEL)
  })

  test('a token alone in a URL is sent as git sends it: as the username', async () => {
    const alone: Written = {
      consumer: 'url-userinfo',
      path: 'c.sh',
      text: `git clone https://${encodeURIComponent(secrets.token)}@bitbucket.org/team/app.git\n`,
    }
    expect(await prove(alone, FETCH)).toBe('unauthorized')
    const asked = sandbox.requests.at(-1)?.authorization
    expect(asked).toMatchObject({ scheme: 'basic' })
    expect(JSON.stringify(asked)).not.toContain(SENTINEL)
  })
})

describe('REST', () => {
  test('a pair is sent as Basic: the e-mail is accepted, the name of git is not', async () => {
    expect(await prove(notification(EMAIL, secrets.token), REST)).toBe('yes')
    expect(await prove(notification('alice', secrets.token), REST)).toBe('username is not the e-mail')
    expect(await prove(notification('alice', secrets.app), REST)).toBe('app password removed')
  })

  test('a header is sent as it is written', async () => {
    expect(await prove(bearer(secrets.token), REST)).toBe('yes')
    expect(sandbox.requests.at(-1)?.authorization).toMatchObject({ scheme: 'bearer' })
    expect(await prove(bearer(secrets.access), REST)).toBe('yes')
    expect(await prove(header(EMAIL, secrets.token), REST)).toBe('yes')
    expect(sandbox.requests.at(-1)?.authorization).toMatchObject({ scheme: 'basic', username: EMAIL })
  })

  test('it is asked for the repository, or for the workspace, and never for the user', async () => {
    const from = sandbox.requests.length
    expect(await prove(bearer(secrets.token), REST)).toBe('yes')
    expect(await prove(bearer(secrets.token), { operation: 'rest', workspace: 'team' })).toBe('yes')
    expect(await prove(bearer(secrets.token), { operation: 'rest' })).toBe('not asked')
    const asked = sandbox.requests.slice(from).map(({ path }) => path)
    expect(asked).toEqual(['/2.0/repositories/team/app', '/2.0/repositories/team?pagelen=1'])
  })

  test('a tool of pull requests is asked for pull requests', async () => {
    const renovate = (secret: string): Written => ({
      consumer: 'renovate',
      path: 'renovate.env',
      text: `RENOVATE_PLATFORM=bitbucket\nRENOVATE_USERNAME=${EMAIL}\nRENOVATE_PASSWORD=${secret}\n`,
    })
    expect(await prove(renovate(secrets.pulls), REST)).toBe('yes')
    expect(await prove(renovate(secrets.readOnly), REST)).toBe('scope missing')
  })

  test.each<[Pick<Use, 'resource' | 'access'>, string]>([
    [{ resource: 'pull request' }, 'yes'],
    [{ resource: 'pull request comment', access: 'write' }, 'yes'],
    [{ resource: 'build status', access: 'write' }, 'yes'],
    [{ resource: 'webhook', access: 'delete' }, 'yes'],
    [{ resource: 'pipeline variable', access: 'write' }, 'yes'],
    [{ resource: 'access key', access: 'write' }, 'yes'],
    [{ resource: 'repository permissions', access: 'write' }, 'yes'],
    [{ resource: 'workspace' }, 'yes'],
    [{ resource: 'user' }, 'yes'],
    // Nothing that can be asked takes these alone.
    [{ resource: 'ssh key' }, 'not asked'],
    [{ resource: 'repository itself', access: 'write' }, 'not asked'],
  ])('the scopes that a plan asks for are enough to prove %j', async (asked, outcome) => {
    const use = { ...REST, ...asked }
    const token = sandbox.world.addApiToken('alice', { name: 'least', scopes: withReading(scopesOfUse(use)) })
    expect(await prove(bearer(token), use)).toBe(outcome)
  })

  test('what a credential has no scope for is not proved by what it has one for', async () => {
    expect(await prove(bearer(secrets.token), { ...REST, resource: 'pull request' })).toBe('scope missing')
    expect(await prove(bearer(secrets.token), { ...REST, resource: 'commit note', access: 'write' })).toBe('yes')
    expect(await prove(bearer(secrets.pulls), { ...REST, resource: 'pull request', access: 'write' })).toBe('not asked')
  })

  test('what writes is not proved by reading', async () => {
    expect(await prove(bearer(secrets.readOnly), { ...REST, access: 'write' })).toBe('not asked')
    expect(await prove(bearer(secrets.token), { ...REST, access: 'write' })).toBe('yes')
  })
})

describe('downloads from the web host', () => {
  test('they take the names of REST; the login page is a refusal', async () => {
    expect(await prove(url(EMAIL, secrets.token), WEB)).toBe('yes')
    expect(await prove(url(SENTINEL, secrets.token), WEB)).toBe('unauthorized')
    expect(await prove(url('alice', secrets.app), WEB)).not.toBe('yes')
  })

  test('anybody may download from a public repository', async () => {
    const answer = await answerFor(url(EMAIL, secrets.token), { ...WEB, repository: SITE })
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'not asked' })
  })
})

test('no secret stands in arguments or environments, and no file is left', async () => {
  for (const written of [url, header]) await prove(written(SENTINEL, secrets.token), FETCH)
  expect(processes.length).toBeGreaterThan(0)
  const said = processes.flatMap(({ args, environment }) => [...args, ...Object.values(environment)]).join('\n')
  for (const hidden of [secrets.token, encodeURIComponent(secrets.token), base64(`${SENTINEL}:${secrets.token}`)])
    expect(said).not.toContain(hidden)
  expect(readdirSync(join(folder.path, 'temporary'))).toEqual([])
})

test('a token in the field of the username is named, and not sent', async () => {
  const from = sandbox.requests.length
  const answer = await answerFor(url(secrets.token, secrets.token), FETCH)
  expect(answer).toMatchObject({ kind: 'unknown', reason: 'not asked' })
  expect(sandbox.requests.length).toBe(from)
})
