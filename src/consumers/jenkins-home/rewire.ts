import { z } from 'zod'
import { bytesOf, sliceText } from '../../formats/byte-text.ts'
import { type Edit, splice } from '../../formats/splice.ts'
import { escapeXmlText } from '../../formats/xml.ts'
import type { Conflict, PlaceState, Staged } from '../../model/consumer.ts'
import { type CredentialChange, renamedId } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import { type JenkinsDocument, reread } from './detect.ts'
import { referencesOf } from './elements.ts'
import { conflictWith, type HomeFile, type NextFile, openHomeFile, readHomeFile, stageFile } from './home-file.ts'
import type { CredentialReference } from './references.ts'

export function isReferenceAddress(address: string): boolean {
  return /^(?:job\/.+|library)\/credentials\/(?:git|branch-source)$/.test(address)
}

/** A place that only names credentials: no username, no secret, and its digest is over the ids. */
export async function readReferences(file: HomeFile): Promise<PlaceState> {
  const read = await readHomeFile(file)
  const found = referencesAt(file, read)
  const first = found[0]
  if (read === undefined || first === undefined) return { kind: 'absent' }
  const { id, consumer, at, address } = file.ref
  return {
    kind: 'present',
    place: { id, consumer, at, address, host: 'bitbucket.org', uses: [] },
    digest: digestOf(found, file.context),
  }
}

/** Only elements that name `from` change. */
export async function stageRewire(
  file: HomeFile,
  expected: Digest,
  { reference, username, secret }: CredentialChange,
): Promise<Staged | Conflict> {
  const { context, ref } = file
  if (reference === undefined || username !== 'keep' || secret !== 'keep')
    throw refused(ref.address, 'the place names a credential and holds none, so it has no username and no secret')
  const before = await openHomeFile(file)
  const found = referencesAt(file, before)
  const wanted = found.map(({ id }) => renamedId(reference, id))
  if (digestOf(found, context) === expected && wanted.every((id, index) => id === found[index]?.id))
    throw refused(ref.address, `nothing here names the credential "${reference.from}"`)
  if (wanted.includes('')) throw refused(ref.address, 'a credential needs an id')
  const texts = wanted.map((id, index) => (id === found[index]?.id ? undefined : escapeXmlText(id)))
  return stageFile(file, before, backupOf(found, before), (read) => rewritten(file, expected, read, texts))
}

/** Repeatable: what names the right credential already stays as it is. */
export async function stageReferencesRestore(
  file: HomeFile,
  expected: Digest,
  backup: Uint8Array,
): Promise<Staged | Conflict> {
  const texts = textsIn(backup, file.ref.address)
  return stageFile(file, await openHomeFile(file), backup, (read) => rewritten(file, expected, read, texts))
}

/** The bytes between the tags, one for each reference in their order; `undefined` leaves them. */
function rewritten(
  file: HomeFile,
  expected: Digest,
  read: JenkinsDocument | undefined,
  texts: readonly (string | undefined)[],
): NextFile | Conflict {
  const found = referencesAt(file, read)
  if (read === undefined || found.length === 0) return conflictWith('absent')
  const digest = digestOf(found, file.context)
  if (digest !== expected || found.length !== texts.length) return conflictWith(digest)
  const edits = found.flatMap(({ element }, index): readonly Edit[] => {
    const text = texts[index]
    return text === undefined || element.inner === undefined ? [] : [{ span: element.inner, bytes: bytesOf(text) }]
  })
  const bytes = splice(read.document.bytes, edits)
  return { bytes, now: digestOf(referencesAt(file, reread(read, bytes)), file.context) }
}

function referencesAt({ ref }: HomeFile, read: JenkinsDocument | undefined): readonly CredentialReference[] {
  return read === undefined ? [] : referencesOf(read).filter(({ address }) => address === ref.address)
}

function digestOf(found: readonly CredentialReference[], context: Context): Digest {
  return context.digest(Buffer.from(JSON.stringify(found.map(({ id }) => id)), 'utf8'))
}

function backupOf(found: readonly CredentialReference[], read: JenkinsDocument | undefined): Uint8Array {
  const texts = found.map(({ element: { inner } }) =>
    read === undefined || inner === undefined ? '' : sliceText(read.document.bytes, inner),
  )
  return Buffer.from(JSON.stringify(texts), 'utf8')
}

/** Throws `Failure` R313: the backup is not one of such a place. */
function textsIn(backup: Uint8Array, at: string): readonly string[] {
  const texts = z.array(z.string()).safeParse(jsonIn(backup))
  if (texts.success) return texts.data
  throw new Failure('R313', { at, because: 'the backup is not one of a place that names credentials' })
}

function jsonIn(backup: Uint8Array): unknown {
  if (backup.length === 0) return []
  try {
    return JSON.parse(Buffer.from(backup).toString('utf8'))
  } catch {
    return undefined
  }
}

function refused(at: string, because: string): Failure {
  return new Failure('R204', { at, because, state: 'Nothing was changed.' })
}
