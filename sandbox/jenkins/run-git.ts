import { spawn } from 'node:child_process'

export interface GitResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** git-client's default: ten minutes per command. */
const TIMEOUT_MS = 10 * 60 * 1000

/** Asynchronous on purpose: the server that git talks to may live in this very process. */
export function runGit(
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: folder, env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({
        status: code ?? 143,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      })
    })
  })
}
