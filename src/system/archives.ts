import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** A file whose bytes are read where they are asked for, as an archive of any size needs it. */
export interface OpenFile {
  readonly size: number
  /** Fewer at the end; throws what `readSync` throws. */
  read(from: number, to: number): Uint8Array
  close(): void
}

/** `undefined`: not a regular file, or not readable. A link is not followed, and a FIFO does not block. */
export function openForReading(path: string): OpenFile | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  const found = fstatSync(file)
  if (!found.isFile()) {
    closeSync(file)
    return undefined
  }
  return {
    size: found.size,
    read: (from, to) => readPiece(file, Math.max(0, from), Math.min(to, found.size)),
    close: () => closeSync(file),
  }
}

function readPiece(file: number, from: number, to: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(Math.max(0, to - from))
  let read = 0
  while (read < bytes.length) {
    const count = readSync(file, bytes, read, bytes.length - read, from + read)
    if (count === 0) break
    read += count
  }
  return bytes.subarray(0, read)
}
