import { isUtf8 } from 'node:buffer'
import { type ByteSpan, decodeUtf8 } from '../../src/formats/byte-text.ts'
import type { Field, StoredText } from '../../src/formats/field.ts'
import { splice } from '../../src/formats/splice.ts'
import { decodeStored } from '../contract/decode-stored.ts'

/** Characters of a text whose spans are looked at one by one. */
const MOST_CHARACTERS = 300

/** What is wrong with what a reader gave for `text` (byte text). */
export function fieldProblems(text: string, fields: readonly Field[]): readonly string[] {
  return [
    ...fields.flatMap(({ value, extent, keys }) => [
      ...(isInside(extent, text.length) ? [] : [`extent ${extent} of ${text.length} bytes`]),
      ...(keys.every((key) => typeof key === 'string') ? [] : ['a key that is no text']),
      ...textProblems(text, value, extent),
    ]),
    ...writingProblems(
      text,
      fields.map(({ value }) => value.spanOf(0, value.text.length)),
    ),
  ]
}

/** Spans in their order and in the document; what they hold, decoded, is the text. `extent`: where it has to lie. */
export function textProblems(text: string, value: StoredText, extent: ByteSpan = [0, text.length]): readonly string[] {
  if (value.within !== undefined) return textProblems(text, value.within, extent)
  const { length } = value.text
  const span = value.spanOf(0, length)
  if (!isInside(span, text.length)) return [`span ${span} of ${text.length} bytes`]
  // The text of a here-document stands behind the line that names it.
  if (span[0] < extent[0] || (span[1] > extent[1] && span[0] <= extent[1]))
    return [`span ${span} outside of its extent ${extent}`]
  const step = Math.max(1, Math.floor(length / MOST_CHARACTERS))
  let last = span[0]
  for (let at = 0; at < length; at += step) {
    const [from, to] = value.spanOf(at, at + 1)
    if (from < last || to < from || to > span[1]) return [`character ${at} at ${from}..${to} after ${last} in ${span}`]
    last = from
  }
  // Readers take a document that is no UTF-8 for something else, each in its way.
  return value.layers.length > 0 && !isUtf8(Buffer.from(text, 'latin1'))
    ? []
    : meaningProblems(text.slice(...span), value, text.slice(0, span[0]))
}

function isInside([from, to]: ByteSpan, length: number): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= length
}

/** Where the witnesses know less than the readers: line ends that they do not follow, blanks that they keep. */
const UNCLEAR: readonly (readonly [layer: RegExp, stored: RegExp])[] = [
  [/^(?!utf|json|xml)/, /\r/],
  [/^ini/, /[\f\v]/],
  // What stands in a substitution is another command, or one that is never closed; `$"…"` is for translators.
  [/word$/, /`|\$[({"]/],
  [/^shell-(?:bare|double)$/, /`|\$[({]/],
  // In a recipe a line goes on inside of quotes as the shell has it.
  [/^make$/, /`|['"][\s\S]*\\\r?\n/],
  // And a recipe that ends with a line that goes on is refused, or gets to the shell with its backslash.
  [/^make$/, /\\(?:\r?\n)?$/],
  // A parameter or a substitution that no bracket closes is no command.
  [/^make$/, /\$(?:\{[^}]*|\([^)]*)$/],
  [/^xml/, /</],
  [/^systemd/, /\\\n|\\$/],
  [/^yaml-block/, /\n/],
  [/heredoc$/, /\n[ \t]*(?:\n|$)/],
]

/** A quote that is never closed, or a backslash with nothing behind it: no shell takes that for a word. */
export function isBrokenWord(stored: string): boolean {
  let quote = ''
  for (let at = 0; at < stored.length; at++) {
    const character = stored.charAt(at)
    if (character === '\\' && (quote !== "'" || stored.charAt(at - 1) === '$')) at++
    else if (quote === '' ? /['"]/.test(character) : character === quote) quote = quote === '' ? character : ''
    if (at >= stored.length) return true
  }
  return quote !== ''
}

/**
 * Written apart from the readers, the decoders of the contract are their witness. What they refuse is malformed, and anything may come out.
 * `before`: what stands in front of `stored`.
 */
function meaningProblems(stored: string, { text, layers }: StoredText, before: string): readonly string[] {
  if (layers.length === 0) return stored === text ? [] : ['stored as it is, and the text is another']
  const isUnclear = UNCLEAR.some(([layer, broken]) => layers.some((one) => layer.test(one)) && broken.test(stored))
  // In a recipe it is the shell that joins the lines, and the decoder for make knows values of variables.
  const isRecipe =
    layers.includes('make') && layers.some((layer) => layer.startsWith('shell')) && /\\\r?\n/.test(stored)
  if (isUnclear || isRecipe) return []
  const meant = decodeUtf8(text)
  const last = layers.at(-1)
  if (last?.endsWith('word')) return wordProblems(decodedBy(layers.slice(0, -1), stored), meant, layers, before)
  const meaning = decodedBy(layers, stored)
  return meaning === undefined || meaning.toString('utf8') === meant ? [] : [problemOf(layers)]
}

/** The value of `"NAME=a"b` begins inside of quotes, which have to be opened again; what has no end is no word for any shell. */
function wordProblems(
  stored: Buffer | undefined,
  meant: string,
  layers: StoredText['layers'],
  before: string,
): readonly string[] {
  if (stored === undefined) return []
  const openings = ['', ...["'", '"', "$'"].filter((opening) => before.includes(opening.slice(-1)))]
  const meanings = openings.map((opening) => {
    const word = Buffer.concat([Buffer.from(opening), stored])
    return isBrokenWord(word.toString('latin1')) ? undefined : decodedBy(layers.slice(-1), word)?.toString('utf8')
  })
  return meanings.some((meaning) => meaning === undefined || meaning === meant) ? [] : [problemOf(layers)]
}

function problemOf(layers: StoredText['layers']): string {
  return `decodes to another text: ${layers.join(' ')}`
}

function decodedBy(layers: StoredText['layers'], stored: string | Buffer): Buffer | undefined {
  try {
    let bytes = typeof stored === 'string' ? Buffer.from(stored, 'latin1') : stored
    for (const layer of layers) bytes = Buffer.from(decodeStored(bytes, layer))
    return bytes
  } catch {
    return undefined
  }
}

/** Every value put back where it stands gives the same bytes. Of values that share bytes the first is taken. */
function writingProblems(text: string, spans: readonly ByteSpan[]): readonly string[] {
  const bytes = Buffer.from(text, 'latin1')
  let end = 0
  const apart = [...spans]
    .filter((span) => isInside(span, bytes.length))
    .sort((a, b) => a[0] - b[0])
    .filter(([from, to]) => {
      if (from < end) return false
      end = to
      return true
    })
  const written = splice(
    bytes,
    apart.map((span) => ({ span, bytes: bytes.subarray(...span) })),
  )
  return Buffer.compare(Buffer.from(written), bytes) === 0 ? [] : ['written back, and the bytes are others']
}
