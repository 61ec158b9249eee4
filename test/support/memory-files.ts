import { Failure } from '../../src/model/failure.ts'
import type { Context } from '../../src/model/ports.ts'
import { testContext } from '../contract/connector.ts'

/** The files of a connector in memory, so that thousands of changes take no disk. */
export interface MemoryFiles {
  readonly context: Context
  readonly bytes: (path: string) => Buffer
  readonly write: (path: string, bytes: Uint8Array) => void
}

export function memoryFiles(files: ReadonlyMap<string, Uint8Array>): MemoryFiles {
  const held = new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))
  const known = (path: string): Buffer => {
    const bytes = held.get(path)
    if (bytes === undefined) throw new Failure('R101', { at: path })
    return bytes
  }
  const context = testContext()
  return {
    bytes: known,
    write: (path, bytes) => void held.set(path, Buffer.from(bytes)),
    context: {
      ...context,
      system: {
        ...context.system,
        files: {
          ...context.system.files,
          read: async (path) => new Uint8Array(known(path)),
          replace: async (path, expected, next) => {
            if (expected === 'absent' || Buffer.compare(known(path), expected) !== 0) return 'changed meanwhile'
            held.set(path, Buffer.from(next))
            return 'replaced'
          },
        },
      },
    },
  }
}
