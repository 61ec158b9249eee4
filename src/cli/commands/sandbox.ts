import { join } from 'node:path'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import {
  foldersOf,
  makeTemporaryFolder,
  nodeFiles,
  nodeProcesses,
  removeTemporaryFolder,
  runAttached,
} from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import { type Stage, setStage } from '../demo/stage.ts'
import { type GlobalOptions, outputOf } from '../session.ts'
import { type Reachable, sandboxLines } from '../views/sandbox.ts'

export interface SandboxOptions extends GlobalOptions {
  readonly folder?: string
  readonly port?: number
  readonly empty?: boolean
}

/** Starts the sandbox, says how to reach it, and keeps it until SIGINT or SIGTERM. */
export async function startCommand(options: SandboxOptions): Promise<void> {
  const output = outputOf(options)
  const folder = options.folder ?? (await makeTemporaryFolder('keyturn-sandbox'))
  const started = await start(folder, options)
  const reachable = reachableOf(started)
  await remember(reachable, options)
  output.result({ schema: 'keyturn/sandbox/1', ...reachable }, () => sandboxLines(reachable, output.paint))
  await untilInterrupted()
  await started.stage?.jenkins.stop()
  await started.sandbox.stop()
  await nodeFiles().remove(runningFile(options))
  if (options.folder === undefined) await removeTemporaryFolder(folder)
}

/** Runs a command against the running sandbox, or against a new one that lives as long as the command. */
export async function execCommand(words: readonly string[], options: GlobalOptions): Promise<void> {
  const [command = '', ...args] = words
  const running = await recall(options)
  if (running !== undefined) {
    process.exitCode = await runAttached(command, args, {
      ...nodeProcesses(process.env).environment(),
      ...running.environment,
    })
    return
  }
  const folder = await makeTemporaryFolder('keyturn-sandbox')
  const { sandbox, stage } = await start(folder, {})
  process.exitCode = await runAttached(command, args, {
    ...nodeProcesses(process.env).environment(),
    ...sandbox.environment(),
  })
  await stage?.jenkins.stop()
  await sandbox.stop()
  await removeTemporaryFolder(folder)
}

/** Prints the settings of the running sandbox, for `eval "$(keyturn sandbox env)"`. */
export async function envCommand(options: GlobalOptions): Promise<void> {
  const running = await recall(options)
  if (running === undefined) {
    throw new Failure('R111', { because: 'no sandbox is running', next: ['  keyturn sandbox start'] })
  }
  const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`
  outputOf(options).result({ schema: 'keyturn/sandbox/1', ...running }, () =>
    Object.entries(running.environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
  )
}

interface Started {
  readonly sandbox: Sandbox
  readonly stage?: Stage
}

async function start(folder: string, options: SandboxOptions): Promise<Started> {
  await refuseForeignFolder(folder)
  const ports = options.port === undefined ? {} : { ports: { web: options.port } }
  try {
    if (options.empty) return { sandbox: await startSandbox({ folder, ...ports }) }
    const stage = await setStage(folder, nodeFiles(), nodeProcesses(process.env), ports)
    return { sandbox: stage.sandbox, stage }
  } catch (error) {
    throw startFailure(error, options.port)
  }
}

/** The sandbox writes keys, homes and repositories; it begins in an empty folder, or in one that it made. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const files = nodeFiles()
  const entries = (await files.entry(folder)) === undefined ? [] : await files.list(folder)
  const isOurs = (await files.entry(join(folder, 'bitbucket', '.keyturn-sandbox'))) !== undefined
  if (entries.length === 0 || isOurs || (await files.entry(join(folder, '.keyturn-sandbox'))) !== undefined) return
  throw new Failure('R500', {
    at: folder,
    because: 'it is neither empty nor a folder of the sandbox',
    state: 'Nothing in it was changed.',
    next: ['  keyturn sandbox start --folder NEW-FOLDER'],
  })
}

function startFailure(error: unknown, port: number | undefined): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return error
  return new Failure('R108', {
    at: port === undefined ? '127.0.0.1' : `127.0.0.1:${port}`,
    because: 'another program listens there',
    state: 'The sandbox was not started.',
    next: ['  keyturn sandbox start'],
    cause: error,
  })
}

function reachableOf({ sandbox, stage }: Started): Reachable {
  return {
    pid: process.pid,
    folder: sandbox.folder,
    webUrl: sandbox.webUrl,
    environment: sandbox.environment(),
    ...(stage === undefined
      ? {}
      : {
          jenkins: { url: stage.jenkins.url, home: stage.jenkinsHome, user: 'admin', apiToken: stage.admin.apiToken },
          homes: { agent: stage.agentHome, developer: stage.devHome },
        }),
  }
}

function runningFile(options: GlobalOptions): string {
  return join(foldersOf(process.env, options.home).state, 'sandbox.json')
}

async function remember(reachable: Reachable, options: GlobalOptions): Promise<void> {
  const { jenkins: _jenkins, ...kept } = reachable
  await nodeFiles().makeFolder(foldersOf(process.env, options.home).state)
  await nodeFiles().remove(runningFile(options))
  await nodeFiles().create(runningFile(options), Buffer.from(JSON.stringify(kept)))
}

async function recall(options: GlobalOptions): Promise<Reachable | undefined> {
  const bytes = await nodeFiles()
    .read(runningFile(options))
    .catch(() => undefined)
  if (bytes === undefined) return undefined
  const kept: Reachable = JSON.parse(Buffer.from(bytes).toString('utf8'))
  return isAlive(kept.pid) ? kept : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => undefined, 60_000)
    const end = (): void => {
      clearInterval(keepAlive)
      resolve()
    }
    process.once('SIGINT', end)
    process.once('SIGTERM', end)
  })
}
