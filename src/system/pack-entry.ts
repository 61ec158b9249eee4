export const BLOB = 3
const OFFSET_DELTA = 6
const BASE_DELTA = 7

/** More than the longest header: a size of ten bytes and an id of 32. */
export const HEADER_BYTES = 48

/** What stands before the zlib stream of an object in a pack. */
export interface EntryHeader {
  /** 1 commit, 2 tree, 3 blob, 4 tag, 6 and 7 deltas. */
  readonly type: number
  /** Inflated size: of the object, or of its delta. */
  readonly size: number
  /** Bytes before the zlib stream. */
  readonly length: number
  /** How far before this object its base stands. */
  readonly distance?: number
  readonly baseOid?: Uint8Array
}

export function entryHeader(bytes: Uint8Array, hashBytes: number): EntryHeader {
  let byte = bytes[0] ?? 0
  const type = (byte >> 4) & 7
  let [size, factor, at] = [byte & 15, 16, 1]
  while (byte >= 0x80 && at < 10) {
    byte = bytes[at++] ?? 0
    size += (byte & 0x7f) * factor
    factor *= 128
  }
  if (type === BASE_DELTA) return { type, size, length: at + hashBytes, baseOid: bytes.subarray(at, at + hashBytes) }
  if (type !== OFFSET_DELTA) return { type, size, length: at }
  byte = bytes[at++] ?? 0
  let distance = byte & 0x7f
  while (byte >= 0x80 && at < 20) {
    byte = bytes[at++] ?? 0
    distance = (distance + 1) * 128 + (byte & 0x7f)
  }
  return { type, size, length: at, distance }
}
