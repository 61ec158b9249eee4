import { readFileSync } from 'node:fs'

/** A pack's objects in the order of their offsets. Numbers of objects are called ranks. */
export interface PackIndex {
  readonly count: number
  /** Offset of every rank in the pack, ascending. */
  readonly offsets: Float64Array
  /** Where the object id of a rank starts in `bytes`. */
  oidAt(rank: number): number
  readonly bytes: Buffer
  /** `-1`: not in this pack. */
  rankOfOid(oid: Uint8Array): number
  rankOfOffset(offset: number): number
}

const MAGIC = 0xff744f63
const FANOUT = 8
const OIDS = FANOUT + 1024

/** Where the tables of an index are, and how many objects it lists. */
interface Tables {
  readonly bytes: Buffer
  readonly count: number
  readonly offsetsAt: number
  readonly largeAt: number
}

/** Reads version 2 of the format, which git has written since 2007. `undefined`: another version, or damaged. */
function readTables(path: string, hashBytes: number): Tables | undefined {
  const bytes = readFileSync(path)
  if (bytes.length < OIDS + 2 * hashBytes || bytes.readUInt32BE(0) !== MAGIC || bytes.readUInt32BE(4) !== 2)
    return undefined
  const count = bytes.readUInt32BE(OIDS - 4)
  const offsetsAt = OIDS + count * (hashBytes + 4)
  const largeAt = offsetsAt + 4 * count
  return largeAt + 2 * hashBytes > bytes.length ? undefined : { bytes, count, offsetsAt, largeAt }
}

/** Offsets of a few objects, without looking at the others; `-1`: not in this pack. */
export function readOffsets(path: string, hashBytes: number): ((oid: Uint8Array) => number) | undefined {
  const tables = readTables(path, hashBytes)
  if (tables === undefined) return undefined
  return (oid) => {
    const index = indexOfOid(tables.bytes, oid, hashBytes)
    return index === -1 ? -1 : offsetOf(tables, index)
  }
}

/** `undefined`: damaged, or of an old version. */
export function readPackIndex(path: string, hashBytes: number): PackIndex | undefined {
  const tables = readTables(path, hashBytes)
  if (tables === undefined) return undefined
  const { bytes, count } = tables
  const found = offsetsOf(tables)
  if (found === undefined) return undefined
  const order = sortedOrder(found)
  const offsets = new Float64Array(count)
  for (let rank = 0; rank < count; rank++) offsets[rank] = found[order[rank] ?? 0] ?? 0
  const rankOfOffset = (offset: number): number => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((offsets[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return offsets[low] === offset ? low : -1
  }
  return {
    count,
    offsets,
    bytes,
    oidAt: (rank) => OIDS + (order[rank] ?? 0) * hashBytes,
    rankOfOid: (oid) => {
      const index = indexOfOid(bytes, oid, hashBytes)
      return index === -1 ? -1 : rankOfOffset(found[index] ?? -1)
    },
    rankOfOffset,
  }
}

function offsetsOf(tables: Tables): Float64Array | undefined {
  const offsets = new Float64Array(tables.count)
  for (let index = 0; index < tables.count; index++) {
    const offset = offsetOf(tables, index)
    if (offset === -1) return undefined
    offsets[index] = offset
  }
  return offsets
}

/** Offsets of 2 GiB and more stand in a table of their own. */
function offsetOf({ bytes, offsetsAt, largeAt }: Tables, index: number): number {
  const short = bytes.readUInt32BE(offsetsAt + 4 * index)
  if (short < 0x80000000) return short
  const large = largeAt + 8 * (short - 0x80000000)
  return large + 8 > bytes.length ? -1 : bytes.readUInt32BE(large) * 0x100000000 + bytes.readUInt32BE(large + 4)
}

/** Radix sort by 16 bits: a comparison sort of a million objects takes as long as reading many of them. */
function sortedOrder(offsets: Float64Array): Uint32Array {
  let order: Uint32Array = Uint32Array.from(offsets.keys())
  let largest = 0
  for (const offset of offsets) largest = Math.max(largest, offset)
  for (let unit = 1; unit <= largest; unit *= 0x10000) order = sortedByDigit(order, offsets, unit)
  return order
}

function sortedByDigit(order: Uint32Array, offsets: Float64Array, unit: number): Uint32Array {
  const digits = new Uint16Array(offsets.length)
  const starts = new Uint32Array(0x10001)
  for (let index = 0; index < offsets.length; index++) {
    const digit = Math.floor((offsets[index] ?? 0) / unit) & 0xffff
    digits[index] = digit
    starts[digit + 1] = (starts[digit + 1] ?? 0) + 1
  }
  for (let value = 1; value <= 0x10000; value++) starts[value] = (starts[value] ?? 0) + (starts[value - 1] ?? 0)
  const sorted = new Uint32Array(order.length)
  for (let at = 0; at < order.length; at++) {
    const index = order[at] ?? 0
    const digit = digits[index] ?? 0
    const slot = starts[digit] ?? 0
    starts[digit] = slot + 1
    sorted[slot] = index
  }
  return sorted
}

function indexOfOid(bytes: Buffer, oid: Uint8Array, hashBytes: number): number {
  const first = oid[0] ?? 0
  let low = first === 0 ? 0 : bytes.readUInt32BE(FANOUT + 4 * (first - 1))
  let high = bytes.readUInt32BE(FANOUT + 4 * first)
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = OIDS + middle * hashBytes
    const order = bytes.compare(oid, 0, hashBytes, at, at + hashBytes)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle
  }
  return -1
}
