import { setImmediate } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import {
  type BatchResult,
  type BulkCounts,
  type BulkEvent,
  type ByteSearch,
  type FileJudge,
  type FileLimits,
  type Searching,
  searchBatch,
  taken,
} from './bulk-files.ts'
import { matcher } from './bulk-paths.ts'
import { type Batch, type BulkSource, batchesOf } from './bulk-walk.ts'
import { othersRunning, threadsForSamples, threadsWhenIdle } from './idle-cores.ts'
import { type Answer, type Question, startWorkers, type WorkerStart, type Workers } from './worker-pool.ts'

export interface BulkRequest extends BulkSource {
  /** Larger files are told without their bytes. 16 MiB unless said. */
  readonly keepBytes?: number
  /** Counted up while the search goes on. */
  readonly counts?: BulkCounts
  readonly signal?: AbortSignal
  /** Called for each file that was read and that nothing was found in. */
  readonly onClean?: (path: string) => void
}

/** Who searches: this thread, and others that run the module at `entry`, which calls `serveSearch`. */
export interface Searchers {
  readonly search: ByteSearch
  /** Absent: every candidate is handed to whoever asked. */
  readonly judge?: FileJudge
  /** Absent: this thread alone. */
  readonly entry?: URL
  /** This one is counted, so 1 starts no other. Absent: `threadsFor` the cores that are idle, once there is enough to do. */
  readonly threads?: number
}

/** Several copies are alive until the garbage collector comes by; 16 MiB keeps all of it far below 200 MB. */
const KEEP_BYTES = 16 * 1024 * 1024
/** A thread takes some 100 ms of a processor to start and to get fast: as long as reading a few thousand small files. A power of two. */
const BATCHES_ALONE = 16
/** What is handed out at once when the search is opened: as much as the others read while this thread loads what judges it. */
const BATCHES_AT_ONCE = 32
/** Turns of the loop after which timers and signals get theirs. */
const TURNS = 8
/** Batches that may lie between the next one to deliver and the last one handed out, per thread: what bounds the memory. */
const WINDOW = 32

/** A batch that somebody has, and later what came of it. */
interface Taken {
  readonly batch: Batch
  result?: BatchResult
}

/**
 * Every candidate, in the order of the walk, which does not depend on the number of threads. This thread searches, too. Throws the
 * reason of the signal, or R900 when a worker crashes.
 */
export function searchFiles(request: BulkRequest, searchers: Searchers): AsyncGenerator<BulkEvent, BulkCounts> {
  return new Line(request, searchers).events()
}

export interface OpenSearch {
  /** To be gone through once. */
  readonly events: AsyncGenerator<BulkEvent, BulkCounts>
  /** Ends the threads; needed only when `events` is not gone through. */
  end(): Promise<void>
}

/** The same, and other threads begin at once with the first files, while this one loads what judges them. */
export function openSearch(request: BulkRequest, searchers: Searchers): OpenSearch {
  const line = new Line(request, searchers)
  line.begin()
  return { events: line.events(), end: () => line.end() }
}

/** Batches in the order in which they are delivered, and who has them. */
class Line {
  readonly #request: BulkRequest
  readonly #searchers: Searchers
  readonly #limits: FileLimits
  readonly #batches: Iterator<Batch>
  readonly #items: Taken[] = []
  /** Taken from the walk, and nobody has them yet. */
  readonly #kept: Taken[] = []
  #hasMore = true
  #workers: Workers<Taken> | undefined
  /** Batches that may be on their way at once. */
  #window = WINDOW

  constructor(request: BulkRequest, searchers: Searchers) {
    this.#request = request
    this.#searchers = searchers
    this.#limits = { keepBytes: request.keepBytes ?? KEEP_BYTES }
    this.#batches = batchesOf(request)
  }

