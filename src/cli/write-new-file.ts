import type { Keyturn } from '../index.ts'
import { Failure } from '../model/failure.ts'

/** Results never replace a file. */
export async function writeNewFile(path: string, text: string, { context }: Keyturn): Promise<void> {
  if (await context.system.files.create(path, Buffer.from(text))) return
  throw fileExists(path)
}

export function fileExists(path: string): Failure {
  return new Failure('R103', {
    at: path,
    because: 'it exists already',
    state: 'The file keeps its old content.',
    next: ['Name a file that does not exist.'],
  })
}
