import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { type BuildQueue, buildQueue } from './build-queue.ts'
import {
  type Controller,
  findItem,
  loadController,
  markRunning,
  markStopped,
  prepareHome,
  reloadConfiguration,
} from './controller.ts'
import { newSecretText, newUsernamePassword } from './credential.ts'
import { putCredential, putItem, putUser, type StoreAddress } from './furnish.ts'
import { type Fault, jenkinsServer, type RecordedRequest } from './http/server.ts'
import { folderConfig, freestyleConfig, multibranchConfig, pipelineConfig } from './item-config.ts'
import { type Randomness, randomness } from './randomness.ts'

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
  /** Keys, tokens and initialisation vectors repeat for the same seed. */
  readonly seed?: string
  readonly now?: () => Date
  /** Short name to version, on top of the default ones. */
  readonly plugins?: Readonly<Record<string, string>>
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

export interface NewMultibranchJob {
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

export interface Jenkins {
  readonly url: string
  readonly home: string
  addUser(user: NewUser): { readonly apiToken: string }
  addCredential(credential: NewCredential): Promise<void>
  addSecretText(credential: NewSecretText): Promise<void>
  addFolder(fullName: string): Promise<void>
  addFreestyleJob(job: NewJob): Promise<void>
  /** Pipeline from SCM. The repository must hold the script, otherwise the build fails as in Jenkins. */
  addPipelineJob(job: NewJob & { readonly scriptPath?: string }): Promise<void>
  /** Only its `config.xml`: scans are not played. */
  addMultibranchJob(job: NewMultibranchJob): Promise<void>
  build(fullName: string): Promise<FinishedBuild>
  readonly requests: readonly RecordedRequest[]
  /** The next `times` requests for `path` (a prefix when it ends in `*`) get `status`: 200 a proxy's page, 302 a sign-on. */
  injectFault(fault: { readonly path: string; readonly status: number; readonly times: number }): void
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
  readonly queue: BuildQueue
  readonly requests: RecordedRequest[]
  readonly faults: Fault[]
  controller: Controller
  /** Of the present start: stopping ends the builds of that start only. */
  abort: AbortController
  server: Server | undefined
  starting: { repliesLeft: number; readonly load: 'everything' | 'configuration' } | undefined
}

export async function startJenkins(options: JenkinsOptions): Promise<Jenkins> {
  const random = randomness(options.seed)
  const now = options.now ?? (() => new Date())
  prepareHome(options.home, options.plugins)
  const environment = gitEnvironments(options)
  const running: Running = {
    options,
    random,
    queue: buildQueue({ ...environment, now, signal: () => running.abort.signal }),
    requests: [],
    faults: [],
    abort: new AbortController(),
    controller: loadController(options.home, random),
    server: undefined,
    starting: undefined,
  }
  const serve = (port: number) => listen(running, environment.controller, port)
  running.server = await serve(options.port ?? 0)
  const port = portOf(running.server)
  markRunning(options.home, now())
  return {
    url: `http://127.0.0.1:${port}`,
    home: options.home,
    requests: running.requests,
    injectFault: (fault) => void running.faults.push({ ...fault }),
    ...furnishing(running),
    build: (fullName) => buildNow(running, fullName),
    async stop() {
      running.abort.abort()
      await stop(running)
    },
    async restart() {
      await stop(running)
      running.starting = undefined
      running.abort = new AbortController()
      running.controller = loadController(options.home, random)
      running.server = await serve(port)
      markRunning(options.home, now())
    },
  }
}

function gitEnvironments({ home, gitEnvironment, controllerHome, agentHome }: JenkinsOptions) {
  const own = controllerHome ?? join(home, 'controller-home')
  const agent = agentHome ?? own
  for (const each of [own, agent]) mkdirSync(each, { recursive: true })
  return { controller: { ...gitEnvironment, HOME: own }, agent: { ...gitEnvironment, HOME: agent } }
}

type Furnishing = Pick<
  Jenkins,
  | 'addUser'
  | 'addCredential'
  | 'addSecretText'
  | 'addFolder'
  | 'addFreestyleJob'
  | 'addPipelineJob'
  | 'addMultibranchJob'
>

function furnishing(running: Running): Furnishing {
  return {
    addUser: (user) => putUser(running.controller, running.random, user),
    addCredential: async ({ store, domain, ...given }) =>
      putCredential(running.controller, store, domain, newUsernamePassword(given)),
    addSecretText: async ({ store, ...given }) =>
      putCredential(running.controller, store, undefined, newSecretText(given)),
    addFolder: async (fullName) => putItem(running.controller, fullName, folderConfig()),
    addFreestyleJob: async (job) => putItem(running.controller, job.fullName, freestyleConfig(job)),
    addPipelineJob: async (job) => putItem(running.controller, job.fullName, pipelineConfig(job)),
    addMultibranchJob: async (job) => putItem(running.controller, job.fullName, multibranchConfig(job)),
  }
}

async function buildNow(running: Running, fullName: string): Promise<FinishedBuild> {
  if (running.server === undefined) throw new Error('this Jenkins is stopped')
  const item = findItem(running.controller, fullName)
  if (item === undefined) throw new Error(`there is no job ${fullName}`)
  return running.queue.add(running.controller, item, 'SYSTEM').done
}

function listen(running: Running, gitEnvironment: Readonly<Record<string, string>>, port: number): Promise<Server> {
  const server = jenkinsServer({
    controller: () => running.controller,
    requests: running.requests,
    faults: running.faults,
    starting: () => startingReply(running),
    site: {
      queue: running.queue,
      gitEnvironment,
      signal: () => running.abort.signal,
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
    if (starting.load === 'configuration') reloadConfiguration(running.controller)
    else running.controller = loadController(running.options.home, running.random)
    running.starting = undefined
  }
  return starting.load === 'configuration'
    ? 'Please wait while Jenkins is getting ready to work ...'
    : 'Please wait while Jenkins is restarting ...'
}

async function stop(running: Running): Promise<void> {
  await running.queue.idle()
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
