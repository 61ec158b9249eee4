import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doctorExitCode } from '../../src/cli/views/doctor.ts'
import { netrcDetector } from '../../src/consumers/netrc/detect.ts'
import type { Consultation } from '../../src/diagnose/consultation.ts'
import { diagnoseCredential, diagnosePlace } from '../../src/diagnose/diagnose.ts'
import type { Subject } from '../../src/diagnose/facts.ts'
import { EMAIL, Machine, READ, SITE, startWorld, URL, type World, WRITE } from './stage.ts'
import { repairsOnScreen } from './visit.ts'

/** What a doctor can tell from a username and a secret alone, and where the knowledge ends. */
let world: World
let machine: Machine
let good: string
const APP = { workspace: 'acme', slug: 'app' }
const SENTINEL = 'x-bitbucket-api-token-auth'

beforeAll(async () => {
  world = await startWorld()
  machine = new Machine(world, 'limits')
  good = world.sandbox.world.addApiToken('alice', { name: 'good', app: 'bitbucket', scopes: [READ, WRITE] })
})
afterAll(() => world.stop())

async function ask(username: string, text: string, more: Partial<Subject> = {}) {
  const deps = await machine.doctor()
  const credential = { username, secret: deps.context.seal(text) }
  return diagnoseCredential({ use: 'git-fetch', repository: APP, credential, ...more }, deps)
}

const codes = (result: Awaited<ReturnType<typeof ask>>) => result.diagnoses.map(({ code }) => code)

function classic(): string {
  return world.sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' })
}

describe('what is not known is said to be not known', () => {
  test('without a site, a token without scopes and one for another app are one diagnosis that says what settles it', async () => {
    const result = await ask(SENTINEL, classic(), { email: EMAIL })
    expect(codes(result)).toEqual(['D104'])
    expect(result.diagnoses[0]?.settledBy?.join()).toContain('--atlassian-site')
  })

  test('without the e-mail, three causes remain and the e-mail settles them', async () => {
    const result = await ask(SENTINEL, classic())
    expect(codes(result)).toEqual(['D190'])
    expect(result.diagnoses[0]?.details['causes']).toEqual(['D102', 'D103', 'D108'])
    expect(result.diagnoses[0]?.settledBy?.join()).toContain('--email')
  })

  test('a network that does not answer is no statement about the credential', async () => {
    world.sandbox.world.injectFault({ kind: 'status', status: 503, times: 2, match: 'bitbucket.org/acme/app' })
    const result = await ask(SENTINEL, good, { email: EMAIL })
    expect(codes(result)).toEqual(['D191'])
    expect(doctorExitCode(result)).toBe(5)
  })
})

describe('a place of a scan', () => {
  async function placeWith(username: string, text: string) {
    await machine.netrc(username, text)
    const deps = await machine.doctor()
    const path = join(machine.home, '.netrc')
    const bytes = await deps.context.system.files.read(path)
    const seal = deps.context.seal
    const [place] = netrcDetector.detect({ path, bytes, seal, companion: () => undefined }).places
    if (place === undefined) throw new Error('the detector found no place')
    const uses = [{ operation: 'git-fetch', repository: APP, by: 'remote origin' }] as const
    return diagnosePlace({ ...place, uses }, deps, { email: EMAIL })
  }

  test('is diagnosed for its own use, and the plan that is printed looks at its file', async () => {
    const result = await placeWith(EMAIL, good)
    expect(codes(result)).toEqual(['D106'])
    expect(result.diagnoses[0]?.place?.address).toBe('machine/bitbucket.org')
    expect(result.diagnoses[0]?.repairs.at(-1)?.commands[0]).toContain(join(machine.home, '.netrc'))
  })

  test('that holds a right credential is right', async () => {
    expect(codes(await placeWith(SENTINEL, good))).toEqual(['D100'])
  })
})

