import { type BufferPool, newBufferPool } from './buffer-pool.ts'
import { type InflateInto, newInflate } from './inflate.ts'
import { openPackBytes, type PackBytes } from './pack-bytes.ts'
import { applyDelta, DamagedDelta, deltaHeader, type FreshBytes } from './pack-delta.ts'
import { BLOB } from './pack-entry.ts'
import { ODD, type PackForest, plantForest } from './pack-forest.ts'
import { type PackIndex, readPackIndex } from './pack-index.ts'

/** Whether bytes `[from, to)` hold something of interest. More bytes never make it say no. */
export type Hit = (bytes: Uint8Array, from: number, to: number) => boolean

export interface BlobSearch {
  readonly hit: Hit
  /** What `hit` finds is never longer, in bytes. */
  readonly reach: number
  /** Whether the object whose id starts at `at` has still to be searched. */
  readonly isNew: (oids: Uint8Array, at: number) => boolean
  /** A blob without a hit. */
  readonly isClean: (oids: Uint8Array, at: number) => void
}

/** A blob with a hit; `bytes` belong to the receiver. */
export interface FoundBlob {
  readonly oid: string
  readonly bytes: Uint8Array
}

export interface PackResult {
  /** Searched here. */
  blobs: number
  bytes: number
  /** Ids of what this reader does not read: too large for memory, damaged, or in another version of the format. */
  readonly left: string[]
}

/** Objects above this are streamed by git instead of being held in memory. */
export const LARGE = 32 * 1024 * 1024
const POOL_BYTES = 48 * 1024 * 1024
const PAUSE_AFTER = 512

/** A resolved object, kept as long as others have to be built on it. */
interface Held {
  readonly bytes: Buffer
  readonly length: number
  readonly isClean: boolean
  /** Objects still to be built on it. */
  pending: number
}

interface Task {
  readonly rank: number
  readonly base: Held | undefined
}

/**
 * Searches every wanted blob of a pack once. Each delta is applied once, to a base that is at hand, which git cannot do
 * when it is asked for one object after another; trees and commits are never inflated. Gives the blobs with a hit, and
 * `undefined` now and then, so that the caller can let others run. Throws when the files cannot be read.
 */
export function* searchPack(
  path: string,
  hashBytes: number,
  search: BlobSearch,
): Generator<FoundBlob | undefined, PackResult> {
  const index = readPackIndex(`${path}.idx`, hashBytes)
  if (index === undefined) throw new Error('the index of the pack is damaged, or of an old version')
  const pack = openPackBytes(`${path}.pack`)
  try {
    const isWanted = (rank: number): boolean => search.isNew(index.bytes, index.oidAt(rank))
    const forest = plantForest(index, pack, hashBytes, isWanted)
    const reader = new PackReader(index, pack, forest, hashBytes, search)
    yield* reader.run()
    return reader.result
  } finally {
    pack.close()
  }
}

class PackReader {
  readonly result: PackResult = { blobs: 0, bytes: 0, left: [] }
  private readonly pool: BufferPool = newBufferPool(POOL_BYTES)
  private readonly inflate: InflateInto = newInflate()
  private readonly fresh: FreshBytes
  private readonly stack: Task[] = []
  private readonly index: PackIndex
  private readonly pack: PackBytes
  private readonly forest: PackForest
  private readonly hashBytes: number
  private readonly search: BlobSearch
  private readonly end: number

  constructor(index: PackIndex, pack: PackBytes, forest: PackForest, hashBytes: number, search: BlobSearch) {
    this.index = index
    this.pack = pack
    this.forest = forest
    this.hashBytes = hashBytes
    this.search = search
    this.end = pack.size - hashBytes
    this.fresh = { reach: search.reach, bytes: new Uint8Array(8 * 1024), length: 0 }
  }

  *run(): Generator<FoundBlob | undefined> {
    const { bases, types, weights } = this.forest
    for (let root = 0, since = 0; root < this.index.count; root++) {
      if (weights[root] === 0) continue
      if (types[root] === ODD) this.result.left.push(this.oidOf(root))
      else if (types[root] === BLOB && bases[root] === -1) this.stack.push({ rank: root, base: undefined })
      for (let task = this.stack.pop(); task !== undefined; task = this.stack.pop()) {
        const found = this.visit(task)
        if (found !== undefined) yield found
        if (++since % PAUSE_AFTER === 0) yield undefined
      }
    }
  }

