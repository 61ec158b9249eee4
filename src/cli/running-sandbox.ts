import { join } from 'node:path'
import { foldersOf, nodeFiles } from '../index.ts'
import { Failure } from '../model/failure.ts'
import type { GlobalOptions } from './session.ts'
import type { Reachable } from './views/sandbox.ts'

/** How the other commands find the sandbox that `keyturn sandbox start` keeps running: a file beside the runs. */
function fileOf(options: GlobalOptions): string {
  return join(foldersOf(process.env, options.home).state, 'sandbox.json')
}

/** The API token of the sample Jenkins stays on the screen that showed it. */
export async function rememberSandbox(reachable: Reachable, options: GlobalOptions): Promise<void> {
  const { jenkins: _jenkins, ...kept } = reachable
  await nodeFiles().makeFolder(foldersOf(process.env, options.home).state)
  await nodeFiles().remove(fileOf(options))
  await nodeFiles().create(fileOf(options), Buffer.from(JSON.stringify(kept)))
}

/** A second sandbox may have replaced the file; then it is not ours to remove. */
export async function forgetSandbox(options: GlobalOptions): Promise<void> {
  const kept = await readFile(options)
  if (kept?.pid === process.pid) await nodeFiles().remove(fileOf(options))
}

export async function runningSandbox(options: GlobalOptions): Promise<Reachable | undefined> {
  const kept = await readFile(options)
  return kept !== undefined && isAlive(kept.pid) ? kept : undefined
}

export async function requireRunningSandbox(options: GlobalOptions): Promise<Reachable> {
  const running = await runningSandbox(options)
  if (running !== undefined) return running
  throw new Failure('R111', { because: 'no sandbox is running', next: ['  keyturn sandbox start'] })
}

async function readFile(options: GlobalOptions): Promise<Reachable | undefined> {
  const bytes = await nodeFiles()
    .read(fileOf(options))
    .catch(() => undefined)
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'))
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
