import { isUtf8 } from 'node:buffer'
import { Pair, parseLines } from 'dot-properties'
import { bomLength, bytesOf, encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type Field, type FieldReading, type StoredText } from './field.ts'

/**
 * Reads Java properties; `keys` is the one whole key. `text` is byte text; a file that is not UTF-8 is taken for latin1, as Java's
 * resource bundles do, and its values are handed out as UTF-8 all the same. Every file can be read.
 */
export function readPropertiesFields(text: string): FieldReading {
  const start = bomLength(text)
  const escapeAt = isUtf8(bytesOf(text)) ? escapeInUtf8 : escapeInLatin1
  const fields = parseLines(text.slice(start), true).flatMap((node) => {
    if (!(node instanceof Pair) || node.range?.length !== 4) return []
    const [keyStart, keyEnd, valueStart, valueEnd] = node.range.map((offset) => Math.min(start + offset, text.length))
    return [fieldAt([textAt(keyStart, keyEnd).text], textAt(valueStart, valueEnd), [valueStart ?? 0, valueEnd ?? 0])]
  })
  return { fields }

  function textAt(from = 0, to = from): StoredText {
    return escapedText(text.slice(from, to), from, 'properties', escapeAt)
  }
}

function fieldAt(keys: readonly string[], value: StoredText, extent: Field['extent']): Field {
  return { keys, value, extent }
}

const SHORT: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t' }
const JOINED = /\\(?:\r\n|\r|\n)[ \t\f]*/y

function escapeInLatin1(raw: string, at: number): Escape | undefined {
  if (raw.charCodeAt(at) >= 0x80) return { text: encodeUtf8(raw.charAt(at)), length: 1 }
  return escapeInUtf8(raw, at)
}

/** java.util.Properties, `load(Reader)`: a backslash before any other character is dropped. */
function escapeInUtf8(raw: string, at: number): Escape | undefined {
  if (raw.charAt(at) !== '\\') return undefined
  JOINED.lastIndex = at
  const joined = JOINED.exec(raw)
  if (joined !== null) return { text: '', length: joined[0].length }
  const kind = raw.charAt(at + 1)
  if (kind === '') return { text: '', length: 1 }
  const units = /^(?:\\u[0-9a-fA-F]{4}){1,2}/.exec(raw.slice(at, at + 12))?.[0]
  if (units === undefined) return { text: SHORT[kind] ?? kind, length: 2 }
  const [first, second] = [unit(units, 2), unit(units, 8)]
  const isPair = first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000
  if (isPair) return { text: encodeUtf8(String.fromCharCode(first, second)), length: 12 }
  return { text: encodeUtf8(String.fromCharCode(first)), length: 6 }
}

function unit(escapes: string, at: number): number {
  return Number.parseInt(escapes.slice(at, at + 4), 16)
}
