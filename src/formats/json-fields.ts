import { createScanner, type JSONScanner } from 'jsonc-parser'
import { type ByteSpan, bomLength, encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type Field, type FieldReading, plainText } from './field.ts'
import { MOST_KEYS } from './nesting.ts'

/**
 * Reads JSON into its scalar values. Comments, trailing commas, names without quotes and strings in single quotes are taken as they come
 * (`.jsonc`, `.json5`), and so are several documents in a row. `text` is byte text.
 */
export function readJsonFields(text: string): FieldReading {
  const start = bomLength(text)
  const walk: Walk = { text, start, scanner: createScanner(text.slice(start)), open: [], fields: [] }
  let pending: Token | undefined
  for (let token = nextToken(walk); token !== undefined; token = nextToken(walk)) {
    if (token.kind === ':' && pending !== undefined) takeName(walk, pending)
    else {
      if (pending !== undefined) takeValue(walk, pending)
      // No comma between the two.
      if (pending !== undefined && token.kind === 'scalar' && walk.open.length > 0) report(walk, token.span)
      if (token.kind !== 'scalar') takePunctuation(walk, token)
    }
    pending = token.kind === 'scalar' ? token : undefined
  }
  if (pending !== undefined) takeValue(walk, pending)
  if (walk.open.length > 0) report(walk, [text.length, text.length])
  const { fields, problem } = walk
  return problem === undefined ? { fields } : { fields, problem: { span: problem, detail: 'it is no JSON' } }
}

/** The parser of jsonc-parser calls itself for every level, so only its scanner is used, and the levels are kept here. */
interface Walk {
  readonly text: string
  readonly start: number
  readonly scanner: JSONScanner
  /** What is open: the name of the member being read, or the index of the item. */
  readonly open: Level[]
  readonly fields: Field[]
  problem?: ByteSpan
}

interface Level {
  readonly closer: '}' | ']'
  name: string | number
  /** A name has been read, and its value has not. */
  awaitsValue: boolean
}

interface Token {
  readonly kind: '{' | '}' | '[' | ']' | ',' | ':' | 'scalar'
  readonly span: ByteSpan
}

/** `ScanError` of jsonc-parser is a const enum, which does not exist at run time. */
const NO_ERROR = 0

function nextToken(walk: Walk): Token | undefined {
  const { text, start, scanner } = walk
  for (;;) {
    const at = start + scanner.getPosition()
    const kind = text.charAt(at)
    if (kind === '') return undefined
    if (kind === "'") return { kind: 'scalar', span: [at, singleQuotedEnd(walk, at)] }
    scanner.scan()
    const span = [at, start + scanner.getPosition()] as const
    if (scanner.getTokenError() !== NO_ERROR) report(walk, span)
    if (isPunctuation(kind)) return { kind, span }
    if (!isTrivia(text, at)) return { kind: 'scalar', span }
  }
}

function isPunctuation(character: string): character is Exclude<Token['kind'], 'scalar'> {
  return character.length === 1 && '{}[],:'.includes(character)
}

function isTrivia(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at)) || text.startsWith('//', at) || text.startsWith('/*', at)
}

/** JSON5, which the scanner does not know: it goes on behind the string. */
function singleQuotedEnd({ text, start, scanner }: Walk, at: number): number {
  let end = at + 1
  while (end < text.length && !"'\r\n".includes(text.charAt(end))) end += text.charAt(end) === '\\' ? 2 : 1
  end = Math.min(text.charAt(end) === "'" ? end + 1 : end, text.length)
  scanner.setPosition(end - start)
  return end
}

function report(walk: Walk, span: ByteSpan): void {
  walk.problem ??= span
}

function takeName(walk: Walk, token: Token): void {
  const level = walk.open.at(-1)
  if (level?.closer !== '}' || level.awaitsValue) report(walk, token.span)
  if (level?.closer !== '}') return
  level.name = fieldAt(walk.text, token.span, []).value.text
  level.awaitsValue = true
}

function takeValue(walk: Walk, { span }: Token): void {
  const { text, open, fields } = walk
  if (!isScalar(text, span)) report(walk, span)
  useValue(walk, span)
  const names = open.slice(-MOST_KEYS).map(({ name }) => String(name))
  fields.push(fieldAt(text, span, names))
}

function isScalar(text: string, [from, to]: ByteSpan): boolean {
  const first = text.charAt(from)
  if (first === '"' || first === "'") return true
  return to - from < 1000 && /^(?:true|false|null|[-+.]?(?:\d|Infinity|NaN)[\w.+-]*)$/.test(text.slice(from, to))
}

function useValue(walk: Walk, span: ByteSpan): void {
  const level = walk.open.at(-1)
  if (level?.closer !== '}') return
  if (!level.awaitsValue) report(walk, span)
  level.awaitsValue = false
}

function takePunctuation(walk: Walk, { kind, span }: Token): void {
  const { open } = walk
  const level = open.at(-1)
  if (kind === '{' || kind === '[') {
    useValue(walk, span)
    open.push(
      kind === '{' ? { closer: '}', name: '', awaitsValue: false } : { closer: ']', name: 0, awaitsValue: false },
    )
  } else if (kind === ',') {
    if (typeof level?.name === 'number') level.name++
    else if (level === undefined || level.awaitsValue) report(walk, span)
  } else if (kind === ':') report(walk, span)
  else if (level?.closer === kind) open.pop()
  else report(walk, span)
}

function fieldAt(text: string, [at, end]: ByteSpan, keys: readonly string[]): Field {
  const quote = text.charAt(at)
  if (quote !== '"' && quote !== "'") return { keys, value: plainText(text.slice(at, end), at), extent: [at, end] }
  const raw = text.slice(at + 1, isClosed(text, at, end) ? end - 1 : end)
  return { keys, value: escapedText(raw, at + 1, 'json', escapeAt), extent: [at, end] }
}

/** A string that the end of its line cuts off has no closing quote. */
function isClosed(text: string, at: number, end: number): boolean {
  if (end - at < 2 || text.charAt(end - 1) !== text.charAt(at)) return false
  let backslashes = 0
  while (text.charAt(end - 2 - backslashes) === '\\') backslashes++
  return backslashes % 2 === 0
}

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** RFC 8259, 7. Both halves of a surrogate pair are one character. */
function escapeAt(raw: string, at: number): Escape | undefined {
  if (raw.charAt(at) !== '\\') return undefined
  const kind = raw.charAt(at + 1)
  if (kind === '') return undefined
  if (kind !== 'u') return { text: SHORT[kind] ?? kind, length: 2 }
  const pair = /^\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/i.exec(raw.slice(at, at + 12))
  if (pair !== null) return { text: encodeUtf8(String.fromCharCode(...pair.slice(1).map(hex))), length: 12 }
  const single = /^\\u([0-9a-f]{4})/i.exec(raw.slice(at, at + 6))
  return single === null
    ? { text: kind, length: 2 }
    : { text: encodeUtf8(String.fromCharCode(hex(single[1]))), length: 6 }
}

function hex(digits: string | undefined): number {
  return Number.parseInt(digits ?? '', 16)
}
