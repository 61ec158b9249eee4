import { readFileSync, statSync } from 'node:fs'
import { type InflateInto, inflateStart } from './inflate.ts'
import { LARGE } from './pack-blobs.ts'

export type LooseObject =
  | { readonly kind: 'blob'; readonly bytes: Uint8Array }
  | { readonly kind: 'other' }
  /** Too large for memory, damaged, or gone: git may know more. */
  | { readonly kind: 'left' }

const HEADER_BYTES = 32

/** A file of its own below `objects/`: a zlib stream of `<type> <size>`, NUL, and the content. */
export function readLoose(path: string, inflate: InflateInto): LooseObject {
  const packed = readSmall(path)
  const start = packed === undefined ? undefined : inflateStart(packed.subarray(0, 256), HEADER_BYTES)
  if (packed === undefined || start === undefined) return { kind: 'left' }
  const [header, type, digits] =
    /^(blob|tree|commit|tag) (\d{1,15})\0/.exec(Buffer.from(start).toString('latin1')) ?? []
  if (header === undefined || Number(digits) > LARGE) return { kind: 'left' }
  if (type !== 'blob') return { kind: 'other' }
  const size = header.length + Number(digits)
  const bytes = Buffer.allocUnsafe(size + 1)
  return inflate(packed, bytes, size) ? { kind: 'blob', bytes: bytes.subarray(header.length, size) } : { kind: 'left' }
}

function readSmall(path: string): Buffer | undefined {
  try {
    const found = statSync(path)
    return found.isFile() && found.size <= LARGE ? readFileSync(path) : undefined
  } catch {
    return undefined
  }
}
