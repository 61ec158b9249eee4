import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { Failure } from '../model/failure.ts'
import type { Processes, ProcessRequest, ProcessResult } from '../model/ports.ts'

const OUTPUT_LIMIT = 4 * 1024 * 1024
const DEFAULT_TIMEOUT_MS = 60_000
/** Names that may hold a secret meant for keyturn alone. */
const OWN_SECRETS = /^(KEYTURN_|JENKINS_(API_)?TOKEN$|JENKINS_API_TOKEN$|JENKINS_PASSWORD$)/i

export function nodeProcesses(environment: Readonly<Record<string, string | undefined>>): Processes {
  return {
    run,
    ownId: process.pid,
    host: hostname(),
    get user() {
      return userName()
    },
    get folder() {
      return workingFolder()
    },
    isRunning,
    environment: () => {
      const kept: Record<string, string> = {}
      for (const [name, value] of Object.entries(environment)) {
        if (value !== undefined && !OWN_SECRETS.test(name)) kept[name] = value
      }
      return kept
    },
  }
}

/** A container may run a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}

/** The working folder may have been removed meanwhile. */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}

/** A process of another user cannot be signalled, but it runs. Zero and less are groups of processes. */
function isRunning(id: number): boolean {
  if (!Number.isInteger(id) || id <= 0) return false
  try {
    process.kill(id, 0)
    return !isZombie(id)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** It has ended, and nobody asked how: in a container whose first process asks for none it keeps its number. The state follows the name, proc(5). */
function isZombie(id: number): boolean {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1')
    return /^ [ZX]/.test(text.slice(text.lastIndexOf(')') + 1))
  } catch {
    return false
  }
}

/** A group of its own, and a session without a terminal: a time-out ends whatever the child has started, and nothing can prompt. */
const IN_GROUP = process.platform !== 'win32'

function run(request: ProcessRequest): Promise<ProcessResult> {
  const problem = folderFailure(request.folder)
  if (problem !== undefined) return Promise.reject(problem)
  return new Promise((resolve, reject) => {
    const child = spawn(request.command, request.args, {
      cwd: request.folder,
      env: { ...request.environment },
      stdio: 'pipe',
      detached: IN_GROUP,
    })
    child.on('error', (error) => reject(startFailure(request.command, error)))
    // What was not started may have no streams (too many files are open); why comes as an error.
    if (child.pid === undefined) return
    const isLeft = watch(child)
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      end(child)
      // What has left the group may hold these open for ever.
      child.stdout.destroy()
      child.stderr.destroy()
    }, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
    child.stdin.on('error', () => undefined) // a child that does not read its input is not a failure
    child.stdin.end(request.input ?? '')
    child.on('close', (code) => {
      clearTimeout(timer)
      isLeft()
      resolve({ exitCode: timedOut ? 124 : (code ?? 1), stdout: stdout(), stderr: stderr() })
    })
  })
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const running = new Set<ChildProcess>()

/** A signal from the terminal does not reach another session, so it is handed on, unless somebody decides about it already. */
function watch(child: ChildProcess): () => void {
  if (running.size === 0)
    for (const name of SIGNALS) if (process.listenerCount(name) === 0) process.once(name, endEverything)
  running.add(child)
  return () => {
    running.delete(child)
    if (running.size === 0) stopListening()
  }
}

function stopListening(): void {
  for (const name of SIGNALS) process.off(name, endEverything)
}

function endEverything(signal: NodeJS.Signals): void {
  for (const child of running) end(child)
  stopListening()
  process.kill(process.pid, signal)
}

function end(child: ChildProcess): void {
  try {
    if (IN_GROUP && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= OUTPUT_LIMIT) chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

/** Asked first: of a working directory that is missing, the system tells in the same words as of a command. */
function folderFailure(folder: string | undefined): Failure | undefined {
  const code = folder === undefined ? undefined : folderProblem(folder)
  if (folder === undefined || code === undefined) return undefined
  return new Failure(code, {
    at: folder,
    because: code === 'R101' ? 'there is no such folder' : 'the folder may not be entered',
    state: 'Nothing was changed.',
    next: ['Check the path, then repeat the command.'],
  })
}

function folderProblem(folder: string): 'R101' | 'R102' | undefined {
  try {
    if (!statSync(folder).isDirectory()) return 'R101'
    accessSync(folder, constants.X_OK)
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'R102' : 'R101'
  }
}

/** Limits of the process or of its user (ulimit), which no installation mends. */
const LIMITS: Readonly<Record<string, string>> = {
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EAGAIN: 'no more processes may be started',
  ENOMEM: 'there is not enough memory',
}

function startFailure(command: string, error: Error): Failure {
  const code = 'code' in error ? String(error.code) : ''
  const limit = LIMITS[code]
  const because = code === 'ENOENT' ? 'the command was not found on PATH' : 'the command could not be started'
  return new Failure('R107', {
    at: command,
    because: limit === undefined ? because : `${because}: ${limit}`,
    state: 'Nothing was changed.',
    next: [
      limit === undefined
        ? `Install ${command}, then repeat the command.`
        : 'Raise the limit (ulimit), then repeat the command.',
    ],
    cause: error,
  })
}
