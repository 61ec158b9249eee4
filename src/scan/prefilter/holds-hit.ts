import type { Span } from '../../model/place.ts'
import type { Prefilter } from './prefilter.ts'

const BLANK = 0x20

/** Whether there is a hit anywhere in bytes of any length, but for these; they are copied through the buffer of the prefilter. */
export function holdsHit(
  { buffer, overlap, hit }: Prefilter,
  bytes: Uint8Array,
  butFor: readonly Span[] = [],
): boolean {
  for (let start = 0; start < bytes.length; start += buffer.length - overlap) {
    const part = bytes.subarray(start, start + buffer.length)
    buffer.set(part)
    for (const [from, to] of butFor) if (to > start) buffer.fill(BLANK, Math.max(0, from - start), to - start)
    if (hit(part.length) !== -1) return true
  }
  return false
}
