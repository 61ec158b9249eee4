import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { displayNameOf, lastRevision } from './branch-source/children.ts'
import { type RestDoor, restDoor } from './branch-source/rest-door.ts'
import type { FinishedScan } from './branch-source/scan.ts'
import { type ScanQueue, scanQueue } from './branch-source/scan-queue.ts'
import type { ScanWorld } from './branch-source/scan-world.ts'
import { byUser, type Timestamps } from './build.ts'
import { type BuildQueue, buildQueue } from './build-queue.ts'
import { cascSources, credentialsOfCasc } from './casc/casc-credentials.ts'
import {
  type Controller,
  findItem,
  loadController,
  markRunning,
  markStopped,
  prepareHome,
  reloadConfiguration,
  saveSystemStore,
  writeGitOptions,
} from './controller.ts'
import { newSecretText, newUsernamePassword } from './credential.ts'
import { type DomainSpecifications, putCredential, putItem, putUser, type StoreAddress } from './furnish.ts'
import { type Fault, jenkinsServer, type RecordedRequest } from './http/server.ts'
import {
  folderConfig,
  freestyleConfig,
  gitMultibranchConfig,
  inlinePipelineConfig,
  multibranchConfig,
  organizationConfig,
  pipelineConfig,
  type ScanOptions,
} from './item-config.ts'
import type { Item } from './item-tree.ts'
import { fillController, type LargeController } from './large-controller.ts'
import { CASC } from './plugin-version.ts'
import { type Randomness, randomness } from './randomness.ts'
import { type UsageTracking, usageTracking } from './usage.ts'
import type { XmlElement } from './xml-element.ts'

export type { FinishedScan } from './branch-source/scan.ts'

export interface JenkinsOptions {
  /** `$JENKINS_HOME`; made when absent, read when present. */
  readonly home: string
  /** On loopback; a free one by default. */
  readonly port?: number
  /** The whole environment of git (PATH, proxy, certificates); HOME is replaced. */
  readonly gitEnvironment: Readonly<Record<string, string>>
  /** HOME of git run by the controller (form checks, the script of a pipeline); an empty folder by default. */
  readonly controllerHome?: string
  /** HOME of git run by builds; that of the controller by default. */
  readonly agentHome?: string
  /** Labels of the one agent. A job that is assigned to another one stays in the queue. */
  readonly agentLabels?: readonly string[]
  /** Keys, tokens and initialisation vectors repeat for the same seed. */
  readonly seed?: string
  readonly now?: () => Date
  /** Short name to version, on top of the default ones. */
  readonly plugins?: Readonly<Record<string, string>>
  /** `/jenkins` for a controller that does not live at the root. */
  readonly contextPath?: string
  /**
   * Stands for `https://api.bitbucket.org` and for the OAuth endpoint of `https://bitbucket.org`. Without it REST goes
   * through the proxy of `gitEnvironment`, and nowhere when there is none.
   */
  readonly bitbucketApi?: string
  /** Some distributions switch it off; `scripted` interprets a few statements (DIFFERENCES.md). */
  readonly scriptConsole?: 'disabled' | 'scripted'
  /** Fingerprints of credentials; on by default, as in Jenkins. */
  readonly usageTracking?: boolean
  /** "Hide credential usage in job output" of the git plugin; written to its file. */
  readonly hideCredentialUsage?: boolean
  readonly timestamps?: Timestamps
  /** `fetched`: a scan asks for the repository first, and a refusal is then told in other words (DIFFERENCES.md). */
  readonly scanActions?: 'skipped' | 'fetched'
  /** JCasC: a file or folder in place of `jenkins.yaml` in the home, and what `${VAR}` stands for. */
  readonly casc?: { readonly source?: string; readonly variables?: Readonly<Record<string, string>> }
}

export interface NewUser {
  readonly id: string
  readonly password: string
  /** Full permission ids; `hudson.model.Hudson.Administer` grants all. */
  readonly permissions: readonly string[]
}

