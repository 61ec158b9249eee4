import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { RECORDS, type WatchedMachine } from './watched-machine.ts'

const MAIN = resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
const SAMPLE_MS = 5

/** Everything that a stranger on the machine could have read while a command ran. */
export interface ObservedRun {
  readonly command: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** Arguments and environments of every process that it started, and of those that these started. */
  readonly children: string
  readonly programs: number
  /** What was left in TMPDIR. */
  readonly leftBehind: readonly string[]
}

export interface ObservedCall {
  readonly args: readonly string[]
  readonly input?: string
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Ends a command that would run for ever, once it has printed something. */
  readonly until?: RegExp
}

export async function observe(machine: WatchedMachine, call: ObservedCall): Promise<ObservedRun> {
  const own = await mkdtemp(join(machine.folder, 'observed-'))
  const [records, temporary] = [join(own, 'records'), join(own, 'tmp')]
  for (const folder of [records, temporary]) await mkdir(folder)
  const child = spawn(process.execPath, [MAIN, ...call.args], {
    cwd: call.folder ?? machine.folder,
    env: { ...machine.environment, [RECORDS]: records, TMPDIR: temporary, ...call.environment },
  })
  const seen = new Set<string>()
  const timer = setInterval(() => sample(child.pid, readOrNothing(`/proc/${child.pid}/cmdline`), seen), SAMPLE_MS)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('latin1')
    if (!child.killed && call.until?.test(stdout)) child.kill('SIGTERM')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('latin1')
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(call.input ?? '')
  const exitCode = await new Promise<number>((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done(code ?? -1))
  })
  clearInterval(timer)
  const recorded = await contentsOf(records)
  return {
    command: call.args.join(' '),
    exitCode,
    stdout,
    stderr,
    children: [...seen, ...recorded].join('\n'),
    programs: recorded.length,
    leftBehind: await readdir(temporary),
  }
}

/**
 * A process can end while it is looked at. Between fork and exec it shows what its parent was started with; so the arguments
 * are read first, and one that still has those of keyturn is not a child yet.
 */
function sample(parent: number | undefined, ownArguments: string, seen: Set<string>): void {
  if (parent === undefined) return
  for (const child of childrenOf(parent)) {
    const started = readOrNothing(`/proc/${child}/cmdline`)
    if (started !== ownArguments) seen.add(started).add(readOrNothing(`/proc/${child}/environ`))
    sample(child, ownArguments, seen)
  }
}

function childrenOf(parent: number): readonly number[] {
  let threads: readonly string[] = []
  try {
    threads = readdirSync(`/proc/${parent}/task`)
  } catch {
    return []
  }
  return threads.flatMap((thread) =>
    readOrNothing(`/proc/${parent}/task/${thread}/children`)
      .split(' ')
      .filter((id) => /^\d+$/.test(id))
      .map(Number),
  )
}

/** One for all: files of /proc tell no size, so that `readFileSync` would take as much anew for each, 200 times a second. */
const CHUNK = Buffer.alloc(65_536)

function readOrNothing(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      let text = ''
      for (let size = readSync(file, CHUNK); size > 0; size = readSync(file, CHUNK))
        text += CHUNK.toString('latin1', 0, size)
      return text
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

async function contentsOf(folder: string): Promise<readonly string[]> {
  return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')))
}
