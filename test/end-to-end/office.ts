import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import { type Keyturn, openKeyturn } from '../../src/index.ts'
import type { System } from '../../src/model/ports.ts'
import { type Ended, keyturn } from '../support/keyturn-process.ts'

export const OWNER = { username: 'ci-bot', email: 'ci-bot@acme.example' }
export const REPOSITORIES = ['app', 'web', 'infra'] as const
export const FIXED_USERNAME = 'x-bitbucket-api-token-auth'

/** Permission ids as Jenkins writes them. */
export const MAY = {
  administer: 'hudson.model.Hudson.Administer',
  overallRead: 'hudson.model.Hudson.Read',
  itemRead: 'hudson.model.Item.Read',
  extendedRead: 'hudson.model.Item.ExtendedRead',
  configure: 'hudson.model.Item.Configure',
  view: 'com.cloudbees.plugins.credentials.CredentialsProvider.View',
  update: 'com.cloudbees.plugins.credentials.CredentialsProvider.Update',
  useItem: 'com.cloudbees.plugins.credentials.CredentialsProvider.UseItem',
} as const

export interface Login {
  readonly user: string
  readonly apiToken: string
}

/** A running controller after app passwords were switched off, and an administrator's machine beside it. */
export interface Office {
  readonly sandbox: Sandbox
  readonly jenkins: Jenkins
  readonly folder: string
  readonly admin: Login
  readonly url: (slug: string, userinfo?: string) => string
  readonly appPassword: string
  /** A token of ci-bot for git and REST, as the sandbox's account page issues it. */
  readonly newToken: () => string
  readonly userWith: (...permissions: readonly string[]) => Login
  /** The built command line on the administrator's machine, logged in at the controller. */
  readonly run: (args: readonly string[], more?: RunOptions) => Promise<Ended>
  /** The library on the same machine. */
  readonly open: (login?: Login, more?: OpenOptions) => Promise<Keyturn>
  readonly end: () => Promise<void>
}

export interface OpenOptions {
  /** Another installation of keyturn. */
  readonly home?: string
  readonly baseUrl?: string
  readonly system?: System
}

export interface RunOptions {
  readonly input?: string
  readonly login?: Login
}

export async function openOffice(): Promise<Office> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-office-'))
  const sandbox = await startSandbox({ folder: join(folder, 'bitbucket') })
  await peopleBitbucket(sandbox)
  const environment = machineEnvironment(sandbox)
  const jenkins = await startJenkins({
    home: join(folder, 'jenkins_home'),
    gitEnvironment: environment,
    agentHome: join(folder, 'agent'),
    controllerHome: join(folder, 'controller'),
    agentLabels: ['linux'],
    now: () => sandbox.world.now(),
  })
  let users = 0
  const userWith = (...permissions: readonly string[]): Login => {
    const id = `user${users++}`
    return { user: id, apiToken: jenkins.addUser({ id, password: `${id}-password`, permissions }).apiToken }
  }
  const admin = userWith(MAY.administer)
  const machine = join(folder, 'machine')
  await mkdir(machine)
  return {
    sandbox,
    jenkins,
    folder,
    admin,
    userWith,
    appPassword: sandbox.world.addAppPassword(OWNER.username),
    newToken: () => sandbox.world.addApiToken(OWNER.username, { name: 'keyturn', scopes: TOKEN_SCOPES }),
    url: (slug, userinfo = '') => `https://${userinfo}bitbucket.org/acme/${slug}.git`,
    run: (args, { input, login = admin } = {}) =>
      keyturn({
        args,
        folder: machine,
        environment: { ...environment, JENKINS_USER_ID: login.user, JENKINS_API_TOKEN: login.apiToken },
        ...(input === undefined ? {} : { input }),
      }),
    open: async ({ user, apiToken } = admin, { home = 'library', baseUrl = jenkins.url, system } = {}) =>
      openKeyturn({
        environment: { ...environment, HOME: machine },
        ca: await readFile(sandbox.caFile, 'utf8'),
        home: join(folder, home),
        logins: [{ baseUrl, user, apiToken }],
        ...(system === undefined ? {} : { system }),
      }),
    end: async () => {
      await jenkins.stop()
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The last three are what the guide of Branch Source asks for. */
const TOKEN_SCOPES = [
  'read:repository:bitbucket',
  'write:repository:bitbucket',
  'read:user:bitbucket',
  'read:project:bitbucket',
  'read:pullrequest:bitbucket',
  'read:workspace:bitbucket',
]

async function peopleBitbucket({ world }: Sandbox): Promise<void> {
  world.addUser(OWNER)
  world.addWorkspace('acme')
  for (const slug of REPOSITORIES) {
    await world.addRepository({ workspace: 'acme', slug, isPrivate: true, files: { 'README.md': slug, Jenkinsfile } })
    world.grant(OWNER.username, `acme/${slug}`, 'write')
  }
}

const Jenkinsfile = "pipeline { agent any; stages { stage('Build') { steps { echo 'built' } } } }\n"

function machineEnvironment(sandbox: Sandbox): Readonly<Record<string, string>> {
  return {
    ...sandbox.environment(),
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C.UTF-8',
  }
}

/** One stored credential, as it stands on the controller's disk. */
export interface Stored {
  readonly username: string | undefined
  /** Encrypted by the controller. */
  readonly ciphertext: string | undefined
  readonly description: string | undefined
}

/** Read from disk and not through HTTP: what Jenkins keeps, whatever it shows. */
export async function stored(office: Office, id: string, folder?: string): Promise<Stored> {
  const parts = folder === undefined ? [] : folder.split('/').flatMap((name) => ['jobs', name])
  const file = parts.length === 0 ? 'credentials.xml' : join(...parts, 'config.xml')
  const text = await readFile(join(office.jenkins.home, file), 'utf8')
  const element = text
    .split(/(?=<com\.cloudbees\.plugins\.credentials\.impl\.|<org\.jenkinsci\.plugins\.plaincredentials\.impl\.)/)
    .find((part) => part.includes(`<id>${id}</id>`))
  if (element === undefined) throw new Error(`${file} holds no credential ${id}`)
  const of = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(element)?.[1]
  return { username: of('username'), ciphertext: of('password') ?? of('secret'), description: of('description') }
}

export async function jobConfig(office: Office, fullName: string): Promise<string> {
  const folder = join(office.jenkins.home, ...fullName.split('/').flatMap((name) => ['jobs', name]))
  return readFile(join(folder, 'config.xml'), 'utf8')
}

/** As a person does in the web page, or Configuration as Code at a reload. */
export async function replaceCredential(
  { jenkins, admin }: Office,
  { id, username, secret }: { readonly id: string; readonly username: string; readonly secret: string },
): Promise<void> {
  const className = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const names = `<scope>GLOBAL</scope><id>${id}</id><description></description><username>${username}</username>`
  const reply = await fetch(`${jenkins.url}/credentials/store/system/domain/_/credential/${id}/config.xml`, {
    method: 'POST',
    headers: { authorization: basicOf(admin), 'content-type': 'application/xml;charset=UTF-8' },
    body: `<${className}>${names}<password>${secret}</password><usernameSecret>false</usernameSecret></${className}>`,
  })
  if (reply.status !== 200) throw new Error(`the controller answered ${reply.status}`)
}

/** Of the `Authorization` header. */
export function basicOf({ user, apiToken }: Login): string {
  return `Basic ${Buffer.from(`${user}:${apiToken}`).toString('base64')}`
}
