import { type Edit, splice } from '../formats/splice.ts'
import type { Connector, Detector, Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, Span } from '../model/place.ts'
import type { Context, Randomness } from '../model/ports.ts'
import type { ChangeAmong, Hold, RestoreAmong, Written } from './held-place.ts'
import { holdingConnector } from './holding-connector.ts'

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
    together: { change: (document, places) => changedTogether(parts, document, places), restore: restoredTogether },
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
  const { document } = request
  const bytes = splice(document.bytes, editsOf(parts, request))
  const by = bytes.length - document.bytes.length
  if (readsBack(parts, request, { ...document, bytes }, { before: 0, inside: by })) return bytes
  throw new Failure('R204', {
    at: `${document.path} ${request.place.address}`,
    because: 'the format cannot hold this username and secret: they would not read back',
    state: 'Nothing was changed.',
  })
}

function editsOf(parts: FileConnectorParts, request: EditRequest): readonly Edit[] {
  const { document, place } = request
  const [start, end] = extentOf(place)
  const edits = parts.edits(request)
  if (edits.some(({ span }) => span[0] < start || span[1] > end))
    throw new Failure('R900', { at: document.path, because: `an edit of ${place.address} leaves its extent` })
  return edits
}

/** How many bytes were added before the extent of a place, and inside it. */
interface Added {
  readonly before: number
  readonly inside: number
}

/** What was asked must be what the same reader finds afterwards, at the same address, in what lies between the same bytes. */
function readsBack(
  { locate }: FileConnectorParts,
  { place, change }: EditRequest,
  next: Document,
  { before, inside }: Added,
): boolean {
  const after = locate(next, place.address)
  const username = change.username === 'keep' ? place.username?.text : asked(change.username)
  const secret = change.secret === 'keep' ? place.secret?.value : change.secret.set
  const found = after?.secret?.value
  const sameSecret = secret === undefined ? found === undefined : found?.equals(secret) === true
  const [start, end] = extentOf(place)
  const sameEnds = after?.extent?.[0] === start + before && after.extent[1] === end + before + inside
  return sameEnds && (after.username?.text ?? '') === (username ?? '') && sameSecret
}

/** Places whose extents are apart, with the edits of each. */
function changedTogether(
  parts: FileConnectorParts,
  document: Document,
  places: readonly ChangeAmong[],
): Written<ChangeAmong> {
  const unfit = new Set(overlapping(places))
  const edits = new Map<ChangeAmong, readonly Edit[]>()
  for (const each of places) {
    const own = unfit.has(each) ? undefined : editsIfPossible(parts, requestOf(document, each))
    if (own === undefined) unfit.add(each)
    else edits.set(each, own)
  }
  if (unfit.size > 0) return { kind: 'unfit', places: unfit }
  const next = { ...document, bytes: splice(document.bytes, [...edits.values()].flat()) }
  let before = 0
  for (const each of inOrder(places)) {
    const inside = addedBy(edits.get(each) ?? [])
    if (!readsBack(parts, requestOf(document, each), next, { before, inside })) unfit.add(each)
    before += inside
  }
  return unfit.size > 0 ? { kind: 'unfit', places: unfit } : { kind: 'written', next }
}

function requestOf(document: Document, { hold: { place }, asked: { change, random } }: ChangeAmong): EditRequest {
  return { document, place, change, random }
}

function editsIfPossible(parts: FileConnectorParts, request: EditRequest): readonly Edit[] | undefined {
  try {
    return editsOf(parts, request)
  } catch (error) {
    if (error instanceof Failure && error.code !== 'R900') return undefined
    throw error
  }
}

function addedBy(edits: readonly Edit[]): number {
  return edits.reduce((sum, { span, bytes }) => sum + bytes.length - (span[1] - span[0]), 0)
}

function restoredTogether(document: Document, places: readonly RestoreAmong[]): Written<RestoreAmong> {
  const unfit = overlapping(places)
  if (unfit.length > 0) return { kind: 'unfit', places: new Set(unfit) }
  const edits = places.map(({ hold, backup }): Edit => ({ span: extentOf(hold.place), bytes: backup }))
  return { kind: 'written', next: { ...document, bytes: splice(document.bytes, edits) } }
}

function inOrder<Item extends { readonly hold: Hold }>(places: readonly Item[]): readonly Item[] {
  return [...places].sort((one, other) => extentOf(one.hold.place)[0] - extentOf(other.hold.place)[0])
}

/** Places that begin inside one that begins before. */
function overlapping<Item extends { readonly hold: Hold }>(places: readonly Item[]): readonly Item[] {
  let end = 0
  return inOrder(places).filter(({ hold: { place } }) => {
    const extent = extentOf(place)
    const isInside = extent[0] < end
    end = Math.max(end, extent[1])
    return isInside
  })
}

function asked(username: 'remove' | { readonly set: string }): string | undefined {
  return username === 'remove' ? undefined : username.set
}
