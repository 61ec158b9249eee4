import { type Edit, splice } from '../formats/splice.ts'
import type { Connector, Detector, Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, Span } from '../model/place.ts'
import type { Context, Randomness } from '../model/ports.ts'
import { type Hold, holdingConnector } from './holding-connector.ts'

export interface EditRequest {
  readonly document: Document
  readonly place: Place
  readonly change: CredentialChange
  readonly random: Randomness
}

export interface FileConnectorParts {
  readonly detector: Pick<Detector, 'companions'>
  /**
   * The place at `address`, whether or not it concerns Bitbucket and whether or not it holds a credential at present: a place
   * must be found again after its username was removed. Its `extent` must not depend on the credential.
   */
  readonly locate: (document: Document, address: string) => Place | undefined
  /** The bytes to put, all inside the extent of the place. Pure; throws `Failure` when the format cannot hold the change. */
  readonly edits: (request: EditRequest) => readonly Edit[]
  /** Throws `Failure` when the file must not be written now. Asked before staging and again before each write. */
  readonly guard?: (path: string, context: Context) => Promise<void>
}

/** Reads and changes places of one file format, each of which is one range of bytes: its extent. */
export function fileConnector(parts: FileConnectorParts): Connector {
  const { detector, guard } = parts
  return holdingConnector({
    detector,
    find: (document, { address }) => holdOf(parts, document, address),
    change: (document, { place }, { change, random }) => changed(parts, { document, place, change, random }),
    restore: (document, { place }, { backup }) => splice(document.bytes, [{ span: extentOf(place), bytes: backup }]),
    ...(guard === undefined ? {} : { guard }),
  })
}

function holdOf(parts: FileConnectorParts, document: Document, address: string): Hold | undefined {
  const place = parts.locate(document, address)
  if (place?.extent === undefined) return undefined
  return { place, held: document.bytes.slice(...place.extent) }
}

function extentOf({ extent }: Place): Span {
  return extent ?? [0, 0]
}

function changed(parts: FileConnectorParts, request: EditRequest): Uint8Array {
  const { document, place } = request
  const [start, end] = extentOf(place)
  const edits = parts.edits(request)
  if (edits.some(({ span }) => span[0] < start || span[1] > end))
    throw new Failure('R900', { at: document.path, because: `an edit of ${place.address} leaves its extent` })
  const bytes = splice(document.bytes, edits)
  checkReadsBack(parts, request, bytes)
  return bytes
}

/** What was asked must be what the same reader finds afterwards, at the same address, in what lies between the same bytes. */
function checkReadsBack(
  { locate }: FileConnectorParts,
  { document, place, change }: EditRequest,
  bytes: Uint8Array,
): void {
  const after = locate({ ...document, bytes }, place.address)
  const username = change.username === 'keep' ? place.username?.text : asked(change.username)
  const secret = change.secret === 'keep' ? place.secret?.value : change.secret.set
  const found = after?.secret?.value
  const sameSecret = secret === undefined ? found === undefined : found?.equals(secret) === true
  const [start, end] = extentOf(place)
  const sameEnds = after?.extent?.[0] === start && after.extent[1] === end + bytes.length - document.bytes.length
  if (sameEnds && (after.username?.text ?? '') === (username ?? '') && sameSecret) return
  throw new Failure('R204', {
    at: `${document.path} ${place.address}`,
    because: 'the format cannot hold this username and secret: they would not read back',
    state: 'Nothing was changed.',
  })
}

function asked(username: 'remove' | { readonly set: string }): string | undefined {
  return username === 'remove' ? undefined : username.set
}
