import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fieldConnector } from '../src/consumers/field-connector.ts'
import { fieldDetector } from '../src/consumers/field-detector.ts'
import { gitCredentialsConnector } from '../src/consumers/git-credentials/connect.ts'
import { gitCredentialsDetector } from '../src/consumers/git-credentials/detect.ts'
import { jenkinsHomeConnector } from '../src/consumers/jenkins-home/connect.ts'
import { jenkinsHomeDetector } from '../src/consumers/jenkins-home/detect.ts'
import { netrcConnector } from '../src/consumers/netrc/connect.ts'
import { netrcDetector } from '../src/consumers/netrc/detect.ts'
import { type Keyturn, openKeyturn } from '../src/index.ts'
import type { Connector, Consumer, Staged } from '../src/model/consumer.ts'
import type { Digest, Plan, Step } from '../src/model/plan.ts'
import { jenkinsKeyFiles, withKeys } from '../test/contract/fixtures.ts'
import { apiToken, appPassword } from '../test/support/synthetic-secrets.ts'

/**
 * `apply-places memory|files|store|list|home500|home5000 PLACES JOBS`: applies so many places, proves them again, puts them back, applies them once
 * more and forgets that run; prints one JSON object.
 */
const [, , kind = 'memory', size = '1000', jobs = '4'] = process.argv
const places = Number(size)
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-apply-'))
const seconds: Record<string, number> = {}

async function timed<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const start = performance.now()
  const result = await act()
  seconds[name] = Math.round((performance.now() - start) / 10) / 100
  return result
}

/** The wire is not what is measured. */
const verifier: NonNullable<Consumer['verifier']> = {
  verify: async () => ({ kind: 'yes', scopes: 'not reported', evidence: { asked: 'a stand-in', answered: 'yes' } }),
}

/** As a real verifier does before it asks. */
function reading(connector: Connector): NonNullable<Consumer['verifier']> {
  return {
    verify: async (place, use, context) => {
      await connector.read(place, context)
      return verifier.verify(place, use, context)
    },
  }
}

const world = new Map<string, string>()
const digestOf = (text: string): Digest => `hmac:${Buffer.from(text).toString('hex').padEnd(64, '0')}`

function staged(address: string, next: string): Staged {
  return {
    kind: 'staged',
    to: digestOf(next),
    backup: Buffer.from(world.get(address) ?? ''),
    commit: async () => {
      world.set(address, next)
      return { kind: 'changed', now: digestOf(next) }
    },
  }
}

const memoryConnector: Connector = {
  read: async (place) => ({
    kind: 'present',
    place: { ...place, host: 'bitbucket.org', uses: [] },
    digest: digestOf(world.get(place.address) ?? ''),
  }),
  stageReplace: async ({ address }) => staged(address, `new ${address}`),
  stageRestore: async ({ address }, _, backup) => staged(address, Buffer.from(backup).toString()),
}

function memoryPlan(): Plan {
  const steps = Array.from({ length: places }, (_, index): Step => {
    const address = `place/${index}`
    world.set(address, `old ${index}`)
    return {
      id: `s${index}`,
      place: {
        id: `p${index}`,
        consumer: 'memory',
        at: { kind: 'url', url: `https://ci.example.org/${index}` },
        address,
      },
      from: { digest: digestOf(`old ${index}`) },
      to: { username: 'keep', token: 'ci' },
      uses: [{ operation: 'git-fetch', by: 'a job' }],
      reason: 'app passwords ended on 2026-07-28',
    }
  })
  return {
    schema: 'keyturn/plan/1',
    id: 'bench001',
    createdAt: new Date().toISOString(),
    sources: [],
    requests: [],
    steps,
    kept: [],
    manual: [],
  }
}

function writeNetrcs(): void {
  const secret = appPassword()
  for (let index = 0; index < places; index++) {
    const below = join(folder, 'homes', String(Math.floor(index / 500)), String(index))
    mkdirSync(below, { recursive: true })
    writeFileSync(join(below, '.netrc'), `machine bitbucket.org login alice password ${secret}\n`)
  }
}

/** One file with a line for each place. */
function writeStore(): void {
  const secret = appPassword()
  const lines = Array.from(
    { length: places },
    (_, index) => `https://u${index}:${secret}@bitbucket.org/acme/r${index}\n`,
  )
  mkdirSync(join(folder, 'homes'))
  writeFileSync(join(folder, 'homes', '.git-credentials'), lines.join(''))
}

/** One YAML document with a list, whose entries have no name but their number; what stands beside them differs. */
function writeList(): void {
  const entries = Array.from(
    { length: places },
    (_, index) =>
      `  - name: r${index}\n    url: https://bitbucket.org/acme/r${index}.git\n    username: alice\n    password: ${appPassword()}\n`,
  )
  mkdirSync(join(folder, 'homes'))
  writeFileSync(join(folder, 'homes', 'repositories.yaml'), `repositories:\n${entries.join('')}`)
}

