import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { Failure } from '../model/failure.ts'
import type { BatchResult, FileLimits, Wanted } from './bulk-files.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly port: MessagePort
  readonly wanted: Wanted
  readonly limits: FileLimits
  /** Whether it judges, too. */
  readonly judges: boolean
}

/** Paths are joined by NUL, which no path holds: one string is handed over several times faster than an array. */
export interface Question {
  readonly id: number
  readonly paths: string
}

export interface Answer {
  readonly id: number
  readonly result: BatchResult
}

/** Threads that search batches; `Item` is what the caller knows a batch by. */
export interface Workers<Item> {
  readonly count: number
  isFree(): boolean
  give(item: Item, paths: readonly string[]): void
  /** Takes the answers that have come, without waiting. */
  receive(): void
  /** The next answer. Throws R900 when a worker has crashed, and the reason of the signal. */
  arrival(signal: AbortSignal | undefined): Promise<void>
  end(): Promise<void>
}

interface OneWorker {
  readonly thread: Worker
  readonly port: MessagePort
  waiting: number
}

/** Batches that a worker has before it: as long as this thread looks closer at a large document it hands out none. */
const AHEAD = 24

export function startWorkers<Item>(
  entry: URL,
  count: number,
  start: Omit<WorkerStart, 'port'>,
  onResult: (item: Item, result: BatchResult) => void,
): Workers<Item> {
  const asked = new Map<number, Item>()
  let lastId = 0
  let crash: Failure | undefined
  let wake: () => void = () => undefined
  const answered = (one: OneWorker, { id, result }: Answer): void => {
    const item = asked.get(id)
    asked.delete(id)
    one.waiting--
    if (item !== undefined) onResult(item, result)
    wake()
  }
  const onCrash = (cause: unknown): void => {
    crash ??= crashed(cause)
    wake()
  }
  const workers = Array.from({ length: count }, () => startWorker(entry, start, answered, onCrash))
  const freest = (): OneWorker | undefined => workers.toSorted((a, b) => a.waiting - b.waiting)[0]
  return {
    count,
    isFree: () => workers.some(({ waiting }) => waiting < AHEAD),
    give: (item, paths) => {
      const one = freest()
      if (one === undefined) return
      asked.set(++lastId, item)
      one.waiting++
      const question: Question = { id: lastId, paths: paths.join('\0') }
      one.port.postMessage(question)
    },
    receive: () => {
      for (const one of workers)
        for (let got = receiveMessageOnPort(one.port); got !== undefined; got = receiveMessageOnPort(one.port))
          answered(one, got.message)
    },
    arrival: async (signal) => {
      if (crash !== undefined) throw crash
      const woken = new Promise<void>((resolve) => (wake = resolve))
      signal?.addEventListener('abort', wake, { once: true })
      await woken
      signal?.removeEventListener('abort', wake)
      signal?.throwIfAborted()
      if (crash !== undefined) throw crash
    },
    end: async () => {
      await Promise.all(workers.map(({ thread }) => thread.terminate()))
    },
  }
}

function startWorker(
  entry: URL,
  start: Omit<WorkerStart, 'port'>,
  answered: (one: OneWorker, answer: Answer) => void,
  onCrash: (cause: unknown) => void,
): OneWorker {
  const { port1, port2 } = new MessageChannel()
  const thread = new Worker(entry, { workerData: { ...start, port: port2 }, transferList: [port2] })
  const one: OneWorker = { thread, port: port1, waiting: 0 }
  port1.on('message', (answer: Answer) => answered(one, answer))
  thread.on('error', onCrash)
  thread.on('exit', (code) => onCrash(new Error(`it ended with exit code ${code}`)))
  return one
}

function crashed(cause: unknown): Failure {
  const because = `a thread that searches files crashed: ${cause instanceof Error ? cause.message : String(cause)}`
  return new Failure('R900', { because, state: 'Nothing was changed.', cause })
}
