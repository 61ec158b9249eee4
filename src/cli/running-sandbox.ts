import { join } from 'node:path'
import { foldersOf, nodeFiles } from '../index.ts'
import { Failure } from '../model/failure.ts'
import type { GlobalOptions } from './session.ts'
import type { Reachable } from './views/sandbox.ts'
import { shellWord } from './views/text.ts'

/** How the other commands find the sandbox that `keyturn sandbox start` keeps running: a file beside the runs. */
function fileOf(options: GlobalOptions): string {
  return join(foldersOf(process.env, options.home).state, 'sandbox.json')
}

/** The API token of the sample Jenkins stays on the screen that showed it. A file that a dead process left is overwritten. */
export async function rememberSandbox(reachable: Reachable, options: GlobalOptions): Promise<void> {
  const { jenkins: _jenkins, ...kept } = reachable
  await nodeFiles().makeFolder(foldersOf(process.env, options.home).state)
  await refuseSecond(options)
  await nodeFiles().remove(fileOf(options))
  if (!(await nodeFiles().create(fileOf(options), Buffer.from(JSON.stringify(kept))))) await refuseSecond(options)
}

/** A second one would hide the first, so that a shell that wants the first reaches the real Bitbucket when the second has ended. */
export async function refuseSecond(options: GlobalOptions): Promise<void> {
  const running = await runningSandbox(options)
  if (running === undefined || !(await answers(running))) return
  const home = options.home === undefined ? '' : ` --home ${shellWord(options.home)}`
  throw new Failure('R500', {
    at: running.webUrl,
    because: `a sandbox is running there already, as process ${running.pid}`,
    state: 'It goes on; no other was started.',
    next: [`  keyturn sandbox stop${home}`],
  })
}

/** The number of a dead process may belong to another program by now; a sandbox that was suspended takes the call and says nothing. */
async function answers({ webUrl }: Reachable): Promise<boolean> {
  const asked = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
  return fetch(`${webUrl}/_sandbox/clock`, { ...asked, signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    (error: unknown) => error instanceof Error && error.name === 'TimeoutError',
  )
}

/** What stands in the file may be of another process; then it is not ours to remove. */
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
