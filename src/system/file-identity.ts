import { lstatSync } from 'node:fs'

/** What tells one state of a file from another, as `lstat` gives it; times in nanoseconds. `undefined`: it is gone, or hidden. */
export interface FileState {
  readonly path: string
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly inode: bigint
  readonly device: bigint
}

/** Taken before a file is read: a change meanwhile then shows as another state at the next scan. */
export function fileState(path: string): FileState | undefined {
  try {
    const { size, mtimeNs, ctimeNs, ino, dev } = lstatSync(path, { bigint: true })
    return { path, size, mtimeNs, ctimeNs, inode: ino, device: dev }
  } catch {
    return undefined
  }
}
