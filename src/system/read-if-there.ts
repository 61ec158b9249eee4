import { Failure } from '../model/failure.ts'
import type { Files } from '../model/ports.ts'

/** Absent: there is no such file. Any other refusal is thrown. */
export async function readIfThere(path: string, files: Pick<Files, 'read'>): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path)
  } catch (error) {
    if (error instanceof Failure && error.code === 'R101') return undefined
    throw error
  }
}
