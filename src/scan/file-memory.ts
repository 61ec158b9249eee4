import { fileState } from '../system/file-identity.ts'
import type { FileIdentity, ScanCache } from './scan-cache.ts'

/** Files in which an earlier scan saw no sign of Bitbucket, as long as they are in the same state. */
export interface FileMemory {
  /** To be asked before the file is read. */
  readonly isKnown: (path: string) => boolean
  /** It was read, and there was nothing in it. */
  readonly addClean: (path: string) => void
}

/** `startedNs`: when the scan began, in nanoseconds since 1970. */
export function fileMemory(cache: ScanCache, startedNs: bigint): FileMemory {
  // The state before reading: a change meanwhile then shows as another state at the next scan.
  const states = new Map<string, FileIdentity>()
  return {
    isKnown: (path) => {
      const state = fileState(path)
      if (state === undefined) return false
      if (cache.hasFile(state)) return true
      states.set(path, state)
      return false
    },
    addClean: (path) => {
      const state = states.get(path)
      if (state !== undefined) cache.addFile(state, startedNs)
      states.delete(path)
    },
  }
}
