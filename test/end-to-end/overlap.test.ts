import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Keyturn, loadConsumers, openKeyturn, type RunOutcome } from '../../src/index.ts'
import type { Consumer, Verifier } from '../../src/model/consumer.ts'
import type { Plan } from '../../src/model/plan.ts'
import { type Office, OWNER, openOffice, REPOSITORIES } from './office.ts'
import { furnishController, furnishTown, OLD_OWNER, type Pairs, type PlaceFile, pairsIn } from './overlap-town.ts'

/** One call in so many is proved over the wire; the others are taken for proved, so that this fits into a minute. */
const PROVED_ONE_IN = 20
/** How often the run waits until every consumer has called once more: calls fall between steps however fast the machine is. */
const WAITS_ONE_IN = 60

/** Between two calls of one consumer, so that the run gets a share of the machine. */
const PAUSE_MS = 100

let office: Office
let pairs: Pairs
let files: readonly PlaceFile[] = []
let plan: Plan
let outcome: RunOutcome
const calls: Record<string, number> = {}
const failures: string[] = []
const seen = new Map<string, Set<string>>()

beforeAll(async () => {
  office = await openOffice()
  const { world } = office.sandbox
  world.addUser(OLD_OWNER)
  for (const slug of REPOSITORIES) world.grant(OLD_OWNER.username, `acme/${slug}`, 'write')
  const scopes = ['read:repository:bitbucket', 'write:repository:bitbucket', 'read:user:bitbucket']
  pairs = { old: world.addApiToken(OLD_OWNER.username, { name: 'old', scopes }), next: office.newToken() }
  const town = join(office.folder, 'town')
  files = await furnishTown(town, pairs)
  await furnishController(office, pairs)
  const keyturn = await openLibrary()
  await keyturn.addToken({ name: 'next', secret: pairs.next, ...OWNER, offline: true })
  const inventory = await keyturn.scan({ paths: [town], askControllers: true })
  plan = await keyturn.plan(inventory, { token: 'next', replace: true })
  const consumers = startConsumers()
  outcome = await keyturn.apply(plan, { jobs: 4 })
  await consumers.end()
}, 300_000)
afterAll(() => office.end())

async function openLibrary(): Promise<Keyturn> {
  const { sandbox, jenkins, admin, folder } = office
  return openKeyturn({
    environment: environment(),
    ca: await readFile(sandbox.caFile, 'utf8'),
    home: join(folder, 'library'),
    logins: [{ baseUrl: jenkins.url, ...admin }],
    consumers: (await loadConsumers()).map((consumer) => ({ ...consumer, ...sparing(consumer) })),
  })
}

