import type { Prefilter } from './prefilter.ts'

/** Whether there is a hit anywhere in bytes of any length; they are copied through the buffer of the prefilter. */
export function holdsHit({ buffer, overlap, hit }: Prefilter, bytes: Uint8Array): boolean {
  for (let start = 0; start < bytes.length; start += buffer.length - overlap) {
    const part = bytes.subarray(start, start + buffer.length)
    buffer.set(part)
    if (hit(part.length) !== -1) return true
  }
  return false
}
