import { setImmediate } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import {
  type BatchResult,
  type BulkCounts,
  type BulkEvent,
  type ByteSearch,
  type FileLimits,
  searchBatch,
  taken,
} from './bulk-files.ts'
import { matcher } from './bulk-paths.ts'
import { type Batch, type BulkSource, batchesOf } from './bulk-walk.ts'
import { othersRunning, threadsForSamples } from './idle-cores.ts'
import { type Answer, type Question, startWorkers, type WorkerStart, type Workers } from './worker-pool.ts'

export interface BulkRequest extends BulkSource {
  /** Larger files are told without their bytes. 16 MiB unless said. */
  readonly keepBytes?: number
  /** Counted up while the search goes on. */
  readonly counts?: BulkCounts
  readonly signal?: AbortSignal
}

/** Who searches: this thread, and others that run the module at `entry`, which calls `serveSearch`. */
export interface Searchers {
  readonly search: ByteSearch
  /** Absent: this thread alone. */
  readonly entry?: URL
  /** This one is counted, so 1 starts no other. Absent: `threadsFor` the cores that are idle, once there is enough to do. */
  readonly threads?: number
}

/** Several copies are alive until the garbage collector comes by; 16 MiB keeps all of it far below 200 MB. */
const KEEP_BYTES = 16 * 1024 * 1024
/** A thread takes some 100 ms of a processor to start and to get fast: as long as reading a few thousand small files. */
const BATCHES_ALONE = 16
/** Turns of the loop after which timers and signals get theirs. */
const TURNS = 8
/** Batches that may lie between the next one to deliver and the last one handed out, per thread: what bounds the memory. */
const WINDOW = 8

/** A batch that somebody has, and later what came of it. */
interface Taken {
  readonly batch: Batch
  result?: BatchResult
}

/**
 * Every candidate, in the order of the walk, which does not depend on the number of threads. This thread searches, too. Throws the
 * reason of the signal, or R900 when a worker crashes.
 */
export async function* searchFiles(request: BulkRequest, searchers: Searchers): AsyncGenerator<BulkEvent, BulkCounts> {
  const { counts = { filesSeen: 0, bytesSeen: 0 }, keepBytes = KEEP_BYTES, wanted, signal } = request
  const limits: FileLimits = { keepBytes }
  const isWanted = matcher(wanted)
  const batches = batchesOf(request)
  const line: Taken[] = []
  let workers: Workers<Taken> | undefined
  const threadsAtTurn = threadsAt(searchers)
  const started = (others: number): Workers<Taken> | undefined =>
    searchers.entry === undefined || others < 1
      ? undefined
      : startWorkers<Taken>(searchers.entry, others, { wanted, limits }, (item, result) => (item.result = result))
  const take = (): Taken | undefined => {
    const next = batches.next()
    if (next.done) return undefined
    const item: Taken = { batch: next.value }
    line.push(item)
    return item
  }
  try {
    for (let turn = 0, hasMore = true; hasMore || line.length > 0; turn++) {
      if (turn % TURNS === TURNS - 1) await setImmediate()
      signal?.throwIfAborted()
      workers ??= started(threadsAtTurn(turn) - 1)
      while (hasMore && workers?.isFree() === true && line.length < windowOf(workers)) {
        const item = take()
        if (item === undefined) hasMore = false
        else workers.give(item, item.batch.paths)
      }
      const own = hasMore && line.length < windowOf(workers) ? take() : undefined
      if (own !== undefined) own.result = searchBatch(own.batch.paths, isWanted, searchers.search, limits)
      else if (line.length < windowOf(workers)) hasMore = false
      workers?.receive()
      if (own === undefined && line[0] !== undefined && line[0].result === undefined) await workers?.arrival(signal)
      for (let first = line[0]; first?.result !== undefined; first = line[0]) {
        line.shift()
        yield* eventsOf(first.batch, first.result, counts, limits)
      }
    }
    return counts
  } finally {
    await workers?.end()
  }
}

function windowOf(workers: Workers<Taken> | undefined): number {
  return WINDOW * (1 + (workers?.count ?? 0))
}

/** How many threads there shall be at a turn of the loop; 1 as long as it is not known. */
function threadsAt({ entry, threads }: Searchers): (turn: number) => number {
  if (entry === undefined) return () => 1
  if (threads !== undefined) return () => threads
  const samples: number[] = []
  return (turn) => {
    if (turn < BATCHES_ALONE && turn % 4 === 3) samples.push(othersRunning())
    return turn === BATCHES_ALONE ? threadsForSamples(samples) : 1
  }
}

function* eventsOf(
  { met, filesSeen }: Batch,
  { found, bytesSeen }: BatchResult,
  counts: BulkCounts,
  limits: FileLimits,
): Generator<BulkEvent> {
  counts.filesSeen += filesSeen
  counts.bytesSeen += bytesSeen
  yield* met
  for (const one of found) yield one.kind === 'deferred' ? taken(one, limits) : one
}

/** What a worker's module calls: answers the batches that `searchFiles` hands out. */
export function serveSearch(search: ByteSearch): void {
  const { port, wanted, limits }: WorkerStart = workerData
  const isWanted = matcher(wanted)
  port.on('message', ({ id, paths }: Question) => {
    const result = searchBatch(paths === '' ? [] : paths.split('\0'), isWanted, search, limits)
    const kept = result.found.flatMap((one) =>
      one.kind === 'candidate' && one.bytes !== undefined ? [one.bytes.buffer] : [],
    )
    const answer: Answer = { id, result }
    port.postMessage(answer, kept as ArrayBuffer[])
  })
}