const environment = () => ({
  ...office.sandbox.environment(),
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: join(office.folder, 'town', 'home'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C.UTF-8',
})

let asked = 0

function sparing({ verifier }: Consumer): { readonly verifier?: Verifier } {
  if (verifier === undefined) return {}
  const taken = { kind: 'yes', scopes: 'not reported', evidence: { asked: 'a stand-in', answered: '200' } } as const
  return {
    verifier: {
      verify: async (place, use, context) => {
        asked += 1
        if (asked % WAITS_ONE_IN === 0) await everyConsumerCallsAgain()
        return asked % PROVED_ONE_IN === 0 || use.by.startsWith('job') ? verifier.verify(place, use, context) : taken
      },
    },
  }
}

async function everyConsumerCallsAgain(): Promise<void> {
  const before = { ...calls }
  const isBehind = (): boolean => ['git', 'rest', 'read'].some((who) => (calls[who] ?? 0) <= (before[who] ?? 0))
  while (isBehind()) await new Promise((done) => setTimeout(done, 5))
}

function startConsumers(): { readonly end: () => Promise<void> } {
  let isOver = false
  const repeat = async (who: string, act: (turn: number) => Promise<void>, most = Number.POSITIVE_INFINITY) => {
    for (let turn = 0; !isOver && turn < most; turn++) {
      await act(turn).catch((error: unknown) => failures.push(`${who}: ${String(error)}`))
      calls[who] = (calls[who] ?? 0) + 1
      await new Promise((done) => setTimeout(done, PAUSE_MS))
    }
  }
  const loops = [
    repeat('git', fetchOnce),
    repeat('rest', askRestOnce),
    repeat('read', readAll),
    repeat('build', buildOnce, 4),
  ]
  return {
    end: async () => {
      isOver = true
      await Promise.all(loops)
    },
  }
}

const ofKind = (kind: PlaceFile['kind']): readonly PlaceFile[] => files.filter((file) => file.kind === kind)
const oneOf = (list: readonly PlaceFile[], turn: number): PlaceFile => list[(turn * 7) % list.length] as PlaceFile

/** Real git, through the very files: the URL of a clone, the netrc of the home, the store of the home. */
async function fetchOnce(turn: number): Promise<void> {
  const url = 'https://bitbucket.org/acme/app.git'
  // Without `store` and `erase`: git writes what it was given back into the store after each success.
  const store = `credential.helper=!f() { test "$1" = get && git credential-store --file=${ofKind('store')[0]?.path} get; }; f`
  const through = [
    ['-C', dirname(dirname(oneOf(ofKind('clone'), turn).path)), 'fetch', '-q', 'origin'],
    ['ls-remote', '-q', url],
    ['-c', store, 'ls-remote', '-q', url],
  ][turn % 4 === 3 ? 2 : turn % 4 === 1 ? 1 : 0]
  const home = turn % 4 === 3 ? { HOME: '/nonexistent' } : {}
  await run('git', through ?? [], '', home)
}

/** What a service does: it reads its settings, and asks with what they say. */
async function askRestOnce(turn: number): Promise<void> {
  const { kind, path } = oneOf([...ofKind('env'), ...ofKind('compose')], turn)
  const [pair] = pairsIn(kind, await readFile(path, 'utf8'))
  const settings = `user = "${pair?.username}:${pair?.secret}"\nurl = "https://api.bitbucket.org/2.0/repositories/acme/app"\n`
  await run('curl', ['-fsS', '-o', '/dev/null', '-K', '-'], settings)
}

async function buildOnce(): Promise<void> {
  const { result, console: log } = await office.jenkins.build('app')
  if (result !== 'SUCCESS') throw new Error(`${result}: ${log.slice(-300)}`)
}

/** At any moment a file is whole, and holds the old pair or the new one. */
async function readAll(): Promise<void> {
  for (const { kind, path } of files) {
    const text = await readFile(path, 'utf8')
    const known = seen.get(path) ?? new Set()
    seen.set(path, known.add(text))
    for (const { username, secret } of pairsIn(kind, text)) {
      const isOld = username.startsWith(OLD_OWNER.username)
      if (secret !== (isOld ? pairs.old : pairs.next))
        throw new Error(`${path}: ${username} stands beside another's secret`)
    }
  }
}

function run(command: string, args: readonly string[], input = '', more: Record<string, string> = {}): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { env: { ...environment(), ...more }, stdio: ['pipe', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString('utf8')
    })
    child.on('error', failed)
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`exit ${code}: ${complaint.slice(0, 300)}`))))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

describe('while 200 places get another token and both are valid', () => {
  it('is a plan of 200 places, all changed and proved', () => {
    expect(plan.manual).toEqual([])
    expect(plan.steps).toHaveLength(200)
    expect(outcome.exitCode).toBe(0)
  })

  it('no call of a consumer fails', () => {
    expect(failures).toEqual([])
    for (const who of ['git', 'rest', 'read']) expect([who, calls[who]]).toEqual([who, expect.any(Number)])
    expect(calls['git']).toBeGreaterThan(200 / WAITS_ONE_IN)
    expect(calls['build']).toBeGreaterThan(0)
  })

  it('Bitbucket has refused neither of the two', () => {
    // What was never issued is asked by keyturn on purpose, to see that Jenkins tells a good credential from none.
    const refused = office.sandbox.requests.filter(
      ({ authorization, status }) =>
        authorization.scheme !== 'none' && authorization.secret !== 'unknown secret' && status >= 400,
    )
    expect(refused.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([])
  })

  it('every file was seen as it was or as it is now, and never as anything else', async () => {
    for (const { kind, path, places } of files) {
      const versions = seen.get(path) ?? new Set()
      const now = await readFile(path, 'utf8')
      expect(pairsIn(kind, now).map(({ secret }) => secret)).toEqual(Array(places).fill(pairs.next))
      expect(versions.size).toBeLessThanOrEqual(places + 1)
      expect(
        [...versions].every(
          (text) => text === now || text.includes(pairs.old) || text.includes(encodeURIComponent(pairs.old)),
        ),
      ).toBe(true)
    }
  })
})