export interface NewCredential {
  readonly store: StoreAddress
  readonly domain?: string
  /** What a domain made for this credential lets through; as the form takes it, with commas between patterns. */
  readonly specifications?: DomainSpecifications
  readonly id: string
  readonly username: string
  readonly secret: string
  readonly description?: string
  readonly scope?: 'GLOBAL' | 'SYSTEM'
}

export interface NewSecretText {
  readonly store: StoreAddress
  readonly id: string
  readonly secret: string
  readonly description?: string
}

export interface NewJob {
  readonly fullName: string
  readonly url: string
  readonly credentialsId?: string
}

export interface NewInlinePipeline {
  readonly fullName: string
  readonly script: string
}

export interface NewGitMultibranchJob extends ScanOptions {
  readonly fullName: string
  readonly remote: string
  readonly credentialsId?: string
}

export interface NewOrganizationFolder extends ScanOptions {
  readonly fullName: string
  /** A workspace. */
  readonly repoOwner: string
  readonly credentialsId?: string
}

export interface NewMultibranchJob extends ScanOptions {
  readonly fullName: string
  readonly repoOwner: string
  readonly repository: string
  readonly credentialsId?: string
}

export interface FinishedBuild {
  readonly number: number
  readonly result: 'SUCCESS' | 'FAILURE'
  readonly console: string
}

export interface NewFault {
  readonly path: string
  readonly status: number
  readonly times: number
  readonly method?: string
  /** Of a 403: what `X-Required-Permission` names. */
  readonly permission?: string
}

export interface Jenkins {
  readonly url: string
  readonly home: string
  addUser(user: NewUser): { readonly apiToken: string }
  addCredential(credential: NewCredential): Promise<void>
  addSecretText(credential: NewSecretText): Promise<void>
  addFolder(fullName: string): Promise<void>
  /** Thousands of folders, credentials and jobs at once; in memory, so that a restart forgets what was not changed. */
  addMany(many: LargeController): Promise<void>
  addFreestyleJob(job: NewJob): Promise<void>
  /** Pipeline from SCM. The repository must hold the script, otherwise the build fails as in Jenkins. */
  addPipelineJob(job: NewJob & { readonly scriptPath?: string }): Promise<void>
  /** Pipeline with its script in the configuration. */
  addInlinePipeline(job: NewInlinePipeline): Promise<void>
  /** Branches from the Bitbucket branch source; none before the first scan. */
  addMultibranchJob(job: NewMultibranchJob): Promise<void>
  /** Branches from plain git. */
  addGitMultibranchJob(job: NewGitMultibranchJob): Promise<void>
  addOrganizationFolder(folder: NewOrganizationFolder): Promise<void>
  /** `push` brings the revision of the last scan with it, as a webhook does; `user` looks it up. */
  build(fullName: string, trigger?: 'user' | 'push'): Promise<FinishedBuild>
  /** Ends with the scan itself; the builds and scans that it starts go on. */
  scan(fullName: string): Promise<FinishedScan>
  /** Waits for the scans and builds that are on their way. */
  settled(): Promise<void>
  readonly requests: readonly RecordedRequest[]
  /** The next `times` requests for `path` (a prefix when it ends in `*`) get `status`: 200 a proxy's page, 302 a sign-on. */
  injectFault(fault: NewFault): void
  /** Stops the server and the builds that run; the home stays on disk, and `restart` takes it up again. */
  stop(): Promise<void>
  /** Waits for running builds, reads everything from disk again, `credentials.xml` included, and listens on the same port. */
  restart(): Promise<void>
}

/** Replies of a starting Jenkins before it is up: counted, so that nothing depends on time. */
const STARTING_REPLIES = 2

