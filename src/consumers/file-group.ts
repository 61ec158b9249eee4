import { sliceText } from '../formats/byte-text.ts'
import type { Edit } from '../formats/splice.ts'
import type { Document } from '../model/consumer.ts'
import type { Place, PlaceRef, Span } from '../model/place.ts'
import { packed, unpacked } from './stored-region.ts'

export interface FileReader {
  /**
   * The place at `address`, whether or not it concerns Bitbucket and whether or not it holds a credential at present: a place
   * must be found again after its username was removed. Its `extent` must not depend on the credential.
   */
  readonly locate: (document: Document, address: string) => Place | undefined
  /** The ranges of its extent that a change of a place may touch, apart from each other. Absent: all of it. */
  readonly spans?: (document: Document, place: Place) => readonly Span[]
  /** Other addresses whose username is the same bytes as that of `address`. Absent: each place has its own. */
  readonly sharing?: (document: Document, address: string) => readonly string[]
}

/** A place and those that change with it (`PlaceRef.with`). */
export interface FileGroup {
  readonly place: Place
  readonly members: readonly Place[]
  /** Of all members, apart from each other, in the order of the document. */
  readonly spans: readonly Span[]
}

/** `undefined`: one of them is not there. */
export function fileGroup(
  { locate, spans }: FileReader,
  document: Document,
  { address, with: along = [] }: PlaceRef,
): FileGroup | undefined {
  const members = [address, ...along].flatMap((each) => locate(document, each) ?? [])
  const [place] = members
  if (place === undefined || members.length !== along.length + 1) return undefined
  const ranges = members.flatMap((member) => spans?.(document, member) ?? extentsOf(member))
  return ranges.length === 0 ? undefined : { place, members, spans: joined(ranges) }
}

function extentsOf({ extent }: Place): readonly Span[] {
  return extent === undefined ? [] : [extent]
}

/** In order; what overlaps becomes one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const apart: Span[] = []
  for (const span of [...spans].sort(([one], [other]) => one - other)) {
    const last = apart.at(-1)
    const isPart = last !== undefined && (span[0] < last[1] || (span[0] === last[0] && span[1] === last[1]))
    if (last !== undefined && isPart) apart[apart.length - 1] = [last[0], Math.max(last[1], span[1])]
    else apart.push(span)
  }
  return apart
}

/** The bytes themselves, where they are in one piece. */
export function heldBytes({ bytes }: Document, spans: readonly Span[]): Uint8Array {
  const [first, ...others] = spans
  if (first !== undefined && others.length === 0) return bytes.slice(...first)
  return packed(spans.map((span) => sliceText(bytes, span)))
}

/** Edits that bring back what `heldBytes` gave. `undefined`: it is of other spans. */
export function restoringEdits(spans: readonly Span[], held: Uint8Array): readonly Edit[] | undefined {
  const [first, ...others] = spans
  if (first !== undefined && others.length === 0) return [{ span: first, bytes: held }]
  const texts = unpacked(held)
  if (texts?.length !== spans.length) return undefined
  return spans.map((span, index) => ({ span, bytes: Buffer.from(texts[index] ?? '', 'latin1') }))
}

/** Where ranges are after edits inside them, by the range. `ranges`: apart from each other, in the order of the document. */
export function movedSpans(ranges: readonly Span[], edits: readonly Edit[]): ReadonlyMap<Span, Span> {
  const moved = new Map<Span, Span>()
  const left = [...edits].sort((one, other) => one.span[0] - other.span[0])
  let before = 0
  let next = 0
  for (const range of ranges) {
    let inside = 0
    for (let edit = left[next]; edit !== undefined && edit.span[1] <= range[1]; edit = left[++next])
      inside += edit.bytes.length - (edit.span[1] - edit.span[0])
    moved.set(range, [range[0] + before, range[1] + before + inside])
    before += inside
  }
  return moved
}
