import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startJenkins } from '../../sandbox/jenkins/index.ts'
import { openKeyturn } from '../../src/index.ts'
import type { Plan } from '../../src/model/plan.ts'
import { writePlan } from '../../src/plan/write-plan.ts'
import { apiToken, appPassword } from './synthetic-secrets.ts'

/** A machine with five places of four consumers, a vault with a token, and a plan for all five. Copied per case. */
export interface FivePlaces {
  readonly folder: string
  readonly plan: Plan
  readonly oldSecrets: readonly string[]
  readonly newSecret: string
}

const FILES = [
  'dev/.netrc',
  'dev/.git-credentials',
  'dev/app/.git/config',
  'dev/web/.git/config',
  'jenkins/credentials.xml',
]

export async function makeFivePlaces(): Promise<FivePlaces> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-five-'))
  const oldSecrets = [appPassword(), appPassword()]
  const [mine = '', ci = ''] = oldSecrets
  await writeDeveloper(join(folder, 'dev'), mine)
  const jenkins = await startJenkins({ home: join(folder, 'jenkins'), gitEnvironment: {} })
  await jenkins.addCredential({ store: 'system', id: 'bb', username: 'alice', secret: ci })
  await jenkins.addFreestyleJob({ fullName: 'app', url: 'https://bitbucket.org/acme/app.git', credentialsId: 'bb' })
  await jenkins.stop()
  const newSecret = apiToken()
  const keyturn = await openKeyturn({ environment: { PATH: process.env['PATH'] }, home: join(folder, 'keyturn') })
  await keyturn.addToken({
    name: 'new',
    secret: newSecret,
    username: 'alice',
    email: 'alice@acme.example',
    offline: true,
  })
  const inventory = await keyturn.scan({ paths: [join(folder, 'dev'), join(folder, 'jenkins')] })
  const plan = await keyturn.plan(inventory, { offline: true })
  if (plan.steps.length !== 5) throw new Error(`expected five steps, not ${plan.steps.length}`)
  return { folder, plan, oldSecrets, newSecret }
}

async function writeDeveloper(home: string, secret: string): Promise<void> {
  await write(join(home, '.netrc'), `machine bitbucket.org login alice password ${secret}\n`)
  await write(join(home, '.git-credentials'), `https://alice:${secret}@bitbucket.org\n`)
  for (const slug of ['app', 'web']) {
    await write(
      join(home, slug, '.git', 'config'),
      `[remote "origin"]\n\turl = https://alice:${secret}@bitbucket.org/acme/${slug}.git\n`,
    )
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true })
  await writeFile(path, text, { mode: 0o600 })
}

/** A copy of the machine in a folder of its own, with a plan that names the copy. */
export async function copyOf(machine: FivePlaces): Promise<{ readonly folder: string; readonly plan: Plan }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-five-'))
  await cp(machine.folder, folder, { recursive: true })
  return { folder, plan: JSON.parse(writePlan(machine.plan).replaceAll(machine.folder, folder)) }
}

/** The bytes of the five files. */
export async function contentsOf(folder: string): Promise<readonly string[]> {
  return Promise.all(FILES.map(async (name) => (await readFile(join(folder, name))).toString('latin1')))
}
