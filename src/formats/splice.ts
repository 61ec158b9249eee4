import type { ByteSpan } from './byte-text.ts'

export interface Edit {
  readonly span: ByteSpan
  readonly bytes: Uint8Array
}

/** The old bytes with the spans replaced; everything else is the same. Edits come in any order and must not overlap. */
export function splice(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const { span, bytes: next } of [...edits].sort((a, b) => a.span[0] - b.span[0])) {
    const [start, end] = span
    if (start < at || end < start || end > bytes.length) throw new RangeError(`edit [${start}, ${end}) does not fit`)
    pieces.push(bytes.subarray(at, start), next)
    at = end
  }
  pieces.push(bytes.subarray(at))
  return new Uint8Array(Buffer.concat(pieces))
}
