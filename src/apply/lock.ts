import { join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { System } from '../model/ports.ts'
import { sweepBeside } from './sweep.ts'

/** Who holds the lock, readable by people. */
interface Holder {
  readonly process: number
  readonly host: string
  /** ISO time. */
  readonly since: string
}

/** One run at a time changes places. Gives the release. A lock whose process has ended on this host is taken over. */
export async function takeLock(state: string, { files, processes, clock }: System): Promise<() => Promise<void>> {
  const path = join(state, 'lock')
  await files.makeFolder(state)
  const mine: Holder = { process: processes.ownId, host: processes.host, since: clock.now().toISOString() }
  const content = Buffer.from(`${JSON.stringify(mine)}\n`)
  if (!(await files.create(path, content))) await takeOver(path, content, { files, processes })
  await sweepBeside(path, files)
  return () => files.remove(path)
}

/** Compare-and-swap on the stale lock: of two that find it, one wins. */
async function takeOver(
  path: string,
  content: Uint8Array,
  { files, processes }: Pick<System, 'files' | 'processes'>,
): Promise<void> {
  const found = await files.read(path)
  const holder = holderIn(found)
  if (holder !== undefined && !isStale(holder, processes)) throw held(path, holder, processes.host)
  if ((await files.replace(path, found, content)) === 'replaced') return
  throw new Failure('R207', {
    at: path,
    because: 'another run took the lock at the same moment',
    state: 'Nothing was changed.',
    exitCode: 4,
  })
}

function holderIn(bytes: Uint8Array): Holder | undefined {
  try {
    const read: Partial<Holder> = JSON.parse(Buffer.from(bytes).toString('utf8'))
    const { process, host, since } = read
    return process === undefined || host === undefined || since === undefined ? undefined : { process, host, since }
  } catch {
    return undefined
  }
}

/** A lock of another host cannot be judged from here. */
function isStale(holder: Holder, processes: System['processes']): boolean {
  return holder.host === processes.host && !processes.isRunning(holder.process)
}

function held(path: string, holder: Holder, host: string): Failure {
  const elsewhere = holder.host === host ? '' : ` on ${holder.host}`
  return new Failure('R207', {
    at: path,
    because: `process ${holder.process}${elsewhere} holds it since ${holder.since.slice(0, 16).replace('T', ' ')} UTC`,
    state: 'This command changed nothing.',
    next:
      holder.host === host
        ? ['Wait until it ends.']
        : [`Wait until it ends, or, when it is known to be gone: rm ${path}`],
    exitCode: 4,
  })
}
