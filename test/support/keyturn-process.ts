import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..', '..')
const MAIN = join(ROOT, 'dist', 'cli', 'main.js')

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface KeyturnCall {
  readonly args: readonly string[]
  readonly folder: string
  /** Added to a bare environment of PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
}

/** Runs the built command line as a stranger would: its own process, its own home, no terminal. */
export function keyturn({ args, folder, environment = {}, input }: KeyturnCall): Promise<Ended> {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: run `npm run build` first')
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, LC_ALL: 'C.UTF-8', ...environment },
    })
    const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)]
    child.on('error', failed)
    child.on('close', (code) => done({ exitCode: code ?? 1, stdout: stdout(), stderr: stderr() }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
  })
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
