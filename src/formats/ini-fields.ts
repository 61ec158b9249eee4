import { type ByteSpan, bomLength } from './byte-text.ts'
import { escapedText, type Field, type FieldReading, plainText, type StoredText } from './field.ts'

export interface IniDialect {
  /** Characters that end a key. Mercurial knows `=` only, and has keys like `default:pushurl`. */
  readonly delimiters?: string
  /** Characters that start a comment behind a value and a blank. Python's configparser knows none. */
  readonly inlineComments?: string
}

/**
 * Reads `[section]` and `key = value` as Python's configparser does, without interpolation: comments on lines of their own, and lines
 * that are indented deeper than their key go on with its value. Quotes around a whole value are no part of it. `keys` is section and key, as they
 * are written; the section of keys above the first one is ''. `text` is byte text.
 */
export function readIniFields(text: string, dialect: IniDialect = {}): FieldReading {
  const walk: Walk = {
    text,
    delimiters: dialect.delimiters ?? '=:',
    inlineComments: dialect.inlineComments ?? '',
    fields: [],
    section: '',
    indent: 0,
  }
  for (const line of linesOf(text, bomLength(text))) takeLine(walk, line)
  flush(walk)
  const { fields, problem } = walk
  return problem === undefined ? { fields } : { fields, problem: { span: problem, detail: 'it is no INI' } }
}

interface Walk {
  readonly text: string
  readonly delimiters: string
  readonly inlineComments: string
  readonly fields: Field[]
  section: string
  /** Of the key being read. */
  indent: number
  entry?: Entry | undefined
  problem?: ByteSpan
}

/** A key and the lines of its value, trimmed; an empty line is a point. */
interface Entry {
  readonly keys: readonly string[]
  readonly lines: ByteSpan[]
}

interface Line {
  readonly start: number
  /** Without blanks around it. */
  readonly content: ByteSpan
}

function* linesOf(text: string, start: number): Generator<Line> {
  const lineEnd = /\r\n|\r|\n/g
  for (let at = start; at < text.length; ) {
    lineEnd.lastIndex = at
    const found = lineEnd.exec(text)
    const end = found?.index ?? text.length
    yield { start: at, content: trimmed(text, at, end) }
    at = end + (found?.[0].length ?? 1)
  }
}

/** Only ASCII blanks: byte text has parts of characters that `trim` takes for blanks. */
function trimmed(text: string, start: number, end: number): ByteSpan {
  let [from, to] = [start, end]
  while (from < to && isBlank(text.charAt(from))) from++
  while (to > from && isBlank(text.charAt(to - 1))) to--
  return [from, to]
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\f' || character === '\v'
}

function takeLine(walk: Walk, { start, content }: Line): void {
  const [from, to] = content
  const first = walk.text.charAt(from)
  if (from === to) walk.entry?.lines.push(content)
  else if (first === '#' || first === ';') return
  else if (walk.entry !== undefined && from - start > walk.indent) walk.entry.lines.push(content)
  else {
    flush(walk)
    walk.indent = from - start
    takeHead(walk, content)
  }
}

function takeHead(walk: Walk, [from, to]: ByteSpan): void {
  const { text } = walk
  const close = text.charAt(from) === '[' ? text.lastIndexOf(']', to - 1) : -1
  if (close > from + 1) {
    walk.section = text.slice(from + 1, close)
    return
  }
  const delimiter = delimiterIn(walk, from, to)
  if (delimiter === from || (delimiter === -1 && text.charAt(from) === '[')) walk.problem ??= [from, to]
  // A line without `=` is a switch (`skip-networking`) or a directive (`%include`): it holds no value.
  if (delimiter <= from) return
  const key = text.slice(...trimmed(text, from, delimiter))
  const value = trimmed(text, delimiter + 1, to)
  walk.entry = { keys: [walk.section, key], lines: [value] }
}

function delimiterIn({ text, delimiters }: Walk, from: number, to: number): number {
  for (let at = from; at < to; at++) if (delimiters.includes(text.charAt(at))) return at
  return -1
}

function flush(walk: Walk): void {
  const { entry } = walk
  walk.entry = undefined
  if (entry === undefined) return
  const last = entry.lines.findLastIndex(([from, to]) => to > from)
  const lines = entry.lines.slice(0, Math.max(1, last + 1)).map((line) => withoutComment(walk, line))
  walk.fields.push(fieldOf(walk.text, entry.keys, lines))
}

function withoutComment({ text, inlineComments }: Walk, [from, to]: ByteSpan): ByteSpan {
  if (inlineComments === '' || quotedIn(text, [from, to]) !== undefined) return [from, to]
  for (let at = from; at < to; at++) {
    const isStart = at === from || isBlank(text.charAt(at - 1))
    if (isStart && inlineComments.includes(text.charAt(at))) return trimmed(text, from, at)
  }
  return [from, to]
}

function fieldOf(text: string, keys: readonly string[], lines: readonly ByteSpan[]): Field {
  const [first = [0, 0] as const] = lines
  const extent: ByteSpan = [first[0], (lines.at(-1) ?? first)[1]]
  if (lines.length > 1) return { keys, value: joined(text, lines, extent), extent }
  const quoted = quotedIn(text, extent)
  if (quoted === undefined) return { keys, value: plainText(text.slice(...extent), extent[0]), extent }
  return { keys, value: plainText(text.slice(quoted[0] + 1, quoted[1] - 1), quoted[0] + 1), extent: quoted }
}

/** `"value"`, also with a comment behind it. A quote in the middle says that the outer ones are no pair. */
function quotedIn(text: string, [from, to]: ByteSpan): ByteSpan | undefined {
  const quote = text.charAt(from)
  if (quote !== '"' && quote !== "'") return undefined
  const end = text.indexOf(quote, from + 1) + 1
  if (end === 0 || end > to) return undefined
  const [rest] = trimmed(text, end, to)
  const isComment = rest > end && (text.charAt(rest) === ';' || text.charAt(rest) === '#')
  return end === to || isComment ? [from, end] : undefined
}

/** Lines without the blanks around them, with one line feed between; comment lines between them do not count. */
function joined(text: string, lines: readonly ByteSpan[], [start, end]: ByteSpan): StoredText {
  const gaps = new Map<number, { text: string; length: number }>()
  let [, gapStart] = lines[0] ?? [start, start]
  let feeds = 0
  for (const [from, to] of lines.slice(1)) {
    feeds++
    if (from === to) continue
    gaps.set(gapStart - start, { text: '\n'.repeat(feeds), length: from - gapStart })
    gapStart = to
    feeds = 0
  }
  return escapedText(text.slice(start, end), start, 'ini', (_, at) => gaps.get(at))
}
