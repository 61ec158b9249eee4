import { bytesOf } from '../../formats/byte-text.ts'
import { type Edit, splice } from '../../formats/splice.ts'
import { escapeXmlText, type XmlElement } from '../../formats/xml.ts'
import type { Conflict, Document, Staged } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef, Span } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import { type JenkinsDocument, placeAt, readJenkinsDocument } from './detect.ts'
import { conflictWith, type HomeFile, type NextFile, openHomeFile, stageFile } from './home-file.ts'
import { descendants, elementsWithId, type StoredCredential } from './stored-credentials.ts'

/** The edits that give a stored credential its new username and secret. */
export type CredentialEdits = (read: JenkinsDocument, stored: StoredCredential) => readonly Edit[]

export function isCredentialAddress(address: string): boolean {
  return /^(?:system|folder|user)\//.test(address)
}

/**
 * A copy of the element at `like`, byte for byte but for id, username and secret, behind it with the same white space before it. An id
 * that the store has already, in whatever domain and class, is a conflict: Jenkins takes the first that has it.
 */
export async function stageCreate(
  file: HomeFile,
  like: PlaceRef,
  next: CredentialChange,
  edits: CredentialEdits,
): Promise<Staged | Conflict> {
  const id = newId(file.ref, like)
  const before = await openHomeFile(file)
  const model = before?.credentials.find(({ address }) => address === like.address)
  if (before === undefined || model === undefined)
    throw refused(file.ref, `the credential that it shall be like, ${like.address}, is not there`)
  if (pointsByPosition(before)) throw refused(file.ref, 'the file names credentials by their position (XStream)')
  const element = copyOf(before, model, id, edits)
  const asked = { ...next, like, id, element }
  return stageFile(file, before, new Uint8Array(), (read) => withElement(file, asked, read))
}

interface Asked extends CredentialChange {
  readonly like: PlaceRef
  readonly id: string
  /** Its bytes. */
  readonly element: Uint8Array
}

/** Jenkins' own names may hold anything that XML can; the id is the last part of the address. */
function newId(ref: PlaceRef, like: PlaceRef): string {
  const [, store = '', id = ''] = /^(.+)\/([^/]+)$/.exec(ref.address) ?? []
  const isBeside =
    ref.at.kind === 'file' &&
    like.at.kind === 'file' &&
    ref.at.path === like.at.path &&
    like.address.startsWith(`${store}/`)
  if (!isBeside || !isCredentialAddress(ref.address) || like.address.slice(store.length + 1).includes('/'))
    throw refused(ref, `a new credential stands in the store and domain of the one that it is like, ${like.address}`)
  try {
    return decodeURIComponent(id)
  } catch {
    throw refused(ref, 'the last part of its address is no id')
  }
}

/** XStream may write an object that was met before as a path with positions, and an element more would make it another one. */
function pointsByPosition({ root }: JenkinsDocument): boolean {
  return descendants(root).some(({ attributes }) => attributes['reference']?.includes('CredentialsImpl') === true)
}

function copyOf(read: JenkinsDocument, model: StoredCredential, id: string, edits: CredentialEdits): Uint8Array {
  const { element, idElement } = model
  if (idElement?.inner === undefined)
    throw new Failure('R204', { at: model.address, because: 'it has no id of its own', state: 'Nothing was changed.' })
  const [start, end] = element.outer
  const all = [{ span: idElement.inner, bytes: bytesOf(escapeXmlText(id)) }, ...edits(read, model)]
  const inside = all.map(({ span, bytes }): Edit => ({ span: [span[0] - start, span[1] - start], bytes }))
  return splice(read.document.bytes.subarray(start, end), inside)
}

function withElement(file: HomeFile, asked: Asked, read: JenkinsDocument | undefined): NextFile | Conflict {
  const model = read?.credentials.find(({ address }) => address === asked.like.address)
  if (read === undefined || model === undefined) return conflictWith('absent')
  const there = elementsWithId(read.root, asked.id)[0]
  if (there !== undefined) return conflictWith(digestThere(file, read, there))
  const { bytes } = read.document
  const [start, end] = model.element.outer
  const before = bytes.subarray(spaceBefore(bytes, start), start)
  const next = splice(bytes, [{ span: [end, end], bytes: Buffer.concat([before, asked.element]) }])
  const now = digestIfAsked(file, asked, { ...read.document, bytes: next })
  if (now !== undefined) return { bytes: next, now }
  throw refused(file.ref, 'the format cannot hold this username and secret: they would not read back')
}

/** `undefined`: what would be written does not read back as what was asked for. */
function digestIfAsked({ ref, context }: HomeFile, asked: Asked, document: Document): Digest | undefined {
  const read = readJenkinsDocument(document)
  const place = 'malformed' in read ? undefined : placeAt(read, ref.address)
  if (place?.extent === undefined) return undefined
  const { username, secret } = asked
  const isUsername = username === 'keep' || (place.username?.text ?? '') === (username === 'remove' ? '' : username.set)
  const isSecret = secret === 'keep' || place.secret?.value?.equals(secret.set) === true
  return isUsername && isSecret ? context.digest(document.bytes.subarray(...place.extent)) : undefined
}

/** Of the place, where it is one that keyturn reads. */
function digestThere(file: HomeFile, read: JenkinsDocument, element: XmlElement): Digest {
  const { ref, context } = file
  return digestAt(read, ref.address, context) ?? context.digest(read.document.bytes.subarray(...element.outer))
}

/** Takes out what `stageCreate` put in: the element, and the white space before it. */
export async function stageRemoval(file: HomeFile, expected: Digest): Promise<Staged | Conflict> {
  return stageFile(file, await openHomeFile(file), new Uint8Array(), (read) => {
    const stored = read?.credentials.find(({ address }) => address === file.ref.address)
    if (read === undefined || stored === undefined) return conflictWith('absent')
    const digest = digestAt(read, file.ref.address, file.context)
    if (digest !== expected) return conflictWith(digest ?? 'absent')
    const { bytes } = read.document
    const [start, end] = stored.element.outer
    const span: Span = [spaceBefore(bytes, start), end]
    return { bytes: splice(bytes, [{ span, bytes: new Uint8Array() }]), now: 'absent' }
  })
}

function digestAt(read: JenkinsDocument, address: string, context: Context): Digest | undefined {
  const extent = placeAt(read, address)?.extent
  return extent === undefined ? undefined : context.digest(read.document.bytes.subarray(...extent))
}

/** Where the white space begins that ends at `at`. */
function spaceBefore(bytes: Uint8Array, at: number): number {
  let start = at
  while (start > 0 && [0x20, 0x09, 0x0a, 0x0d].includes(bytes[start - 1] ?? 0)) start--
  return start
}

function refused({ address }: PlaceRef, because: string): Failure {
  return new Failure('R204', { at: address, because, state: 'Nothing was changed.' })
}
