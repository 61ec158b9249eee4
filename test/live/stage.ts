import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import { bitbucketClient } from '../../src/bitbucket/client.ts'
import { gitConfigDetector } from '../../src/consumers/git-config/detect.ts'
import { gitCredentialsDetector } from '../../src/consumers/git-credentials/detect.ts'
import { examineJob } from '../../src/consumers/jenkins/examine.ts'
import { netrcDetector } from '../../src/consumers/netrc/detect.ts'
import type { Consultation } from '../../src/diagnose/consultation.ts'
import {
  type DoctorDeps,
  diagnoseJenkinsJob,
  diagnoseUrl,
  type JenkinsKnown,
  type Known,
} from '../../src/diagnose/diagnose.ts'
import type { Clock } from '../../src/model/ports.ts'
import { openContext } from '../../src/system/installation.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

export const EMAIL = 'alice@example.com'
export const SITE = 'https://acme.atlassian.net'
export const URL = 'https://bitbucket.org/acme/app.git'
export const READ = 'read:repository:bitbucket'
export const WRITE = 'write:repository:bitbucket'

export interface Outcome {
  readonly works: boolean
  readonly words: string
}

/** The sandbox, with Alice, who may read `acme/app`. */
export interface World {
  readonly sandbox: Sandbox
  readonly folder: string
  stop(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-live-'))
  const sandbox = await startSandbox({ folder: join(folder, 'sandbox') })
  const { world } = sandbox
  world.addUser({ username: 'alice', email: EMAIL })
  world.addUser({ username: 'bob', email: 'bob@example.com' })
  world.addWorkspace('acme')
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
  await world.addRepository({ workspace: 'acme', slug: 'secret', isPrivate: true })
  await world.addRepository({ workspace: 'acme', slug: 'open', isPrivate: false })
  world.grant('alice', 'acme/app', 'write')
  return {
    sandbox,
    folder,
    stop: async () => {
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One account on one machine: a home, its git, and a doctor who asks the sandbox. */
export class Machine {
  readonly home: string
  readonly world: World

  constructor(world: World, name: string) {
    this.world = world
    this.home = join(world.folder, 'homes', name)
  }

  async write(name: string, text: string): Promise<void> {
    const path = join(this.home, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { mode: 0o600 })
  }

  async read(name: string): Promise<string> {
    return readFile(join(this.home, name), 'utf8')
  }

  async netrc(username: string, secret: string): Promise<void> {
    await this.write('.netrc', `machine bitbucket.org login ${username} password ${quoted(secret)}\n`)
  }

  async store(username: string, secret: string): Promise<void> {
    const pair = `${encodeURIComponent(username)}:${encodeURIComponent(secret)}`
    await this.write('.git-credentials', `https://${pair}@bitbucket.org\n`)
    await this.write('.gitconfig', '[credential]\n\thelper = store\n')
  }

  /** Every file of the home with its bytes: what a doctor must leave as it is. */
  async files(): Promise<Readonly<Record<string, string>>> {
    const entries = await readdir(this.home, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
    return Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const)),
    )
  }

  environment(): Record<string, string> {
    return {
      ...this.world.sandbox.environment(),
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      SSH_ASKPASS: '',
      LC_ALL: 'C',
    }
  }

  async git(...args: readonly string[]): Promise<Outcome> {
    return this.run('git', args)
  }

  async shell(command: string, more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.run('sh', ['-c', command], more)
  }

  private async run(
    command: string,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    await mkdir(this.home, { recursive: true })
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: this.home,
        env: { ...this.environment(), ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const chunks: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.on('error', reject)
      child.on('close', (code) => resolve({ works: code === 0, words: Buffer.concat(chunks).toString('utf8') }))
    })
  }

  async doctor(): Promise<DoctorDeps> {
    const environment = this.environment()
    const ca = await readFile(this.world.sandbox.caFile, 'utf8')
    const system = nodeSystem({ environment, ca })
    const folders = {
      config: join(this.world.folder, 'keyturn/config'),
      state: join(this.world.folder, 'keyturn/state'),
    }
    const context = await openContext(system, folders)
    const impatient: Clock = { now: system.clock.now, sleep: async () => undefined }
    return {
      client: bitbucketClient({ http: system.http, clock: impatient }),
      context,
      detectors: { netrc: netrcDetector, gitCredentials: gitCredentialsDetector, gitConfig: gitConfigDetector },
    }
  }

  async consultUrl(url: string, known: Known = {}, folder?: string): Promise<Consultation> {
    const scene = { home: this.home, ...(folder === undefined ? {} : { folder }) }
    return diagnoseUrl(url, scene, await this.doctor(), known)
  }
}

function quoted(secret: string): string {
  return /^\S+$/.test(secret) ? secret : `"${secret}"`
}

/** A controller whose builds run as the account of `agent`. */
export interface Controller {
  readonly jenkins: Jenkins
  readonly agent: Machine
  readonly login: { readonly user: string; readonly apiToken: string }
  build(job: string): Promise<Outcome>
  consult(job: string, known?: Omit<JenkinsKnown, 'secret'> & { readonly secretText?: string }): Promise<Consultation>
}

export async function startController(world: World, agent: Machine): Promise<Controller> {
  const { HOME: _, ...gitEnvironment } = agent.environment()
  await mkdir(agent.home, { recursive: true })
  const jenkins = await startJenkins({
    home: join(world.folder, 'jenkins', agent.home.split('/').at(-1) ?? ''),
    gitEnvironment,
    agentHome: agent.home,
    controllerHome: join(world.folder, 'empty-home'),
  })
  const user = 'keyturn'
  const { apiToken } = jenkins.addUser({
    id: user,
    password: 'sandbox',
    permissions: ['hudson.model.Hudson.Administer'],
  })
  return {
    jenkins,
    agent,
    login: { user, apiToken },
    build: async (job) => {
      const { result, console } = await jenkins.build(job)
      return { works: result === 'SUCCESS', words: console }
    },
    consult: async (job, known = {}) => {
      const { secretText, ...rest } = known
      const deps = await agent.doctor()
      const seal = deps.context.seal
      const findings = await examineJob({ baseUrl: jenkins.url, user, apiToken: seal(apiToken) }, job, deps.context)
      return diagnoseJenkinsJob(findings, deps, {
        ...rest,
        ...(secretText === undefined ? {} : { secret: seal(secretText) }),
      })
    },
  }
}