  begin(): void {
    const threads = this.#searchers.threads ?? threadsForSamples([othersRunning()])
    if (this.#searchers.entry === undefined || threads < 2) return
    while (this.#hasMore && this.#kept.length < BATCHES_AT_ONCE) this.#keepOne()
    if (this.#kept.length < BATCHES_ALONE) return
    this.#start(threads - 1)
    for (const item of this.#kept.splice(0)) this.#workers?.give(item, item.batch.paths)
    this.#window += BATCHES_AT_ONCE
  }

  async *events(): AsyncGenerator<BulkEvent, BulkCounts> {
    const { counts = { filesSeen: 0, bytesSeen: 0 }, wanted, signal } = this.#request
    const isWanted = matcher(wanted)
    const threadsAtTurn = threadsAt(this.#searchers)
    try {
      for (let turn = 0; this.#hasMore || this.#items.length > 0; turn++) {
        if (turn % TURNS === TURNS - 1) await setImmediate()
        signal?.throwIfAborted()
        if (this.#workers === undefined) this.#start(threadsAtTurn(turn) - 1)
        this.#handOut()
        const own = this.#next()
        if (own !== undefined) own.result = searchBatch(own.batch.paths, isWanted, this.#searchers, this.#limits)
        this.#workers?.receive()
        const [head] = this.#items
        if (own === undefined && head !== undefined && head.result === undefined) await this.#workers?.arrival(signal)
        yield* this.#delivered(counts)
      }
      return counts
    } finally {
      await this.end()
    }
  }

  async end(): Promise<void> {
    await this.#workers?.end()
  }

  #start(others: number): void {
    const { entry } = this.#searchers
    if (entry === undefined || others < 1) return
    const judges = this.#searchers.judge !== undefined
    const start = { wanted: this.#request.wanted, limits: this.#limits, judges }
    this.#workers = startWorkers<Taken>(entry, others, start, (item, result) => (item.result = result))
    this.#window = WINDOW * (1 + others)
  }

  #handOut(): void {
    while (this.#workers?.isFree() === true) {
      const item = this.#next()
      if (item === undefined) return
      this.#workers.give(item, item.batch.paths)
    }
  }

  #next(): Taken | undefined {
    if (this.#kept.length === 0 && this.#hasMore && this.#items.length < this.#window) this.#keepOne()
    return this.#kept.shift()
  }

  #keepOne(): void {
    const next = this.#batches.next()
    this.#hasMore = next.done !== true
    if (next.done) return
    const item: Taken = { batch: next.value }
    this.#items.push(item)
    this.#kept.push(item)
  }

  #tellClean({ paths }: Batch, { found }: BatchResult): void {
    const { onClean } = this.#request
    if (onClean === undefined) return
    const told = new Set(found.map(({ path }) => path))
    for (const path of paths) if (!told.has(path)) onClean(path)
  }

  *#delivered(counts: BulkCounts): Generator<BulkEvent> {
    for (let first = this.#items[0]; first?.result !== undefined; first = this.#items[0]) {
      this.#items.shift()
      this.#tellClean(first.batch, first.result)
      yield* eventsOf(first.batch, first.result, counts, this.#limits)
    }
  }
}

/** How many threads there shall be at a turn of the loop; 1 as long as it is not known. */
function threadsAt({ entry, threads }: Searchers): (turn: number) => number {
  if (entry === undefined) return () => 1
  return threads === undefined ? threadsWhenIdle(BATCHES_ALONE, othersRunning) : () => threads
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
export function serveSearch({ search, judge }: Searching): void {
  const { port, wanted, limits, judges }: WorkerStart = workerData
  const searching = judges ? { search, judge } : { search }
  const isWanted = matcher(wanted)
  port.on('message', ({ id, paths }: Question) => {
    const result = searchBatch(paths === '' ? [] : paths.split('\0'), isWanted, searching, limits)
    const kept = result.found.flatMap((one) =>
      one.kind === 'candidate' && one.bytes !== undefined ? [one.bytes.buffer] : [],
    )
    const answer: Answer = { id, result }
    port.postMessage(answer, kept as ArrayBuffer[])
  })
}
