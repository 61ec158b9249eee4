import type { Keyturn } from '../index.ts'
import { Failure } from '../model/failure.ts'

/** Results never replace a file. */
export async function writeNewFile(
  path: string,
  content: string | Uint8Array,
  { context }: Pick<Keyturn, 'context'>,
): Promise<void> {
  if (await context.system.files.create(path, bytesOf(content))) return
  throw fileExists(path)
}

/** One of ours, which must still hold what was read of it. */
export async function writeOver(
  path: string,
  old: Uint8Array,
  content: string | Uint8Array,
  { context }: Pick<Keyturn, 'context'>,
): Promise<void> {
  if ((await context.system.files.replace(path, old, bytesOf(content))) === 'replaced') return
  throw new Failure('R205', {
    at: path,
    because: 'another program wrote it at the same time',
    state: 'The file keeps what the other one wrote.',
    next: ['Repeat the command.'],
    exitCode: 4,
  })
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}

export function fileExists(path: string): Failure {
  return new Failure('R103', {
    at: path,
    because: 'it exists already',
    state: 'The file keeps its old content.',
    next: ['Name a file that does not exist.'],
  })
}