test('the screen has the commands of the JSON document, each alone on its line, and the same exit code', async () => {
  const clone = new Machine(world, 'two-views')
  await clone.netrc('alice', world.sandbox.world.addAppPassword('alice'))
  const screen = await clone.keyturn(['doctor', URL])
  const json = await clone.keyturn(['doctor', URL, '--json'])
  const { diagnoses } = JSON.parse(json.stdout) as Pick<Consultation, 'diagnoses'>
  const commands = diagnoses.flatMap(({ repairs }) => repairs.flatMap((repair) => repair.commands))
  expect(commands).toHaveLength(3)
  expect(repairsOnScreen(screen.stdout).flatMap((repair) => repair.commands)).toEqual(commands)
  expect([json.exitCode, screen.exitCode]).toEqual([3, 3])
})

test('the JSON document tells of a secret its kind and its fingerprint, and not its length', async () => {
  const clone = new Machine(world, 'json-shape')
  await clone.netrc('alice', good.slice(0, -9))
  const { stdout } = await clone.keyturn(['doctor', URL, '--json'])
  const { chain } = JSON.parse(stdout) as Consultation
  expect(chain?.sources[0]?.shape).toEqual({ kind: 'api-token' })
  expect(stdout).not.toMatch(/"length"|"checksum"|characters/)
})

test('a clone of another account is named, for git leaves out its configuration', async () => {
  const visitor = new Machine(world, 'visitor')
  await visitor.write('.gitconfig', '')
  const clone = await visitor.clone('')
  // What git itself sets in its tests, in place of a second account.
  const environment = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }
  const { stderr, exitCode } = await visitor.keyturn(['doctor', URL, '--folder', clone], { environment })
  expect(exitCode).toBe(1)
  expect(stderr).toContain('R102')
  expect(stderr).toContain(`git config --global --add safe.directory ${clone}`)
})

test('with only "default" in a netrc, git sends it and the doctor says so', async () => {
  const other = new Machine(world, 'default-only')
  await other.write('.netrc', `default login alice password ${world.sandbox.world.addAppPassword('alice')}\n`)
  const { stdout } = await other.keyturn(['doctor', URL])
  expect(stdout).toContain('(D101)')
  expect(stdout).toContain(`keyturn plan ${join(other.home, '.netrc')} `)
})

describe('one odd answer', () => {
  test('a lone 401 for a right credential is asked again (BCLOUD-24107)', async () => {
    const fresh = await startWorld()
    const other = new Machine(fresh, 'lone')
    const token = fresh.sandbox.world.addApiToken('alice', { name: 'good', app: 'bitbucket', scopes: [READ] })
    const deps = await other.doctor()
    fresh.sandbox.world.injectFault({ kind: 'unauthorized-once', times: 1 })
    const credential = { username: SENTINEL, secret: deps.context.seal(token) }
    const result = await diagnoseCredential({ use: 'git-fetch', repository: APP, credential }, deps)
    await fresh.stop()
    expect(codes(result)).toEqual(['D100'])
  })

  test('the 401 that is asked again is the one that decides: under the e-mail REST tells a token without scopes', async () => {
    const fresh = await startWorld()
    const other = new Machine(fresh, 'lone-rest')
    const deps = await other.doctor()
    const token = fresh.sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' })
    fresh.sandbox.world.injectFault({ kind: 'unauthorized-once', match: 'api.bitbucket.org/2.0/user', times: 1 })
    const credential = { username: SENTINEL, secret: deps.context.seal(token) }
    const result = await diagnoseCredential({ use: 'git-fetch', repository: APP, credential, email: EMAIL }, deps)
    await fresh.stop()
    expect(codes(result)).toEqual(['D104'])
  })

  test('a rate limit of REST is not what git was told, and leaves the cause open', async () => {
    const fresh = await startWorld()
    const other = new Machine(fresh, 'limited-rest')
    const deps = await other.doctor()
    const token = fresh.sandbox.world.addApiToken('alice', { name: 'revoked', app: 'bitbucket', scopes: [READ] })
    fresh.sandbox.world.revokeToken(token)
    fresh.sandbox.world.injectFault({ kind: 'rate-limit', match: 'api.bitbucket.org', times: 9 })
    const credential = { username: SENTINEL, secret: deps.context.seal(token) }
    const result = await diagnoseCredential({ use: 'git-fetch', repository: APP, credential, email: EMAIL }, deps)
    await fresh.stop()
    expect(codes(result)).toEqual(['D190'])
    expect(result.diagnoses[0]?.settledBy?.[0]).toBe('repeat the command when REST answers again (rate limited)')
  })

  test('two dead credentials in turn are one visit: one 401 is asked again, and the second alone is asked of REST', async () => {
    const fresh = await startWorld()
    const other = new Machine(fresh, 'in-turn')
    const { world: bitbucket } = fresh.sandbox
    const old = bitbucket.addApiToken('alice', { name: 'old', app: 'bitbucket', scopes: [READ] })
    bitbucket.revokeToken(old)
    await other.store('nobody', old)
    await other.netrc('somebody', bitbucket.addApiToken('alice', { name: 'classic', scopes: 'none' }))
    const result = await other.consultUrl(URL, { email: EMAIL, siteUrl: SITE })
    const asked = fresh.sandbox.requests.map(({ host, authorization }) => [
      host,
      'username' in authorization ? authorization.username : authorization.scheme,
    ])
    await fresh.stop()
    expect(codes(result)).toEqual(['D108'])
    expect(asked).toEqual([
      ['bitbucket.org', 'none'],
      ['bitbucket.org', 'somebody'],
      ['bitbucket.org', 'somebody'],
      ['bitbucket.org', 'nobody'],
      ['bitbucket.org', SENTINEL],
      ['api.bitbucket.org', EMAIL],
      ['api.bitbucket.org', 'bearer'],
      ['acme.atlassian.net', EMAIL],
    ])
  })
})

