import { type InflateInto, inflateBound, newInflate } from './inflate.ts'
import { LARGE } from './pack-blobs.ts'
import { openPackBytes, type PackBytes } from './pack-bytes.ts'
import { applyDelta, DamagedDelta, deltaHeader } from './pack-delta.ts'
import { BLOB, entryHeader, HEADER_BYTES } from './pack-entry.ts'
import { readOffsets } from './pack-index.ts'

/** Longer chains are not made by git (`pack.depth` ends at 4095). */
const LONGEST_CHAIN = 4096

const WINDOW = 64 * 1024
const BUILT_BYTES = 16 * 1024 * 1024

/** Reads these few blobs of a pack, without looking at the rest of it; `undefined` for what it cannot read. Throws when the files cannot be read. */
export function* readPacked(
  path: string,
  hashBytes: number,
  oids: readonly string[],
): Generator<{ readonly oid: string; readonly bytes: Uint8Array | undefined }> {
  const offsetOf = readOffsets(`${path}.idx`, hashBytes)
  const pack = openPackBytes(`${path}.pack`, WINDOW)
  const source = { pack, hashBytes, inflate: newInflate(), offsetOf, built: newBuilt() }
  try {
    for (const oid of oids) {
      const offset = offsetOf?.(Buffer.from(oid, 'hex')) ?? -1
      yield { oid, bytes: offset === -1 ? undefined : resolve(offset, source) }
    }
  } finally {
    pack.close()
  }
}

interface Source {
  readonly pack: PackBytes
  readonly hashBytes: number
  readonly inflate: InflateInto
  readonly offsetOf: ((oid: Uint8Array) => number) | undefined
  readonly built: Built
}

/** Objects by offset that others are likely built on: versions of one file follow each other. */
interface Built {
  readonly get: (offset: number) => Uint8Array | undefined
  readonly keep: (offset: number, bytes: Uint8Array) => void
}

function newBuilt(): Built {
  const objects = new Map<number, Uint8Array>()
  let size = 0
  return {
    get: (offset) => objects.get(offset),
    keep: (offset, bytes) => {
      objects.set(offset, bytes)
      size += bytes.length
      for (const [oldest, old] of objects) {
        if (size <= BUILT_BYTES) break
        objects.delete(oldest)
        size -= old.length
      }
    },
  }
}

function resolve(start: number, source: Source): Uint8Array | undefined {
  const { pack, hashBytes, offsetOf } = source
  const deltas: Delta[] = []
  for (let offset = start; offset > 0 && deltas.length < LONGEST_CHAIN; ) {
    const known = source.built.get(offset)
    if (known !== undefined) return build(known, deltas, source)
    const header = entryHeader(pack.slice(offset, offset + HEADER_BYTES), hashBytes)
    // Copied, since the next slice may take the place of this one.
    const base = header.baseOid === undefined ? undefined : Uint8Array.from(header.baseOid)
    const bytes = inflateAt(offset + header.length, header.size, source)
    if (bytes === undefined) return undefined
    if (header.distance === undefined && base === undefined)
      return header.type === BLOB ? build(bytes, deltas, source) : undefined
    deltas.push({ offset, bytes })
    offset = base === undefined ? offset - (header.distance ?? 0) : (offsetOf?.(base) ?? -1)
  }
  return undefined
}

interface Delta {
  readonly offset: number
  readonly bytes: Uint8Array
}

function inflateAt(at: number, size: number, { pack, inflate }: Source): Uint8Array | undefined {
  if (size > LARGE) return undefined
  const out = Buffer.allocUnsafe(size + 1)
  return inflate(pack.slice(at, at + inflateBound(size)), out, size) ? out.subarray(0, size) : undefined
}

function build(root: Uint8Array, deltas: readonly Delta[], { built }: Source): Uint8Array | undefined {
  const fresh = { reach: 0, bytes: new Uint8Array(0), length: 0 }
  let bytes = root
  try {
    for (const delta of deltas.toReversed()) {
      const { baseSize, resultSize } = deltaHeader(delta.bytes)
      if (baseSize !== bytes.length || resultSize > LARGE) return undefined
      const out = Buffer.allocUnsafe(resultSize)
      applyDelta(delta.bytes, bytes, out, fresh)
      built.keep(delta.offset, out)
      bytes = out
    }
    return bytes
  } catch (error) {
    if (error instanceof DamagedDelta) return undefined
    throw error
  }
}
