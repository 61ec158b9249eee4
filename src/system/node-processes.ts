import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
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

/** A process of another user cannot be signalled, but it runs. */
function isRunning(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function run(request: ProcessRequest): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(request.command, request.args, {
      cwd: request.folder,
      env: { ...request.environment },
      stdio: 'pipe',
    })
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
    child.stdin.on('error', () => undefined) // a child that does not read its input is not a failure
    child.stdin.end(request.input ?? '')
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(startFailure(request.command, error))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ exitCode: timedOut ? 124 : (code ?? 1), stdout: stdout(), stderr: stderr() })
    })
  })
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

function startFailure(command: string, error: Error): Failure {
  const missing = 'code' in error && error.code === 'ENOENT'
  return new Failure('R107', {
    at: command,
    because: missing ? 'the command was not found on PATH' : 'the command could not be started',
    state: 'Nothing was changed.',
    next: [`Install ${command}, then repeat the command.`],
    cause: error,
  })
}
