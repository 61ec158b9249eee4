import { readFileSync, statSync } from 'node:fs'

/** A FIFO or a device would block for ever, so only regular files are opened. Throws errors of the system. */
export function readRegular(path: string): Uint8Array {
  const found = statSync(path)
  if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
  if (!found.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' })
  return readFileSync(path)
}

/** What cannot be asked for is none. */
export function isFileAt(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
