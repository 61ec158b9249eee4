import { spawn } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Ended {
  readonly exitCode: number
  readonly words: string
}

/** One account on one machine: a home and the environment of its processes. */
export class Account {
  readonly home: string
  readonly environment: Readonly<Record<string, string>>

  constructor(home: string, environment: Readonly<Record<string, string>>) {
    this.home = home
    this.environment = {
      ...environment,
      HOME: home,
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      SSH_ASKPASS: '',
      LC_ALL: 'C',
    }
  }

  /** A variable that is `undefined` is taken away. */
  with(more: Readonly<Record<string, string | undefined>>): Account {
    const entries = Object.entries({ ...this.environment, ...more })
    const environment = Object.fromEntries(
      entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    )
    return Object.assign(new Account(this.home, {}), { environment })
  }

  async write(name: string, text: string, mode = 0o600): Promise<void> {
    const path = join(this.home, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { mode })
    await chmod(path, mode)
  }

  /** What a process says on both channels. */
  async run(command: string, args: readonly string[], folder = this.home, input = ''): Promise<Ended> {
    return new Promise((done, failed) => {
      const child = spawn(command, args, { cwd: folder, env: { ...this.environment }, timeout: 60_000 })
      const chunks: Buffer[] = []
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.on('error', failed)
      child.on('close', (code) => done({ exitCode: code ?? 1, words: Buffer.concat(chunks).toString('utf8') }))
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
  }

  /** Every file with its bytes, without keyturn's own. */
  async files(): Promise<ReadonlyMap<string, string>> {
    const entries = await readdir(this.home, { recursive: true, withFileTypes: true })
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const kept = paths.filter((path) => !/\/(\.local|\.cache|\.config\/keyturn|\.keyturn)\//.test(path)).sort()
    return new Map(await Promise.all(kept.map(async (path) => [path, await readFile(path, 'latin1')] as const)))
  }

  /** Puts back what a command changed. */
  async restore(before: ReadonlyMap<string, string>): Promise<void> {
    const now = await this.files()
    for (const path of now.keys()) if (!before.has(path)) await rm(path)
    for (const [path, text] of before)
      if (now.get(path) !== text) await writeFile(path, text, { encoding: 'latin1', mode: 0o600 })
  }
}
