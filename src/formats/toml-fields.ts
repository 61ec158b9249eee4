import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'
import { type ByteSpan, bomLength, encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type Field, type FieldReading, plainText, type StoredText } from './field.ts'
import { hasDeepBrackets } from './nesting.ts'
import { readTomlLines } from './toml-lines.ts'

/**
 * Reads TOML into its scalar values; the items of an array of tables are counted. Of a file that is no TOML, what stands before the line
 * of the first mistake, and behind it the lines that say `key = "string"`. `text` is byte text.
 */
export function readTomlFields(text: string): FieldReading {
  const start = bomLength(text)
  const whole = parsed(text, start, text.length)
  if (whole.kind === 'fields') return { fields: whole.fields }
  const { at } = whole
  const lineStart = at === undefined ? start : Math.max(start, text.lastIndexOf('\n', at - 1) + 1)
  const before = parsed(text, start, lineStart)
  const fields = before.kind === 'fields' ? [...before.fields] : []
  const rest = before.kind === 'fields' ? lineStart : start
  return {
    fields: [...fields, ...readTomlLines(text, rest, lastTable(text, start, rest), stringAt)],
    problem: { ...(at === undefined ? {} : { span: [at, at] as const }), detail: 'it is no TOML' },
  }
}

type Parsed =
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  | { readonly kind: 'malformed'; readonly at?: number }

function parsed(text: string, from: number, to: number): Parsed {
  const body = text.slice(from, to)
  if (hasDeepBrackets(body)) return { kind: 'malformed' }
  try {
    const fields: Field[] = []
    for (const node of parseTOML(body).body[0].body) {
      if (node.type === 'TOMLKeyValue') walkPair(node, [], { text, start: from, fields })
      else for (const pair of node.body) walkPair(pair, node.resolvedKey.map(String), { text, start: from, fields })
    }
    return { kind: 'fields', fields }
  } catch (error) {
    if (error instanceof ParseError) return { kind: 'malformed', at: from + error.index }
    // A string of 120,000 characters is more than the parser can put together.
    if (error instanceof RangeError) return { kind: 'malformed' }
    throw error
  }
}

interface Walk {
  readonly text: string
  readonly start: number
  readonly fields: Field[]
}

function walkPair(pair: AST.TOMLKeyValue, above: readonly string[], walk: Walk): void {
  const names = pair.key.keys.map((key) => {
    const [from, to] = [walk.start + key.range[0], walk.start + key.range[1]]
    return key.type === 'TOMLBare' ? walk.text.slice(from, to) : stringAt(walk.text, [from, to]).text
  })
  walkValue(pair.value, [...above, ...names], walk)
}

function walkValue(node: AST.TOMLContentNode, keys: readonly string[], walk: Walk): void {
  if (node.type === 'TOMLArray') {
    for (const [index, item] of node.elements.entries()) walkValue(item, [...keys, String(index)], walk)
  } else if (node.type === 'TOMLInlineTable') {
    for (const pair of node.body) walkPair(pair, keys, walk)
  } else {
    const extent: ByteSpan = [walk.start + node.range[0], walk.start + node.range[1]]
    const value =
      node.kind === 'string' ? stringAt(walk.text, extent) : plainText(walk.text.slice(...extent), extent[0])
    walk.fields.push({ keys, value, extent })
  }
}

/** The header that holds at `to`, so that the rest of a broken file is read under it. */
function lastTable(text: string, start: number, to: number): number {
  let at = to
  while (at > start) {
    // The line before the one that starts at `at`.
    const previous = at - 2 < start ? start : Math.max(start, text.lastIndexOf('\n', at - 2) + 1)
    if (text.charAt(previous) === '[') return previous
    at = previous
  }
  return start
}

/** A string of any of the four kinds, with its quotes. A line feed right behind `"""` is no part of it. */
export function stringAt(text: string, [from, to]: ByteSpan): StoredText {
  const quote = text.charAt(from)
  const isMultiLine = to - from >= 6 && text.startsWith(quote.repeat(3), from)
  const width = isMultiLine ? 3 : 1
  const head = isMultiLine ? (/^\r?\n/.exec(text.slice(from + 3, from + 5))?.[0].length ?? 0) : 0
  const at = from + width + head
  const raw = text.slice(at, to - width)
  return quote === '"' ? escapedText(raw, at, 'toml', escapeAt) : plainText(raw, at)
}

const SHORT: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\x1b' }
const WIDTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const JOINED = /\\[ \t]*\r?\n[ \t\r\n]*/y

/** TOML 1.1, "String". */
function escapeAt(raw: string, at: number): Escape | undefined {
  if (raw.charAt(at) !== '\\') return undefined
  JOINED.lastIndex = at
  const joined = JOINED.exec(raw)
  if (joined !== null) return { text: '', length: joined[0].length }
  const kind = raw.charAt(at + 1)
  const width = WIDTHS[kind]
  if (width === undefined) return { text: SHORT[kind] ?? kind, length: kind === '' ? 1 : 2 }
  const digits = raw.slice(at + 2, at + 2 + width)
  const code = /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : 0xfffd
  return { text: encodeUtf8(String.fromCodePoint(Math.min(code, 0x10ffff))), length: 2 + digits.length }
}