interface Running {
  readonly options: JenkinsOptions
  readonly random: Randomness
  readonly now: () => Date
  readonly door: RestDoor
  readonly usage: UsageTracking
  readonly queue: BuildQueue
  readonly scans: ScanQueue
  readonly gitEnvironments: GitEnvironments
  readonly requests: RecordedRequest[]
  readonly faults: Fault[]
  controller: Controller
  /** Of the present start: stopping ends the builds of that start only. */
  abort: AbortController
  server: Server | undefined
  starting: { repliesLeft: number; readonly load: 'everything' | 'configuration' } | undefined
}

export async function startJenkins(options: JenkinsOptions): Promise<Jenkins> {
  const now = options.now ?? (() => new Date())
  prepareHome(options.home, options.plugins)
  if (options.hideCredentialUsage !== undefined) writeGitOptions(options.home, options.hideCredentialUsage)
  const running = makeRunning(options, now)
  applyCasc(running)
  running.server = await listen(running, options.port ?? 0)
  const port = portOf(running.server)
  markRunning(options.home, now())
  return {
    url: `http://127.0.0.1:${port}${options.contextPath ?? ''}`,
    home: options.home,
    requests: running.requests,
    injectFault: (fault) => void running.faults.push({ ...fault }),
    ...furnishing(running),
    build: (fullName, trigger) => buildNow(running, fullName, trigger ?? 'user'),
    scan: (fullName) => scanNow(running, fullName),
    settled: () => settled(running),
    async stop() {
      running.abort.abort()
      await stop(running)
    },
    async restart() {
      await stop(running)
      running.starting = undefined
      running.abort = new AbortController()
      loadAgain(running)
      running.server = await listen(running, port)
      markRunning(options.home, now())
    },
  }
}

function makeRunning(options: JenkinsOptions, now: () => Date): Running {
  const random = randomness(options.seed)
  const gitEnvironments = makeGitEnvironments(options)
  const door = restDoor(gitEnvironments.controller, options.bitbucketApi)
  const usage = usageTracking(options.home, now, options.usageTracking ?? true)
  const timestamps = options.timestamps ?? 'none'
  const signal = () => running.abort.signal
  const running: Running = {
    options,
    random,
    now,
    door,
    usage,
    gitEnvironments,
    queue: buildQueue({ ...gitEnvironments, now, signal, door, usage, timestamps }, options.agentLabels),
    scans: scanQueue(() => scanWorld(running)),
    requests: [],
    faults: [],
    abort: new AbortController(),
    controller: loadController(options.home, random),
    server: undefined,
    starting: undefined,
  }
  return running
}

function scanWorld(running: Running): ScanWorld {
  const { controller, door, now, usage, options } = running
  return {
    controller,
    door,
    now,
    gitEnvironment: running.gitEnvironments.controller,
    signal: running.abort.signal,
    actions: options.scanActions ?? 'skipped',
    track: (credential, item) => usage.usedByItem(credential, item.fullName),
    schedule: (item, revision) => void running.queue.add(controller, item, { line: 'Branch indexing', revision }),
    rescan: (item) => void running.scans.add(item, 'Branch indexing').catch(() => undefined),
  }
}

interface GitEnvironments {
  readonly controller: Readonly<Record<string, string>>
  readonly agent: Readonly<Record<string, string>>
}

function makeGitEnvironments({ home, gitEnvironment, controllerHome, agentHome }: JenkinsOptions): GitEnvironments {
  const own = controllerHome ?? join(home, 'controller-home')
  const agent = agentHome ?? own
  for (const each of [own, agent]) mkdirSync(each, { recursive: true })
  return { controller: { ...gitEnvironment, HOME: own }, agent: { ...gitEnvironment, HOME: agent } }
}

/** JCasC is applied whenever the configuration is loaded, and the store is saved. */
function applyCasc({ controller, options }: Running): void {
  if (!controller.plugins.has(CASC)) return
  const files = cascSources(options.home, options.casc?.source)
  const store = credentialsOfCasc(files, options.casc?.variables ?? {}, controller.cipher)
  if (store === undefined) return
  controller.system.domains.splice(0, controller.system.domains.length, ...store.domains)
  saveSystemStore(controller)
}

