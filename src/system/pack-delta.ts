/** A delta whose instructions leave the base or the result, or end in the middle. */
export class DamagedDelta extends Error {}

/** Where a delta's instructions start, and the two sizes that it declares (git's `pack-format`, "Deltified representation"). */
export interface DeltaHeader {
  readonly baseSize: number
  readonly resultSize: number
  readonly at: number
}

export function deltaHeader(delta: Uint8Array): DeltaHeader {
  const base = readSize(delta, 0)
  const result = readSize(delta, base.at)
  return { baseSize: base.value, resultSize: result.value, at: result.at }
}

function readSize(bytes: Uint8Array, start: number): { readonly value: number; readonly at: number } {
  let [value, factor] = [0, 1]
  for (let at = start; at < bytes.length && at < start + 8; at++) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * factor
    factor *= 128
    if (byte < 0x80) return { value, at: at + 1 }
  }
  throw new DamagedDelta()
}

/**
 * Bytes of a result that its base does not vouch for: what was inserted, and the seams between copies, with `reach` bytes on
 * either side. Pieces lie behind one another, so that one search covers them all.
 */
export interface FreshBytes {
  readonly reach: number
  readonly bytes: Uint8Array
  /** `-1`: they did not fit; the whole result is to be searched. */
  length: number
}

/** Writes the result into `out` (at least `resultSize` bytes) and its fresh bytes into `fresh`. Throws `DamagedDelta`. */
export function applyDelta(delta: Uint8Array, base: Uint8Array, out: Uint8Array, fresh: FreshBytes): void {
  const { baseSize, resultSize, at: start } = deltaHeader(delta)
  if (resultSize > out.length || baseSize > base.length) throw new DamagedDelta()
  let [at, to] = [start, 0]
  /** The fresh piece that is open: its start, and its end so far. */
  let [from, until] = [0, 0]
  fresh.length = 0
  while (at < delta.length) {
    const command = delta[at++] ?? 0
    if (command < 0x80) {
      if (command === 0 || at + command > delta.length || to + command > resultSize) throw new DamagedDelta()
      for (const end = at + command; at < end; ) out[to++] = delta[at++] ?? 0
      until = to + fresh.reach
      continue
    }
    const length = copyLength(delta, at + bitsOf(command & 0x0f), command)
    const source = copySource(delta, at, command)
    at += bitsOf(command & 0x7f)
    if (at > delta.length || source + length > baseSize || to + length > resultSize) throw new DamagedDelta()
    copy(base, source, out, to, length)
    to += length
    if (to - fresh.reach > until) {
      keep(out, from, until, fresh)
      from = to - fresh.reach
    }
    until = to + fresh.reach
  }
  if (to !== resultSize) throw new DamagedDelta()
  keep(out, from, Math.min(until, resultSize), fresh)
}

/** Every set bit of a copy command stands for one byte of its operands: four of the offset, then three of the length. */
const BITS_OF = new Uint8Array(128).map((_, value) => value.toString(2).replaceAll('0', '').length)

function bitsOf(bits: number): number {
  return BITS_OF[bits] ?? 0
}

function copySource(delta: Uint8Array, start: number, command: number): number {
  let [at, source] = [start, 0]
  for (let bit = 1, factor = 1; bit <= 0x08; bit <<= 1, factor *= 256)
    if (command & bit) source += (delta[at++] ?? 0) * factor
  return source
}

function copyLength(delta: Uint8Array, start: number, command: number): number {
  let [at, length] = [start, 0]
  for (let bit = 0x10, factor = 1; bit <= 0x40; bit <<= 1, factor *= 256)
    if (command & bit) length += (delta[at++] ?? 0) * factor
  return length === 0 ? 0x10000 : length
}

function copy(base: Uint8Array, start: number, out: Uint8Array, to: number, length: number): void {
  if (length < 32) for (let index = 0; index < length; index++) out[to + index] = base[start + index] ?? 0
  else out.set(base.subarray(start, start + length), to)
}

function keep(out: Uint8Array, from: number, until: number, fresh: FreshBytes): void {
  if (fresh.length === -1 || until <= from) return
  if (fresh.length + until - from > fresh.bytes.length) {
    fresh.length = -1
    return
  }
  copy(out, from, fresh.bytes, fresh.length, until - from)
  fresh.length += until - from
}
