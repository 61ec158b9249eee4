import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { Processes, System } from '../model/ports.ts'
import { readIfThere } from '../system/read-if-there.ts'
import { sweepState } from './sweep.ts'

/** Who holds the lock, readable by people. */
interface Holder {
  readonly process: number
  readonly host: string
  readonly user?: string
  /** Working folder of the process. */
  readonly folder?: string
  /** ISO time. */
  readonly since: string
  /** Makes every lock another one, also of one process in one millisecond. */
  readonly nonce?: string
}

interface Link {
  readonly path: string
  readonly content: Uint8Array
}

/** How often a lock that vanishes while it is looked at is tried again. */
const ATTEMPTS = 20

/**
 * One command at a time changes places. Gives the release. A lock whose process has ended on this host is taken over.
 *
 * A lock is a file that appears with its whole content or not at all. It is never replaced: who takes it over creates a successor, a file
 * that is named by a hash of the content of the stale one, and of two that try one succeeds. The holder is the end of that chain. Who ends
 * removes the lock before its successors, so that nobody can append to a chain whose lock is gone without finding out.
 */
export async function takeLock(state: string, system: System): Promise<() => Promise<void>> {
  const release = await takeChain(state, system)
  try {
    await sweepState(state, system)
    return release
  } catch (error) {
    await release().catch(() => undefined) // why it could not be swept says more
    throw error
  }
}

/** Holds the lock while `act` runs. A lock that cannot be given back never hides what came of the act, and holds nobody up. */
export async function withLock<Result>(state: string, system: System, act: () => Promise<Result>): Promise<Result> {
  const release = await takeLock(state, system)
  const result = await act().catch(async (error: unknown) => {
    const stays = await release().then(
      () => false,
      () => true,
    )
    throw stays && error instanceof Failure ? withLockStaying(error) : error
  })
  await release().catch((error: unknown) => {
    throw error instanceof Failure ? lockStays(error) : error
  })
  return result
}

const STAYING = 'The lock could not be removed; it counts no longer than this process runs.'

function withLockStaying({ code, parts }: Failure): Failure {
  return new Failure(code, { ...parts, state: parts.state === undefined ? STAYING : `${parts.state} ${STAYING}` })
}

function lockStays({ code, parts }: Failure): Failure {
  return new Failure(code, {
    ...parts,
    state: `The command came to its end, and what it did is in the journal of its run. ${STAYING}`,
    next: [...(parts.next ?? []), 'What the run did:', '  keyturn show'],
  })
}

/** Content of locks of this process that could not be removed: it runs, and does not hold them any more. */
const abandoned = new Set<string>()

const keyOf = (content: Uint8Array): string => Buffer.from(content).toString('latin1')

async function takeChain(state: string, system: System): Promise<() => Promise<void>> {
  const { files, processes } = system
  await files.makeFolder(state)
  const lock = join(state, 'lock')
  const mine = Buffer.from(`${JSON.stringify(holderNow(system))}\n`)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await createOrAbandon(lock, mine, system)) return () => release([lock], mine, system)
    const chain = await chainFrom(lock, system)
    const last = chain.at(-1)
    if (last === undefined) continue
    const holder = holderIn(last.content)
    const isHeld = holder !== undefined && !isGone(holder, processes) && !abandoned.has(keyOf(last.content))
    if (isHeld) throw held(lock, holder, processes)
    const successor = successorOf(last, lock)
    if (!(await createOrAbandon(successor, mine, system))) continue
    if (await isSame(chain[0], system))
      return () => release([...chain.map(({ path }) => path), successor], mine, system)
    await files.remove(successor)
  }
  throw new Failure('R207', {
    at: lock,
    because: 'other commands took it and gave it back all the while',
    state: 'This command changed nothing.',
    next: ['Wait until they have ended, then repeat the command.'],
    exitCode: 4,
  })
}

function holderNow({ processes, clock, random }: System): Holder {
  return {
    process: processes.ownId,
    host: processes.host,
    user: processes.user,
    folder: processes.folder,
    since: clock.now().toISOString(),
    nonce: Buffer.from(random.bytes(8)).toString('hex'),
  }
}

/** The lock and its successors as they are now; empty when there is none any more. */
async function chainFrom(lock: string, system: System): Promise<readonly Link[]> {
  const chain: Link[] = []
  let path = lock
  for (;;) {
    const content = await readIfThere(path, system.files)
    if (content === undefined) return chain
    const link = { path, content }
    chain.push(link)
    path = successorOf(link, lock)
  }
}

function successorOf({ content }: Link, lock: string): string {
  return `${lock}.after-${createHash('sha256').update(content).digest('hex').slice(0, 24)}`
}

async function isSame(first: Link | undefined, system: System): Promise<boolean> {
  const now = first === undefined ? undefined : await readIfThere(first.path, system.files)
  return first !== undefined && now !== undefined && Buffer.from(now).equals(first.content)
}

async function release(paths: readonly string[], mine: Uint8Array, { files }: System): Promise<void> {
  abandoned.add(keyOf(mine))
  for (const path of paths) await files.remove(path)
  abandoned.delete(keyOf(mine))
}

/** A disk may fail after the name was made, and before it was synced. */
async function createOrAbandon(path: string, mine: Uint8Array, { files }: System): Promise<boolean> {
  try {
    return await files.create(path, mine)
  } catch (error) {
    abandoned.add(keyOf(mine))
    throw error
  }
}

/** What nobody can read was not left by a process that runs: a lock is whole when it appears. */
function holderIn(bytes: Uint8Array): Holder | undefined {
  try {
    const read: Partial<Holder> | null = JSON.parse(Buffer.from(bytes).toString('utf8'))
    const { process, host, since, user, folder } = read ?? {}
    if (typeof process !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined
    return {
      process,
      host,
      since,
      ...(user === undefined ? {} : { user }),
      ...(folder === undefined ? {} : { folder }),
    }
  } catch {
    return undefined
  }
}

/** A lock of another host cannot be judged from here. */
function isGone(holder: Holder, processes: Processes): boolean {
  return holder.host === processes.host && !processes.isRunning(holder.process)
}

function held(path: string, holder: Holder, processes: Processes): Failure {
  const isHere = holder.host === processes.host
  const by = holder.user === undefined ? '' : ` of ${holder.user}`
  const where = `${isHere ? '' : ` on ${holder.host}`}${holder.folder ? ` in ${holder.folder}` : ''}`
  return new Failure('R207', {
    at: path,
    because: `process ${holder.process}${by}${where} holds it since ${holder.since.slice(0, 16).replace('T', ' ')} UTC`,
    state: 'This command changed nothing.',
    next: isHere
      ? ['Wait until it ends. If that number belongs to another program by now:', `  rm ${path}`]
      : [
          `Whether a process of another machine still runs cannot be seen from here. If it is known to be gone:`,
          `  rm ${path}`,
        ],
    exitCode: 4,
  })
}
