import { type Edit, splice } from '../formats/splice.ts'
import type { Connector, Detector, Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef, Span } from '../model/place.ts'
import type { Context, Randomness } from '../model/ports.ts'
import { refused } from './field-change.ts'
import { type FileGroup, type FileReader, fileGroup, heldBytes, movedSpans, restoringEdits } from './file-group.ts'
import type { Among, Asked, ChangeAmong, Hold, RestoreAmong, Written } from './held-place.ts'
import { holdingConnector } from './holding-connector.ts'

export interface EditRequest {
  readonly document: Document
  readonly place: Place
  readonly change: CredentialChange
  readonly random: Randomness
}

export interface FileConnectorParts extends FileReader {
  readonly detector: Pick<Detector, 'companions'>
  /**
   * The bytes to put, all inside the spans of the place. Pure; throws `Failure` when the format cannot hold the change. Of places that
   * share a username, the first alone is asked to change it.
   */
  readonly edits: (request: EditRequest) => readonly Edit[]
  /** All places of a document, where an address counts entries of one name (`NAME#2`). Absent: addresses do not count. */
  readonly counted?: (document: Document) => readonly Place[]
  /** Throws `Failure` when the file must not be written now. Asked before staging and again before each write. */
  readonly guard?: (path: string, context: Context) => Promise<void>
}

/** Reads and changes places of one file format, each of which is one range of bytes, its extent, or a few inside it. */
export function fileConnector(parts: FileConnectorParts): Connector {
  const { detector, guard, counted } = parts
  return holdingConnector({
    detector,
    find: (document, ref) => holdOf(fileGroup(parts, document, ref), document),
    change: (document, _, asked) => changed(parts, document, asked),
    restore: (document, _, { ref, backup }) => restored(parts, document, ref, backup),
    together: {
      change: (document, places) => changedTogether(parts, document, places),
      restore: (document, places) => restoredTogether(parts, document, places),
    },
    ...(counted === undefined ? {} : { counted }),
    ...(guard === undefined ? {} : { guard }),
  })
}

function holdOf(group: FileGroup | undefined, document: Document): Hold | undefined {
  return group === undefined ? undefined : { place: group.place, held: heldBytes(document, group.spans) }
}

function changed(parts: FileConnectorParts, document: Document, asked: Asked): Uint8Array {
  const { ref } = asked
  const group = fileGroup(parts, document, ref)
  if (group === undefined) throw refused(document, ref, 'the place is not there')
  const edits = editsOf(parts, document, group, asked)
  const next = { ...document, bytes: splice(document.bytes, edits) }
  if (readsBack(parts, next, group, asked, movedSpans(group.spans, edits))) return next.bytes
  throw refused(document, ref, 'the format cannot hold this username and secret: they would not read back')
}

function restored(parts: FileConnectorParts, document: Document, ref: PlaceRef, backup: Uint8Array): Uint8Array {
  const edits = restoringEdits(fileGroup(parts, document, ref)?.spans ?? [], backup)
  if (edits === undefined) throw refused(document, ref, 'the backup does not fit what stands there now')
  return splice(document.bytes, edits)
}

/** Throws `Failure`, with R204 where the place cannot take the change. */
function editsOf(
  parts: FileConnectorParts,
  document: Document,
  group: FileGroup,
  { ref, change, random }: Asked,
): readonly Edit[] {
  refuseApart(parts, document, ref, change)
  const edits = group.members.flatMap((place, index) =>
    parts.edits({ document, place, change: index === 0 ? change : { ...change, username: 'keep' }, random }),
  )
  if (!edits.every(({ span: [start, end] }) => group.spans.some(([from, to]) => from <= start && end <= to)))
    throw new Failure('R900', { at: document.path, because: `an edit of ${ref.address} leaves its extent` })
  return edits
}

/** A username that several places share changes with all of their secrets, or not at all. */
function refuseApart(
  { sharing }: FileConnectorParts,
  document: Document,
  ref: PlaceRef,
  { username }: CredentialChange,
): void {
  const { address, with: along = [] } = ref
  if (along.length === 0 && username === 'keep') return
  const others = sharing?.(document, address) ?? []
  const stranger = along.find((other) => !others.includes(other))
  if (stranger !== undefined) throw refused(document, ref, `its username is not the same bytes as that of ${stranger}`)
  const forgotten = others.find((other) => !along.includes(other))
  if (username !== 'keep' && forgotten !== undefined)
    throw refused(document, ref, `the same username belongs to ${forgotten} as well, which would not change with it`)
}

