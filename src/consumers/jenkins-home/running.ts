import { Failure } from '../../model/failure.ts'
import type { Context } from '../../model/ports.ts'
import { readingsOf } from './layout.ts'

export type IsRunning = (pid: number, context: Context) => Promise<boolean>

/**
 * A running controller keeps its credentials in memory and writes them over an edited file at the next change. `.owner` holds the
 * process id (DoubleLaunchChecker.java) and outlives the process: it counts only when that process exists on this host.
 */
export async function refuseWhileRunning(
  path: string,
  context: Context,
  isRunning: IsRunning = processExists,
): Promise<void> {
  for (const { home } of readingsOf(path)) {
    const pid = await ownerOf(home, context)
    if (pid !== undefined && (await isRunning(pid, context)))
      throw new Failure('R208', {
        at: home,
        because: `process ${pid} of its .owner file is running`,
        state: 'Nothing was changed in this file.',
        next: ['Stop the controller and repeat the command, or change the credential through its HTTP API.'],
      })
  }
}

async function ownerOf(home: string, context: Context): Promise<number | undefined> {
  const path = `${home}/.owner`
  if ((await context.system.files.entry(path)) === undefined) return undefined
  const text = Buffer.from(await context.system.files.read(path)).toString('utf8')
  const pid = /^\s*(\d+)/.exec(text)?.[1] ?? /\bat (\d+)@/.exec(text)?.[1]
  return pid === undefined ? undefined : Number(pid)
}

/** `kill -0` asks whether the process exists and sends nothing. Where the command is missing nothing is known, and nothing is refused. */
async function processExists(pid: number, { system }: Context): Promise<boolean> {
  const { processes } = system
  if ((await system.files.entry('/proc/self')) !== undefined)
    return (await system.files.entry(`/proc/${pid}`)) !== undefined
  const asked = await processes
    .run({ command: 'kill', args: ['-0', String(pid)], environment: processes.environment() })
    .catch(() => undefined)
  return asked?.exitCode === 0
}