/** One Jenkins home; its credentials are in stores of folders, so many in each. */
function writeHome(each: number): void {
  const home = join(folder, 'homes', 'jenkins')
  const keys = jenkinsKeyFiles((length) => randomBytes(length))
  for (const [path, bytes] of withKeys(new Map(), keys)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), bytes)
  }
  const secret = appPassword()
  const named = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const entry = (index: number): string =>
    `<${named}><id>bb-${index}</id><username>u${index}</username><password>${secret}</password></${named}>`
  for (let from = 0; from < places; from += each) {
    const below = join(home, 'jobs', `f${from}`)
    mkdirSync(below, { recursive: true })
    const entries = Array.from({ length: Math.min(each, places - from) }, (_, index) => entry(from + index))
    writeFileSync(join(below, 'config.xml'), folderWith(entries.join('\n')))
  }
}

function folderWith(entries: string): string {
  const store = 'com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty'
  return [
    '<com.cloudbees.hudson.plugins.folder.Folder><properties>',
    `<${store}><domainCredentialsMap><entry><com.cloudbees.plugins.credentials.domains.Domain/>`,
    `<java.util.concurrent.CopyOnWriteArrayList>\n${entries}\n</java.util.concurrent.CopyOnWriteArrayList>`,
    `</entry></domainCredentialsMap></${store}></properties></com.cloudbees.hudson.plugins.folder.Folder>\n`,
  ].join('\n')
}

async function filesPlan(keyturn: Keyturn): Promise<Plan> {
  if (kind === 'files') writeNetrcs()
  else if (kind === 'store') writeStore()
  else if (kind === 'list') writeList()
  else writeHome(Number(kind.replace('home', '')))
  const inventory = await timed('scan', () => keyturn.scan({ paths: [join(folder, 'homes')] }))
  return timed('plan', async () => {
    const made = await keyturn.plan(inventory, { offline: true, token: 'ci' })
    return withUses(await keyturn.loadPlan(await keyturn.savePlan(made)))
  })
}

/** No job names these credentials, and what has no use is not asked about. */
function withUses(plan: Plan): Plan {
  const uses = [{ operation: 'git-fetch', by: 'a job' }] as const
  return { ...plan, steps: plan.steps.map((step) => (step.uses.length === 0 ? { ...step, uses } : step)) }
}

const listDetector = fieldDetector({
  consumer: 'list',
  keywords: ['repositories'],
  fields: [
    {
      secret: 'repositories/*/password',
      username: ['repositories/*/username'],
      host: ['repositories/*/url'],
      operations: ['git-fetch'],
    },
  ],
})
const listConnector = fieldConnector(listDetector)

const measured: Readonly<Record<string, () => Consumer>> = {
  memory: () => ({ id: 'memory', title: 'memory', connector: memoryConnector, verifier }),
  files: () => ({ id: 'netrc', title: 'netrc', detector: netrcDetector, connector: netrcConnector, verifier }),
  store: () => ({
    id: 'git-credentials',
    title: 'git-credential-store',
    detector: gitCredentialsDetector,
    connector: gitCredentialsConnector,
    verifier: reading(gitCredentialsConnector),
  }),
  list: () => ({
    id: 'list',
    title: 'a list',
    detector: listDetector,
    connector: listConnector,
    verifier: reading(listConnector),
  }),
}
const jenkinsHome: Consumer = {
  id: 'jenkins-home',
  title: 'Jenkins',
  detector: jenkinsHomeDetector,
  connector: jenkinsHomeConnector,
  verifier: reading(jenkinsHomeConnector),
}
const consumers = [measured[kind]?.() ?? jenkinsHome]
const keyturn = await openKeyturn({
  environment: { PATH: process.env['PATH'] },
  home: join(folder, 'keyturn'),
  consumers,
})
await keyturn.addToken({ name: 'ci', secret: apiToken(), username: 'alice', offline: true })
const plan = kind === 'memory' ? memoryPlan() : await filesPlan(keyturn)
if (plan.steps.length !== places) throw new Error(`the plan has ${plan.steps.length} steps`)
const { state, exitCode } = await timed('apply', () => keyturn.apply(plan, { jobs: Number(jobs) }))
if (exitCode !== 0) throw new Error(`apply ended with ${exitCode}`)
const peak = process.resourceUsage().maxRSS
await timed('audit', async () => {
  if ((await keyturn.audit(state.run)).verdict !== 'OK') throw new Error('the journal is damaged')
})
await timed('verify', () => keyturn.verify(state.run, { jobs: Number(jobs) }))
const back = await timed('rollback', () => keyturn.rollback(state.run, { jobs: Number(jobs) }))
if (back.restored.length !== places) throw new Error(`${back.restored.length} places were put back`)
if (kind !== 'memory' && places <= 20_000) {
  const again = await keyturn.apply(plan, { jobs: Number(jobs) })
  await timed('forget', () => keyturn.forget(again.state.run))
}
const journal = readFileSync(join(folder, 'keyturn', 'state', 'runs', state.run, 'journal')).length
rmSync(folder, { recursive: true })
process.stdout.write(
  JSON.stringify({ places, ...seconds, MiB: Math.round(peak / 1024), journalMB: Math.round(journal / 1e5) / 10 }),
)
