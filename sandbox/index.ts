import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccountDesk } from './atlassian/account-desk.ts'
import { GitBackend } from './bitbucket/git-backend.ts'
import { type Certificates, makeCertificates, systemBundle } from './certificates.ts'
import { createConnectProxy } from './connect-proxy.ts'
import { emulatedHosts } from './hosts.ts'
import { type Engine, handle } from './http-handler.ts'
import { RequestLog } from './request-log.ts'
import type { RecordedRequest } from './request-record.ts'
import { defaultSwitches, type Switches } from './switches.ts'
import { createTlsDoor } from './tls-door.ts'
import { SandboxWorld, type World } from './world.ts'

export type { Fault } from './fault.ts'
export type { RecordedRequest } from './request-record.ts'
export type { Switches } from './switches.ts'
export type {
  NewAccessToken,
  NewApiToken,
  NewOAuthConsumer,
  NewOAuthToken,
  NewRepository,
  NewUser,
  Permission,
  RepositoryName,
  UserState,
  WorkspacePolicy,
  World,
} from './world-types.ts'

interface Ports {
  readonly web?: number
  readonly proxy?: number
  readonly tls?: number
}

export interface SandboxOptions {
  /** Repositories and certificates live here; a new temporary folder, removed by `stop`, unless given. */
  readonly folder?: string
  /** Fixes tokens and ids. */
  readonly seed?: string
  /** Where the sandbox's clock stands until it is set. */
  readonly now?: string
  /** How many of its seconds pass in one second of the machine; it stands unless told. */
  readonly clockRate?: number
  readonly ports?: Ports
  readonly switches?: Partial<Switches>
}

/** Bitbucket Cloud and the Atlassian account, for clients that think they talk to the real ones. */
export interface Sandbox {
  readonly folder: string
  /** Every host on one loopback port, told apart by path, without TLS; control under `/_sandbox/`. */
  readonly webUrl: string
  readonly proxyUrl: string
  /** TLS on loopback for clients that are led to it under the real names: `curl --connect-to`, an own /etc/hosts. */
  readonly tlsPort: number
  readonly caFile: string
  readonly bundleFile: string
  /** Variables under which an unmodified `https://bitbucket.org` URL reaches the sandbox and no other host is reached. */
  environment(): Record<string, string>
  readonly world: World
  /** The latest ones, at least 10,000, in the order of their answers. */
  readonly requests: readonly RecordedRequest[]
  stop(): Promise<void>
}

const marker = '.keyturn-sandbox'

/** A given folder must be empty or of an earlier start: what stands in `repositories` is removed. */
const prepareFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = await readdir(folder)
  if (names.length > 0 && !names.includes(marker)) {
    throw new Error(`${folder} is neither empty nor a folder of the sandbox`)
  }
  await writeFile(
    join(folder, marker),
    'This folder belongs to the sandbox; its contents are replaced at every start.\n',
  )
  await rm(join(folder, 'repositories'), { recursive: true, force: true })
  await mkdir(join(folder, 'repositories'))
}

const writeCertificates = async (folder: string, certificates: Certificates): Promise<void> => {
  await rm(join(folder, 'ca-key.pem'), { force: true })
  await Promise.all([
    writeFile(join(folder, 'ca-key.pem'), certificates.authorityKey, { mode: 0o600 }),
    writeFile(join(folder, 'ca.pem'), certificates.authority),
    writeFile(join(folder, 'bundle.pem'), `${systemBundle().trimEnd()}\n${certificates.authority}`),
  ])
}

/** A listening server and its open sockets, so that stopping does not wait for a client. */
class Listener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      for (const socket of this.#sockets) socket.destroy()
    })
  }
}

const proxyEnvironment = (proxyUrl: string, caFile: string): Record<string, string> => ({
  ...Object.fromEntries(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].map((name) => [name, proxyUrl])),
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
  ...Object.fromEntries(
    ['GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'NODE_EXTRA_CA_CERTS'].map(
      (name) => [name, caFile],
    ),
  ),
  NODE_USE_ENV_PROXY: '1',
})

const makeEngine = (folder: string, options: SandboxOptions): Engine & { readonly world: SandboxWorld } => {
  const seed = options.seed ?? 'keyturn'
  const world = new SandboxWorld({ folder, seed, now: options.now ?? '2026-11-23T09:00:00Z' })
  if (options.clockRate !== undefined && options.clockRate !== 0) world.runClock(options.clockRate)
  const switches = { ...defaultSwitches, ...options.switches }
  const backend = new GitBackend(world.repositoriesFolder)
  return { world, switches, desk: new AccountDesk(seed), backend, log: new RequestLog() }
}

const openDoors = async (
  engine: Engine,
  certificates: Certificates,
  ports: Ports,
): Promise<{ webUrl: string; proxyUrl: string; tlsPort: number; close: () => Promise<unknown> }> => {
  const web = new Listener(createServer((request, response) => handle(engine, { via: 'web' }, request, response)))
  const proxy = new Listener(createConnectProxy(engine, certificates))
  const tls = new Listener(createTlsDoor(engine, certificates))
  const close = (): Promise<unknown> => Promise.all([web.close(), proxy.close(), tls.close()])
  try {
    const webUrl = await web.listen(ports.web ?? 0)
    const proxyUrl = await proxy.listen(ports.proxy ?? 0)
    const tlsPort = Number(new URL(await tls.listen(ports.tls ?? 0)).port)
    return { webUrl, proxyUrl, tlsPort, close }
  } catch (error) {
    await close()
    throw error
  }
}

export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'keyturn-sandbox-')))
  const removeOwnFolder = async (): Promise<void> => {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await prepareFolder(folder)
    const engine = makeEngine(folder, options)
    const certificates = makeCertificates(emulatedHosts)
    await writeCertificates(folder, certificates)
    const { webUrl, proxyUrl, tlsPort, close } = await openDoors(engine, certificates, options.ports ?? {})
    const caFile = join(folder, 'ca.pem')
    return {
      folder,
      webUrl,
      proxyUrl,
      tlsPort,
      caFile,
      bundleFile: join(folder, 'bundle.pem'),
      environment: () => proxyEnvironment(proxyUrl, caFile),
      world: engine.world,
      requests: engine.log.requests,
      stop: async () => {
        engine.backend.stop()
        await close()
        await removeOwnFolder()
      },
    }
  } catch (error) {
    await removeOwnFolder()
    throw error
  }
}