  private visit({ rank, base }: Task): FoundBlob | undefined {
    const held = this.resolve(rank, base)
    if (base !== undefined && --base.pending === 0) this.pool.give(base.bytes)
    if (held === undefined) {
      this.leave(rank)
      return undefined
    }
    this.pushChildren(rank, held)
    const found = this.isWanted(rank) ? this.account(rank, held) : undefined
    if (held.pending === 0) this.pool.give(held.bytes)
    return found
  }

  private account(rank: number, held: Held): FoundBlob | undefined {
    this.result.blobs++
    this.result.bytes += held.length
    if (held.isClean) {
      this.search.isClean(this.index.bytes, this.index.oidAt(rank))
      return undefined
    }
    return { oid: this.oidOf(rank), bytes: new Uint8Array(held.bytes.subarray(0, held.length)) }
  }

  /** `undefined`: too large or damaged. */
  private resolve(rank: number, base: Held | undefined): Held | undefined {
    const size = this.forest.sizes[rank] ?? 0
    if (size > LARGE) return undefined
    const from = (this.index.offsets[rank] ?? 0) + (this.forest.headerLengths[rank] ?? 0)
    const packed = this.pack.slice(from, this.index.offsets[rank + 1] ?? this.end)
    const bytes = this.pool.take(size + 1)
    const isWhole = this.inflate(packed, bytes, size)
    if (base === undefined && isWhole) {
      const isClean = this.isWanted(rank) && !this.search.hit(bytes, 0, size)
      return { bytes, length: size, isClean, pending: 0 }
    }
    const built = isWhole && base !== undefined ? this.build(rank, bytes.subarray(0, size), base) : undefined
    this.pool.give(bytes)
    return built
  }

  private build(rank: number, delta: Uint8Array, base: Held): Held | undefined {
    try {
      const { baseSize, resultSize } = deltaHeader(delta)
      if (baseSize !== base.length || resultSize > LARGE) return undefined
      const bytes = this.pool.take(resultSize)
      applyDelta(delta, base.bytes, bytes, this.fresh)
      const isClean = this.isWanted(rank) && this.isFree(bytes, resultSize, base.isClean)
      return { bytes, length: resultSize, isClean, pending: 0 }
    } catch (error) {
      if (error instanceof DamagedDelta) return undefined
      throw error
    }
  }

  /** What was copied from a clean base is clean, but for its seams. */
  private isFree(bytes: Uint8Array, length: number, isBaseClean: boolean): boolean {
    const { hit } = this.search
    const { fresh } = this
    if (isBaseClean && fresh.length !== -1 && !hit(fresh.bytes, 0, fresh.length)) return true
    return !hit(bytes, 0, length)
  }

  /** The one with most to come goes last, when its base is no longer needed: so a few objects are held at a time, however long a chain is. */
  private pushChildren(rank: number, held: Held): void {
    const { firstChild, nextSibling, weights } = this.forest
    const first = this.stack.length
    for (let child = firstChild[rank] ?? -1; child !== -1; child = nextSibling[child] ?? -1) {
      const weight = weights[child] ?? 0
      if (weight === 0) continue
      held.pending++
      const lowest = this.stack[first]
      this.stack.push({ rank: child, base: held })
      if (lowest === undefined || weight <= (weights[lowest.rank] ?? 0)) continue
      this.stack[first] = { rank: child, base: held }
      this.stack[this.stack.length - 1] = lowest
    }
  }

  /** What builds on something unreadable is left, too. */
  private leave(rank: number): void {
    const { firstChild, nextSibling } = this.forest
    const stack = [rank]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (this.isWanted(next)) this.result.left.push(this.oidOf(next))
      for (let child = firstChild[next] ?? -1; child !== -1; child = nextSibling[child] ?? -1) stack.push(child)
    }
  }

  private isWanted(rank: number): boolean {
    return this.forest.wanted[rank] === 1
  }

  private oidOf(rank: number): string {
    const at = this.index.oidAt(rank)
    return this.index.bytes.toString('hex', at, at + this.hashBytes)
  }
}
