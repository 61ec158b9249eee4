import { type ChildProcess, spawn } from 'node:child_process'

export interface GitRun {
  /** git unless a shell step runs its script. */
  readonly program?: string
  readonly args: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Ends git and what it started. */
  readonly signal: AbortSignal
}

export interface GitResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** git-client's default: ten minutes per command. */
const TIMEOUT_MS = 10 * 60 * 1000

/** Asynchronous on purpose: the server that git talks to may live in this very process. */
export function runGit({ program, args, folder, environment, signal }: GitRun): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that git-remote-https and helpers end together with git.
    const options = { cwd: folder, env: { ...environment }, detached: true } as const
    const child = spawn(program ?? 'git', args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const stop = () => killGroup(child)
    const timer = setTimeout(stop, TIMEOUT_MS)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code) => {
      settle()
      resolve({ status: code ?? 143, stdout: textOf(stdout), stderr: textOf(stderr) })
    })
  })
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group ended between the check and the signal.
  }
}
