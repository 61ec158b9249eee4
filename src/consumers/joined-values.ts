import type { FieldDocument } from './document-fields.ts'

const JOINED = new WeakMap<FieldDocument, string>()

/**
 * The text of a document and every value of it, a line feed between two: what fits in none of them is told at once, where looking into
 * thousands of values one by one takes long. An expression must not look back over a line feed.
 */
export function joinedValues(document: FieldDocument): string {
  const known = JOINED.get(document)
  if (known !== undefined) return known
  const joined = [document.text, ...document.fields.map(({ value }) => value.text)].join('\n')
  JOINED.set(document, joined)
  return joined
}