function loadAgain(running: Running): void {
  running.controller = loadController(running.options.home, running.random)
  applyCasc(running)
}

type Furnishing = Pick<Jenkins, Extract<keyof Jenkins, `add${string}`>>

function furnishing(running: Running): Furnishing {
  const put = async (fullName: string, config: XmlElement) => putItem(running.controller, fullName, config)
  return {
    addUser: (user) => putUser(running.controller, running.random, user),
    addCredential: async ({ store, domain, specifications, ...given }) =>
      putCredential(running.controller, store, newUsernamePassword(given), domain, specifications),
    addSecretText: async ({ store, ...given }) => putCredential(running.controller, store, newSecretText(given)),
    addMany: async (many) => fillController(running.controller, many),
    addFolder: (fullName) => put(fullName, folderConfig()),
    addFreestyleJob: (job) => put(job.fullName, freestyleConfig(job)),
    addPipelineJob: (job) => put(job.fullName, pipelineConfig(job)),
    addInlinePipeline: (job) => put(job.fullName, inlinePipelineConfig(job.script)),
    addMultibranchJob: (job) => put(job.fullName, multibranchConfig(job)),
    addGitMultibranchJob: (job) => put(job.fullName, gitMultibranchConfig(job)),
    addOrganizationFolder: (folder) => put(folder.fullName, organizationConfig(folder)),
  }
}

async function buildNow(running: Running, fullName: string, trigger: 'user' | 'push'): Promise<FinishedBuild> {
  const item = itemOf(running, fullName)
  const revision = trigger === 'push' ? lastRevision(item) : undefined
  const cause =
    revision === undefined ? byUser('SYSTEM') : { line: `Push event to branch ${displayNameOf(item)}`, revision }
  return running.queue.add(running.controller, item, cause).done
}

async function scanNow(running: Running, fullName: string): Promise<FinishedScan> {
  const item = itemOf(running, fullName)
  if (item.kind !== 'multibranch' && item.kind !== 'organization') throw new Error(`${fullName} is not scanned`)
  return running.scans.add(item, byUser('SYSTEM').line)
}

function itemOf(running: Running, fullName: string): Item {
  if (running.server === undefined) throw new Error('this Jenkins is stopped')
  const item = findItem(running.controller, fullName)
  if (item === undefined) throw new Error(`there is no job ${fullName}`)
  return item
}

/** Scans start builds, and those start nothing. */
async function settled({ scans, queue }: Running): Promise<void> {
  await scans.idle()
  await queue.idle()
}

function listen(running: Running, port: number): Promise<Server> {
  const { options, queue, scans, usage } = running
  const server = jenkinsServer({
    controller: () => running.controller,
    requests: running.requests,
    faults: running.faults,
    starting: () => startingReply(running),
    site: {
      queue,
      scans,
      usage,
      contextPath: options.contextPath ?? '',
      scriptConsole: options.scriptConsole ?? 'scripted',
      gitEnvironment: running.gitEnvironments.controller,
      signal: () => running.abort.signal,
      applyCasc: () => applyCasc(running),
      beginRestart(load) {
        running.starting = { repliesLeft: STARTING_REPLIES, load }
      },
    },
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** The last of the counted replies brings Jenkins up, with a new session. `/safeRestart` and `/reload` differ in what they read. */
function startingReply(running: Running): string | undefined {
  const { starting } = running
  if (starting === undefined) return undefined
  starting.repliesLeft--
  if (starting.repliesLeft <= 0) {
    if (starting.load === 'everything') loadAgain(running)
    else {
      reloadConfiguration(running.controller)
      applyCasc(running)
    }
    running.starting = undefined
  }
  return starting.load === 'configuration'
    ? 'Please wait while Jenkins is getting ready to work ...'
    : 'Please wait while Jenkins is restarting ...'
}

async function stop(running: Running): Promise<void> {
  await settled(running)
  const { server } = running
  running.server = undefined
  if (server === undefined) return
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  markStopped(running.options.home)
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