/** What was asked must be what the same reader finds afterwards, at the same addresses, in what lies between the same bytes. */
function readsBack(
  parts: FileConnectorParts,
  next: Document,
  { members, spans }: FileGroup,
  { ref, change }: Asked,
  moved: ReadonlyMap<Span, Span>,
): boolean {
  const after = fileGroup(parts, next, ref)
  if (after?.spans.length !== spans.length) return false
  const sameEnds = spans.every((span, index) => {
    const [found, wanted] = [after.spans[index], moved.get(span)]
    return found?.[0] === wanted?.[0] && found?.[1] === wanted?.[1]
  })
  return sameEnds && members.every((member, index) => isAsAsked(member, after.members[index], change))
}

/** Places whose spans are apart, with the edits of each. */
function changedTogether(
  parts: FileConnectorParts,
  document: Document,
  places: readonly ChangeAmong[],
): Written<ChangeAmong> {
  const { groups, spans, unfit } = grouped(parts, document, places)
  const edits: Edit[] = []
  for (const [each, group] of groups) {
    const own = editsIfPossible(parts, document, group, each.asked)
    if (own === undefined) unfit.add(each)
    else edits.push(...own)
  }
  if (unfit.size > 0) return { kind: 'unfit', places: unfit }
  const next = { ...document, bytes: splice(document.bytes, edits) }
  const moved = movedSpans(spans, edits)
  for (const [each, group] of groups) if (!readsBack(parts, next, group, each.asked, moved)) unfit.add(each)
  return unfit.size > 0 ? { kind: 'unfit', places: unfit } : { kind: 'written', next }
}

function editsIfPossible(
  parts: FileConnectorParts,
  document: Document,
  group: FileGroup,
  asked: Asked,
): readonly Edit[] | undefined {
  try {
    return editsOf(parts, document, group, asked)
  } catch (error) {
    if (error instanceof Failure && error.code !== 'R900') return undefined
    throw error
  }
}

function restoredTogether(
  parts: FileConnectorParts,
  document: Document,
  places: readonly RestoreAmong[],
): Written<RestoreAmong> {
  const { groups, unfit } = grouped(parts, document, places)
  const edits: Edit[] = []
  for (const [each, { spans }] of groups) {
    const own = restoringEdits(spans, each.backup)
    if (own === undefined) unfit.add(each)
    else edits.push(...own)
  }
  if (unfit.size > 0) return { kind: 'unfit', places: unfit }
  return { kind: 'written', next: { ...document, bytes: splice(document.bytes, edits) } }
}

/** Each place with its group, and the spans of all in the order of the document. Unfit: not there, or it begins inside another. */
function grouped<Item extends Among>(parts: FileConnectorParts, document: Document, places: readonly Item[]) {
  const groups = new Map<Item, FileGroup>()
  const unfit = new Set<Item>()
  for (const each of places) {
    const group = fileGroup(parts, document, each.ref)
    if (group === undefined) unfit.add(each)
    else groups.set(each, group)
  }
  const all = [...groups].flatMap(([each, { spans }]) => spans.map((span) => ({ each, span })))
  all.sort((one, other) => one.span[0] - other.span[0])
  let end = 0
  for (const { each, span } of all) {
    if (span[0] < end) unfit.add(each)
    end = Math.max(end, span[1])
  }
  return { groups, spans: all.map(({ span }) => span), unfit }
}

/** An empty username is none: formats that keep the word for it read it back as empty. */
function isAsAsked(before: Place, after: Place | undefined, { username, secret }: CredentialChange): boolean {
  const name = username === 'keep' ? before.username?.text : username === 'remove' ? undefined : username.set
  const value = secret === 'keep' ? before.secret?.value : secret.set
  const found = after?.secret?.value
  const sameSecret = value === undefined ? found === undefined : found?.equals(value) === true
  return sameSecret && (after?.username?.text ?? '') === (name ?? '')
}
