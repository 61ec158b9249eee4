import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Sandbox, type Switches, startSandbox } from '../../sandbox/index.ts'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import { bitbucketClient } from '../../src/bitbucket/client.ts'
import { gitConfigDetector } from '../../src/consumers/git-config/detect.ts'
import { gitCredentialsDetector } from '../../src/consumers/git-credentials/detect.ts'
import { netrcDetector } from '../../src/consumers/netrc/detect.ts'
import type { Consultation } from '../../src/diagnose/consultation.ts'
import { type DoctorDeps, diagnoseUrl, type Known } from '../../src/diagnose/diagnose.ts'
import type { Clock } from '../../src/model/ports.ts'
import { openContext } from '../../src/system/installation.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

export const EMAIL = 'alice@example.com'
export const SITE = 'https://acme.atlassian.net'
export const URL = 'https://bitbucket.org/acme/app.git'
export const READ = 'read:repository:bitbucket'
export const WRITE = 'write:repository:bitbucket'

export const SENTINEL = 'x-bitbucket-api-token-auth'

export interface Outcome {
  readonly works: boolean
  readonly words: string
}

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
}

/** The sandbox, with Alice, who may read `acme/app`. */
export interface World {
  readonly sandbox: Sandbox
  readonly folder: string
  /** Holds `keyturn` as an installation puts it on the PATH. */
  readonly bin: string
  stop(): Promise<void>
}

const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js')

export async function startWorld(switches: Partial<Switches> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-live-'))
  const bin = await installKeyturn(join(folder, 'bin'))
  const sandbox = await startSandbox({ folder: join(folder, 'sandbox'), switches })
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
    bin,
    stop: async () => {
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function installKeyturn(bin: string): Promise<string> {
  await mkdir(bin, { recursive: true })
  const path = join(bin, 'keyturn')
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  await chmod(path, 0o755)
  return bin
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

  async script(name: string, text: string): Promise<void> {
    await this.write(name, text)
    await chmod(join(this.home, name), 0o700)
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

  /** `user:secret@` in the URL of `origin`, as a clone of such a URL leaves it. */
  async clone(userinfo: string, url = URL): Promise<string> {
    const folder = join(this.home, 'clone')
    await this.git('init', '--quiet', folder)
    await this.git('-C', folder, 'remote', 'add', 'origin', url.replace('https://', `https://${userinfo}`))
    return folder
  }

  async header(username: string, secret: string): Promise<void> {
    const pair = Buffer.from(`${username}:${secret}`).toString('base64')
    await this.git('config', '--global', 'http.https://bitbucket.org/.extraHeader', `Authorization: Basic ${pair}`)
  }

  /** Answers what git would ask on a terminal. The token is in a file, as a person has it in a password manager. */
  async personAtPrompt(token: string): Promise<Record<string, string>> {
    await this.write('.person/token', token)
    await this.script(
      '.person/answer',
      `#!/bin/sh\ncase "$1" in Username*) echo ${SENTINEL};; *) cat "$HOME/.person/token";; esac\n`,
    )
    return { GIT_ASKPASS: join(this.home, '.person/answer') }
  }

  /** Every file of the home with its bytes, without keyturn's own: what a doctor must leave as it is. */
  async files(): Promise<Readonly<Record<string, string>>> {
    const entries = await readdir(this.home, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/\/\.(config|local\/state|local\/share)\/keyturn\//.test(path))
      .sort()
    return Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const)),
    )
  }

  environment(): Record<string, string> {
    return {
      ...this.world.sandbox.environment(),
      PATH: `${this.world.bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      SSH_ASKPASS: '',
      LC_ALL: 'C',
    }
  }

  async git(...args: readonly string[]): Promise<Outcome> {
    const { exitCode, stdout, stderr } = await this.run('git', args)
    return { works: exitCode === 0, words: stdout + stderr }
  }

  async keyturn(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
    return this.run('keyturn', args, surroundings)
  }

  /** One line at a prompt. */
  async shell(line: string, surroundings: Surroundings = {}): Promise<Ended> {
    return this.run('sh', ['-e', '-c', line], surroundings)
  }

  private async run(
    command: string,
    args: readonly string[],
    { folder = this.home, environment = {}, input = '' }: Surroundings = {},
  ): Promise<Ended> {
    await mkdir(this.home, { recursive: true })
    return new Promise((done, failed) => {
      const child = spawn(command, args, { cwd: folder, env: { ...this.environment(), ...environment } })
      const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)]
      child.on('error', failed)
      child.on('close', (code) => done({ exitCode: code ?? 1, stdout: stdout(), stderr: stderr() }))
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
  }

  async doctor(): Promise<DoctorDeps> {
    const environment = this.environment()
    const ca = await readFile(this.world.sandbox.caFile, 'utf8')
    const system = nodeSystem({ environment, ca })
    const folders = {
      config: join(this.world.folder, 'keyturn/config'),
      state: join(this.world.folder, 'keyturn/state'),
      cache: join(this.world.folder, 'keyturn/cache'),
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

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

function quoted(secret: string): string {
  return /^\S+$/.test(secret) ? secret : `"${secret}"`
}

/** A controller whose builds run as the account of `agent`. */
export interface Controller {
  readonly jenkins: Jenkins
  readonly agent: Machine
  /** How an administrator signs in, as Jenkins' own command line reads it. */
  readonly login: Readonly<Record<'JENKINS_USER_ID' | 'JENKINS_API_TOKEN', string>>
  build(job: string): Promise<Outcome>
}

/** `plugins`: other versions than the newest, by short name. */
export async function startController(
  world: World,
  agent: Machine,
  plugins: Readonly<Record<string, string>> = {},
): Promise<Controller> {
  const { HOME: _, ...gitEnvironment } = agent.environment()
  await mkdir(agent.home, { recursive: true })
  const jenkins = await startJenkins({
    home: join(world.folder, 'jenkins', agent.home.split('/').at(-1) ?? ''),
    gitEnvironment,
    agentHome: agent.home,
    controllerHome: join(world.folder, 'empty-home'),
    plugins,
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
    login: { JENKINS_USER_ID: user, JENKINS_API_TOKEN: apiToken },
    build: async (job) => {
      const { result, console } = await jenkins.build(job)
      return { works: result === 'SUCCESS', words: console }
    },
  }
}
