import { join } from 'node:path'
import { type Sandbox, type SandboxOptions as StartOptions, startSandbox } from '../../../sandbox/index.ts'
import { canUseNamespace, openNamespace } from '../../../sandbox/namespace.ts'
import { readSwitch } from '../../../sandbox/read-switches.ts'
import { makeTemporaryFolder, nodeFiles, nodeProcesses, removeTemporaryFolder, runAttached } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import { type Stage, setStage } from '../demo/stage.ts'
import {
  forgetSandbox,
  isAlive,
  refuseSecond,
  rememberSandbox,
  requireRunningSandbox,
  runningSandbox,
} from '../running-sandbox.ts'
import { type GlobalOptions, outputOf } from '../session.ts'
import { clockLines, type Reachable, sandboxLines } from '../views/sandbox.ts'

export interface SandboxOptions extends GlobalOptions {
  readonly folder?: string
  readonly port?: number
  readonly empty?: boolean
  readonly seed?: string
  readonly now?: string
  readonly clockRate?: number
  readonly switch?: readonly string[]
}

export interface ExecOptions extends SandboxOptions {
  readonly verbose?: boolean
}

export interface ClockOptions extends GlobalOptions {
  readonly advance?: string
  readonly rate?: number
}

/** Starts the sandbox, says how to reach it, and keeps it until SIGINT or SIGTERM. */
export async function startCommand(options: SandboxOptions): Promise<void> {
  await refuseSecond(options)
  const interrupted = untilInterrupted()
  const folder = options.folder ?? (await makeTemporaryFolder('keyturn-sandbox'))
  try {
    const started = await start(folder, options)
    try {
      await announce(reachableOf(started), options)
      await interrupted
    } finally {
      await stop(started)
      await forgetSandbox(options)
    }
  } finally {
    if (options.folder === undefined) await removeTemporaryFolder(folder)
  }
}

async function announce(reachable: Reachable, options: SandboxOptions): Promise<void> {
  await rememberSandbox(reachable, options)
  const output = outputOf(options)
  output.result({ schema: 'keyturn/sandbox/1', ...reachable }, () => sandboxLines(reachable, output.paint))
}

/** Runs a command against the running sandbox, or against a new one that lives as long as the command. */
export async function execCommand(words: readonly string[], options: ExecOptions): Promise<void> {
  const running = await runningSandbox(options)
  if (running !== undefined) {
    process.exitCode = await runAgainst(running, words, options)
    return
  }
  const folder = await makeTemporaryFolder('keyturn-sandbox')
  try {
    const started = await start(folder, options)
    try {
      process.exitCode = await runAgainst(reachableOf(started), words, options)
    } finally {
      await stop(started)
    }
  } finally {
    await removeTemporaryFolder(folder)
  }
}

