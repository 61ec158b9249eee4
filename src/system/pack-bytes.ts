import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const WINDOW = 1024 * 1024
/** Of all windows together. */
const WINDOW_BYTES = 32 * 1024 * 1024

/** Pieces of a file by offset, through a few windows, so that a pack of any size takes the same memory. */
export interface PackBytes {
  readonly size: number
  /** Bytes `[from, to)`, valid until the next call. Fewer at the end of the file. Throws what `readSync` throws. */
  slice(from: number, to: number): Buffer
  close(): void
}

/** `window`: bytes that are read at a time; small where only a few objects are wanted. */
export function openPackBytes(path: string, window = WINDOW): PackBytes {
  const file = openSync(path, 'r')
  const { size } = fstatSync(file)
  const windows = new Map<number, Buffer>()
  let spare = Buffer.allocUnsafe(0)
  let lastNumber = -1
  let last: Buffer = spare
  const windowOf = (number: number): Buffer => {
    if (number === lastNumber) return last
    const known = windows.get(number)
    if (known !== undefined) windows.delete(number)
    const bytes = known ?? readWindow(file, number, window, windows)
    windows.set(number, bytes)
    lastNumber = number
    last = bytes
    return bytes
  }
  return {
    size,
    slice: (from, to) => {
      const number = Math.floor(from / window)
      const start = from - number * window
      if (to - number * window <= window) return windowOf(number).subarray(start, to - number * window)
      if (to - from > spare.length) spare = Buffer.allocUnsafe(to - from)
      return spare.subarray(0, readFully(file, spare, to - from, from))
    },
    close: () => closeSync(file),
  }
}

/** The window that was used longest ago makes room. */
function readWindow(file: number, number: number, window: number, windows: Map<number, Buffer>): Buffer {
  let bytes: Buffer | undefined
  if (windows.size * window >= WINDOW_BYTES)
    for (const [oldest, buffer] of windows) {
      windows.delete(oldest)
      bytes = Buffer.from(buffer.buffer, buffer.byteOffset, window)
      break
    }
  bytes ??= Buffer.allocUnsafeSlow(window)
  return bytes.subarray(0, readFully(file, bytes, window, number * window))
}

function readFully(file: number, target: Buffer, length: number, at: number): number {
  let read = 0
  while (read < length) {
    const count = readSync(file, target, read, length - read, at + read)
    if (count === 0) break
    read += count
  }
  return read
}
