import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../sandbox/index.ts'

export interface ClientRun {
  readonly exit: number | null
  readonly stdout: string
  /** The lines that a person sees, without empty ones. */
  readonly screen: readonly string[]
}

const lines = (text: string): readonly string[] => text.split('\n').flatMap((line) => line.trimEnd() || [])

const limitMs = 30_000

/**
 * Runs a real client in an environment that holds nothing but what is listed here; it is killed after 30 seconds,
 * unless told otherwise. `input` is its standard input.
 */
export const runClient = (
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string,
  options: { readonly input?: string; readonly limitMs?: number } = {},
): Promise<ClientRun> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', ...environment }
    const timeout = options.limitMs ?? limitMs
    const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'], timeout })
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (exit) => {
      const text = Buffer.concat(err).toString('utf8')
      resolve({ exit, stdout: Buffer.concat(out).toString('utf8'), screen: lines(text) })
    })
  })

export interface Pair {
  readonly username: string
  readonly secret: string
}

/** A home of its own for one run of git, with an askpass script that hands over `pair`, or nothing to ask. */
export class GitHome {
  readonly folder: string
  readonly #sandbox: Sandbox

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox
    mkdirSync(join(sandbox.folder, 'homes'), { recursive: true })
    this.folder = mkdtempSync(join(sandbox.folder, 'homes', 'home-'))
  }

  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  git(args: readonly string[], pair?: Pair, cwd = this.folder): Promise<ClientRun> {
    return runClient('git', args, { ...this.environment(), ...this.#askpass(pair) }, cwd)
  }

  environment(): Record<string, string> {
    return {
      HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@example.com',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@example.com',
      ...this.#sandbox.environment(),
    }
  }

  #askpass(pair: Pair | undefined): Record<string, string> {
    if (pair === undefined) return {}
    const username = this.file('username', pair.username)
    const secret = this.file('secret', pair.secret)
    const script = this.file(
      'askpass.sh',
      `#!/bin/sh\ncase "$1" in Username*) cat '${username}' ;; *) cat '${secret}' ;; esac\n`,
    )
    chmodSync(script, 0o700)
    return { GIT_ASKPASS: script }
  }
}