describe('other uses and other kinds', () => {
  test('a public repository proves nothing to a dead token', async () => {
    const token = world.sandbox.world.addApiToken('alice', { name: 'revoked', app: 'bitbucket', scopes: [READ] })
    world.sandbox.world.revokeToken(token)
    const result = await ask(SENTINEL, token, { repository: { workspace: 'acme', slug: 'open' } })
    expect(codes(result)).toEqual(['D119'])
  })

  test('pushing with a token that may only read lacks the scope to write', async () => {
    const token = world.sandbox.world.addApiToken('alice', { name: 'reader', app: 'bitbucket', scopes: [READ] })
    const result = await ask(SENTINEL, token, { use: 'git-push' })
    expect(codes(result)).toEqual(['D105'])
    expect(result.diagnoses[0]?.missing).toEqual([WRITE])
  })

  test('pushing with both scopes is right', async () => {
    expect(codes(await ask(SENTINEL, good, { use: 'git-push' }))).toEqual(['D100'])
  })

  test('REST wants the e-mail', async () => {
    expect(codes(await ask('alice', good, { use: 'rest' }))).toEqual(['D116'])
    expect(codes(await ask(EMAIL, good, { use: 'rest' }))).toEqual(['D100'])
  })

  test('an access token under the fixed username of API tokens', async () => {
    const token = world.sandbox.world.addAccessToken({ resource: 'acme/app', name: 'deploy', scopes: ['repository'] })
    expect(codes(await ask(SENTINEL, token))).toEqual(['D117'])
    expect(codes(await ask('x-token-auth', token))).toEqual(['D100'])
  })

  test('an address that the workspace does not allow', async () => {
    world.sandbox.world.setWorkspacePolicy('acme', { ipAllowlist: true })
    const result = await ask(SENTINEL, good)
    world.sandbox.world.setWorkspacePolicy('acme', { ipAllowlist: false })
    expect(codes(result)).toEqual(['D120'])
  })

  test('white space at the edge of a secret', async () => {
    expect(codes(await ask(SENTINEL, `${good} `))).toEqual(['D109'])
  })

  test('nothing on the machine holds a credential', async () => {
    const bare = new Machine(world, 'bare')
    await bare.write('.gitconfig', '')
    expect(codes(await bare.consultUrl(URL))).toEqual(['D118'])
  })

  test('the site is never asked unless it was named, and then only when it can settle something', async () => {
    const before = world.sandbox.requests.length
    await ask(SENTINEL, good, { email: EMAIL, siteUrl: SITE })
    const hosts = world.sandbox.requests.slice(before).map((request) => request.host)
    expect(hosts.filter((host) => host.endsWith('atlassian.net'))).toEqual([])
  })
})
