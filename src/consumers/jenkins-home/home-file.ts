import type { Change, Conflict, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Digest, Standing } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import { type CompanionMemory, loadDocument } from '../load-document.ts'
import { type JenkinsDocument, jenkinsHomeDetector, readJenkinsDocument } from './detect.ts'

/** Changes of a file of the home that are more, or less, than new bytes for the extent of one place. */
export interface HomeFile {
  readonly ref: PlaceRef
  readonly context: Context
  /** Throws `Failure` when the file must not be written now. */
  readonly guard: (path: string, context: Context) => Promise<void>
  /** Of one pass that reads many files. */
  readonly memory?: CompanionMemory
}

/** What a file would become, and what its place would then hold. */
export interface NextFile {
  readonly bytes: Uint8Array
  readonly now: Standing
}

/** How often a commit starts again when the file changes between reading and writing. */
const ATTEMPTS = 5

/** What a change makes of the file as it is found; `undefined`: it is gone, or is no file of a home any more. */
export type MakeNext = (read: JenkinsDocument | undefined) => NextFile | Conflict

/** The file as it is now. */
export async function readHomeFile({ ref, context, memory }: HomeFile): Promise<JenkinsDocument | undefined> {
  const document = await loadDocument(jenkinsHomeDetector, pathOf(ref), context, memory)
  const read = document === undefined ? undefined : readJenkinsDocument(document)
  return read === undefined || 'malformed' in read ? undefined : read
}

/** The same, when it is read in order to be written. */
export async function openHomeFile(file: HomeFile): Promise<JenkinsDocument | undefined> {
  await file.guard(pathOf(file.ref), file.context)
  return readHomeFile(file)
}

/** `make` is asked again with what the file holds when it is written, so that what others wrote elsewhere in it stays. */
export function stageFile(
  file: HomeFile,
  before: JenkinsDocument | undefined,
  backup: Uint8Array,
  make: MakeNext,
): Staged | Conflict {
  const next = make(before)
  return 'kind' in next ? next : { kind: 'staged', to: next.now, backup, commit: () => commit(file, make) }
}

async function commit(file: HomeFile, make: MakeNext): Promise<Change> {
  const path = pathOf(file.ref)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = await openHomeFile(file)
    const next = make(read)
    if ('kind' in next || read === undefined) return 'kind' in next ? next : { kind: 'conflict', found: 'absent' }
    const outcome = await file.context.system.files.replace(path, read.document.bytes, next.bytes)
    if (outcome === 'replaced') return { kind: 'changed', now: next.now }
  }
  throw new Failure('R103', {
    at: path,
    because: `the file changed ${ATTEMPTS} times while it was about to be written`,
    state: 'The file was not written by keyturn.',
  })
}

export function conflictWith(found: Digest | 'absent'): Conflict {
  return { kind: 'conflict', found }
}

function pathOf(ref: PlaceRef): string {
  if (ref.at.kind === 'file') return ref.at.path
  throw new Failure('R900', { at: ref.address, because: 'a file connector was asked about a URL' })
}