/** Prints the settings of the running sandbox, for `eval "$(keyturn sandbox env)"`. */
export async function envCommand(options: GlobalOptions): Promise<void> {
  const running = await requireRunningSandbox(options)
  const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`
  outputOf(options).result({ schema: 'keyturn/sandbox/1', ...running }, () =>
    Object.entries(running.environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
  )
}

/** Reads, sets, advances or runs the clock of the running sandbox. */
export async function clockCommand(now: string | undefined, options: ClockOptions): Promise<void> {
  const running = await requireRunningSandbox(options)
  const change = {
    ...(now === undefined ? {} : { now }),
    ...(options.advance === undefined ? {} : { advanceSeconds: secondsOf(options.advance) }),
    ...(options.rate === undefined ? {} : { rate: options.rate }),
  }
  const reading = await askClock(running, change)
  const output = outputOf(options)
  output.result({ schema: 'keyturn/sandbox-clock/1', ...reading }, () => clockLines(reading))
}

/** Ends the running sandbox and waits until it is gone. */
export async function stopCommand(options: GlobalOptions): Promise<void> {
  const running = await requireRunningSandbox(options)
  // A file that was left behind may name a process number that belongs to another program by now.
  await askClock(running, {})
  process.kill(running.pid, 'SIGTERM')
  for (let tries = 0; isAlive(running.pid) && tries < 100; tries++) await pause(100)
  outputOf(options).result({ schema: 'keyturn/sandbox/1', pid: running.pid, stopped: !isAlive(running.pid) }, () => [
    isAlive(running.pid) ? `The sandbox is still ending (process ${running.pid}).` : 'The sandbox has ended.',
  ])
}

interface Started {
  readonly sandbox: Sandbox
  readonly stage?: Stage
}

async function start(folder: string, options: SandboxOptions): Promise<Started> {
  await refuseForeignFolder(folder)
  const chosen = startOptions(options)
  try {
    if (options.empty) return { sandbox: await startSandbox({ folder, ...chosen }) }
    const stage = await setStage(folder, nodeFiles(), nodeProcesses(process.env), chosen)
    return { sandbox: stage.sandbox, stage }
  } catch (error) {
    throw startFailure(error, options)
  }
}

async function stop({ sandbox, stage }: Started): Promise<void> {
  await stage?.jenkins.stop()
  await sandbox.stop()
}

function startOptions({ port, seed, now, clockRate, switch: switches = [] }: SandboxOptions): StartOptions {
  return {
    ...(port === undefined ? {} : { ports: { web: port } }),
    ...(seed === undefined ? {} : { seed }),
    ...(now === undefined ? {} : { now }),
    ...(clockRate === undefined ? {} : { clockRate }),
    switches: Object.assign({}, ...switches.map(checkedSwitch)),
  }
}

function checkedSwitch(text: string): ReturnType<typeof readSwitch> {
  try {
    return readSwitch(text)
  } catch (error) {
    throw usageFailure(`--switch ${text}`, error)
  }
}

function usageFailure(at: string, error: unknown, command: 'start' | 'clock' = 'start'): Failure {
  const because = error instanceof Error ? error.message : String(error)
  return new Failure('R112', { at, because, next: [`  keyturn sandbox ${command} --help`], exitCode: 2 })
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

function startFailure(error: unknown, { port }: SandboxOptions): unknown {
  if (!(error instanceof Error)) return error
  if (/^not a (date|rate)/.test(error.message)) return usageFailure('the clock of the sandbox', error)
  if (!('code' in error && error.code === 'EADDRINUSE')) return error
  return new Failure('R108', {
    at: port === undefined ? '127.0.0.1' : `127.0.0.1:${port}`,
    because: 'another program listens there',
    state: 'The sandbox was not started.',
    next: ['  keyturn sandbox start'],
    cause: error,
  })
}

/** In a network where only the sandbox exists, where this machine allows one; otherwise through the proxy. */
async function runAgainst(reachable: Reachable, words: readonly string[], options: ExecOptions): Promise<number> {
  const output = outputOf(options)
  const environment = { ...nodeProcesses(process.env).environment(), ...reachable.environment }
  if (!canUseNamespace()) {
    if (options.verbose) output.note('Through the proxy: this machine allows no network namespace.')
    return runIn(words, environment)
  }
  if (options.verbose) output.note('In a network namespace: no other host exists for the command.')
  const namespace = await openNamespace(reachable.namespace)
  try {
    const [command, args] = namespace.command(words)
    return await runIn([command, ...args], withoutProxy(environment, reachable.namespace.bundleFile))
  } finally {
    await namespace.close()
  }
}

/** The names lead to the sandbox by themselves, and every way to name certificates names the same file. */
function withoutProxy(environment: Readonly<Record<string, string>>, bundle: string): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(https?|no|all)_proxy$|^NODE_USE_ENV_PROXY$/i.test(name),
  )
  return Object.fromEntries(
    kept.map(([name, value]) => [name, /_(CERT_FILE|CA_BUNDLE|CAINFO)$/.test(name) ? bundle : value]),
  )
}

/** Ctrl-C is for the command; the sandbox ends after it, and takes its folder along. */
async function runIn(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  const [command = '', ...args] = words
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  try {
    return await runAttached(command, args, environment)
  } finally {
    process.off('SIGINT', ignore)
  }
}

/** Where the page and the control interface are, and the sample Jenkins, for scripts. */
function environmentOf({ sandbox, stage }: Started): Readonly<Record<string, string>> {
  const jenkins = stage === undefined ? {} : { KEYTURN_SANDBOX_JENKINS_URL: stage.jenkins.url }
  return { ...sandbox.environment(), KEYTURN_SANDBOX_URL: sandbox.webUrl, ...jenkins }
}

function reachableOf({ sandbox, stage }: Started): Reachable {
  return {
    pid: process.pid,
    folder: sandbox.folder,
    webUrl: sandbox.webUrl,
    clock: sandbox.world.clock(),
    namespace: {
      tlsPort: sandbox.tlsPort,
      bundleFile: sandbox.bundleFile,
      ports: [sandbox.webUrl, ...(stage === undefined ? [] : [stage.jenkins.url])].map((url) =>
        Number(new URL(url).port),
      ),
    },
    environment: environmentOf({ sandbox, ...(stage === undefined ? {} : { stage }) }),
    ...(stage === undefined
      ? {}
      : {
          jenkins: { url: stage.jenkins.url, home: stage.jenkinsHome, user: 'admin', apiToken: stage.admin.apiToken },
          homes: { agent: stage.agentHome, developer: stage.devHome },
        }),
  }
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 }

function secondsOf(text: string): number {
  const [, count, unit] = /^(-?\d{1,6})([smhd])$/.exec(text) ?? []
  const seconds = Object.entries(SECONDS).find(([name]) => name === unit)?.[1]
  if (seconds !== undefined) return Number(count) * seconds
  throw usageFailure(`--advance ${text}`, 'it takes a number with its unit: 90m, 12h, 30d', 'clock')
}

/** The control interface of the sandbox that this machine runs; it answers on loopback only. */
async function askClock({ webUrl }: Reachable, change: object): Promise<Reachable['clock']> {
  const reply = await fetch(`${webUrl}/_sandbox/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  }).catch(() => undefined)
  if (reply === undefined) {
    throw new Failure('R111', { at: webUrl, because: 'no sandbox answers there', next: ['  keyturn sandbox start'] })
  }
  const answer: { readonly error?: string } & Reachable['clock'] = JSON.parse(await reply.text())
  if (answer.error !== undefined) throw usageFailure('the clock of the sandbox', answer.error, 'clock')
  return { now: answer.now, rate: answer.rate }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** The listening sandbox keeps the process alive until then. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
