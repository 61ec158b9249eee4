import { bytesOf, lineAt } from '../formats/byte-text.ts'
import type { Document } from '../model/consumer.ts'
import type { Place, Step } from '../model/place.ts'
import { type FieldDocument, fieldsOf, type NestedDocument } from './document-fields.ts'
import type { DocumentFormat } from './document-format.ts'
import { storedPiece } from './field-place.ts'
import { shownName } from './shown-name.ts'

/** A netrc in a ConfigMap, a credential store in a Secret: `detect` reads it as if it were a file, and the places come back with their bytes in `document`. */
export function placesInNested(
  document: Document,
  format: DocumentFormat,
  detect: (nested: Document) => readonly Place[],
): readonly Place[] {
  return everyNested(fieldsOf(document))
    .filter((nested) => nested.format === format)
    .flatMap((nested) =>
      detect({ ...document, bytes: bytesOf(nested.value.text) }).map((place) => outwards(place, nested, document)),
    )
}

function everyNested({ nested }: FieldDocument): readonly NestedDocument[] {
  return nested.flatMap((each) => [each, ...everyNested(each)])
}

function outwards(place: Place, { keys, value }: NestedDocument, document: Document): Place {
  const { extent: _, secret, username, ...rest } = place
  const placed = secret === undefined ? undefined : { ...secret, ...stepped(secret, value, document) }
  const named = username === undefined ? undefined : { ...username, ...stepped(username, value, document) }
  const spans = [placed?.span, named?.span].filter((span) => span !== undefined)
  const start = Math.min(...spans.map(([from]) => from))
  return {
    ...rest,
    address: `${shownName(keys, '').replace(/\s/g, '%20')}:${place.address}`,
    ...(named === undefined ? {} : { username: named }),
    ...(placed === undefined ? {} : { secret: placed }),
    extent: [start, Math.max(...spans.map(([, end]) => end))],
    line: lineAt(document.bytes, placed?.span?.[0] ?? start),
  }
}

type Stored = Pick<NonNullable<Place['secret']>, 'span' | 'encoding' | 'inner'>

function stepped({ span, encoding, inner }: Stored, value: NestedDocument['value'], document: Document): Stored {
  if (span === undefined) return { encoding }
  const outer = storedPiece(document, { text: value, from: span[0], to: span[1], written: 'plain' })
  const last: readonly Step[] = encoding === 'plain' ? [] : [{ encoding }]
  const [first, ...more] = [...(outer.inner ?? []), ...last, ...(inner ?? [])]
  if (first === undefined) return { span: outer.span, encoding: outer.encoding }
  // Bytes that stand as they are need no step of their own.
  if (outer.encoding === 'plain')
    return { span: outer.span, encoding: first.encoding, ...(more.length === 0 ? {} : { inner: more }) }
  return { span: outer.span, encoding: outer.encoding, inner: [first, ...more] }
}
