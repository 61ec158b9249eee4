import { type ChildProcess, spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import type { ObjectStore } from './git-store.ts'

/**
 * Settings of this child only; they win over those of the scanned repository. What plumbing could start is turned off: hooks,
 * the file-system monitor, signature checks, and any transport, so that a partial clone fetches nothing.
 */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['safe.directory', '*'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.pager', 'cat'],
  ['core.sshCommand', 'false'],
  ['core.alternateRefsCommand', 'false'],
  ['credential.helper', ''],
  ['log.showSignature', 'false'],
  ['diff.external', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.allow', 'never'],
]

/** The whole environment of git. `GIT_ALLOW_PROTOCOL` is stronger than any `protocol.*.allow` that the repository sets. */
export function gitEnvironment(store: ObjectStore, path: string | undefined): Readonly<Record<string, string>> {
  const settings = SETTINGS.flatMap(([name, value], number) => [
    [`GIT_CONFIG_KEY_${number}`, name],
    [`GIT_CONFIG_VALUE_${number}`, value],
  ])
  return {
    ...(path === undefined ? {} : { PATH: path }),
    LC_ALL: 'C',
    GIT_DIR: store.gitFolder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    GIT_CONFIG_COUNT: String(SETTINGS.length),
    ...Object.fromEntries(settings),
  }
}

export interface GitRun {
  readonly output: Readable
  /** Exit code (`missing`: there is no git) and the first line of what git complained about. */
  readonly end: Promise<{ readonly code: number | 'missing'; readonly complaint: string }>
  stop(): void
}

const COMPLAINT_BYTES = 4096

/** Runs git in the repository with these lines, or what another one says, on its standard input. No shell, no terminal. */
export function runGit(
  store: ObjectStore,
  args: readonly string[],
  lines: Iterable<string> | Readable,
  environment: Readonly<Record<string, string | undefined>>,
): GitRun {
  const child = spawn('git', args, {
    env: gitEnvironment(store, environment['PATH']),
    cwd: store.gitFolder,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  if (child.pid === undefined) return notStarted(child)
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < COMPLAINT_BYTES) complaint += chunk.toString('utf8')
  })
  if (lines instanceof Readable) pipeTo(child, lines)
  else void feed(child, lines)
  const end = new Promise<{ code: number | 'missing'; complaint: string }>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 1, complaint: complaint.split('\n')[0] ?? '' }))
  })
  return { output: child.stdout, end, stop: () => child.kill('SIGKILL') }
}

/** It may have no streams: too many files are open. */
function notStarted(child: ChildProcess): GitRun {
  const end = new Promise<{ code: 'missing'; complaint: string }>((resolve) => {
    child.on('error', () => resolve({ code: 'missing', complaint: 'git could not be started' }))
  })
  return { output: Readable.from([]), end, stop: () => undefined }
}

function pipeTo({ stdin }: ChildProcess, source: Readable): void {
  stdin?.on('error', () => undefined) // a git that has stopped reading says why on its own
  if (stdin !== null) source.pipe(stdin)
}

async function feed({ stdin }: ChildProcess, lines: Iterable<string>): Promise<void> {
  if (stdin === null) return
  let isClosed = false
  stdin.on('error', () => undefined) // a git that has stopped reading says why on its own
  stdin.on('close', () => {
    isClosed = true
  })
  for (const line of lines) {
    if (isClosed) return
    if (stdin.write(`${line}\n`)) continue
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        stdin.off('drain', goOn)
        stdin.off('close', goOn)
        resolve()
      }
      stdin.on('drain', goOn)
      stdin.on('close', goOn)
    })
  }
  stdin.end()
}
