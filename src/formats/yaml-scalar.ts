import { encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type StoredText } from './field.ts'

/** What a scalar means that stands at `at`, with its quotes or its block header, of any of the five styles. `isBlock`: `|` or `>`. */
export function scalarText(raw: string, at: number, isBlock: boolean, parentIndent?: number): StoredText {
  if (isBlock) return blockText(raw, at, parentIndent)
  const quote = raw.charAt(0)
  if (quote !== '"' && quote !== "'") return foldedText(raw, at, 'yaml-folded', noEscape)
  const isClosed = raw.length > 1 && raw.endsWith(quote)
  const inside = raw.slice(1, isClosed ? -1 : undefined)
  return quote === '"'
    ? foldedText(inside, at + 1, 'yaml-double', doubleEscapeAt)
    : foldedText(inside, at + 1, 'yaml-single', singleEscapeAt)
}

type EscapeReader = (raw: string, at: number) => Escape | undefined

const FOLD = /[ \t]*\r?\n[ \t\r\n]*/y

/** White space around a line end is one space, and each empty line behind it a line feed (YAML 1.2.2, 6.5). */
function foldedText(
  raw: string,
  start: number,
  layer: 'yaml-folded' | 'yaml-double' | 'yaml-single',
  other: EscapeReader,
): StoredText {
  // Blanks that no line end follows are looked at once, however many there are.
  let blanksEnd = 0
  return escapedText(raw, start, layer, (_, at) => {
    const character = raw.charAt(at)
    if (!isWhite(character)) return other(raw, at)
    if (at < blanksEnd) return undefined
    FOLD.lastIndex = at
    const fold = FOLD.exec(raw)
    if (fold === null) {
      blanksEnd = at
      while (isWhite(raw.charAt(blanksEnd)) && raw.charAt(blanksEnd) !== '\r') blanksEnd++
      blanksEnd = Math.max(blanksEnd, at + 1)
      return undefined
    }
    const lines = fold[0].split('\n').length - 1
    return { text: lines === 1 ? ' ' : '\n'.repeat(lines - 1), length: fold[0].length }
  })
}

function isWhite(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

function noEscape(): undefined {
  return undefined
}

function singleEscapeAt(raw: string, at: number): Escape | undefined {
  return raw.startsWith("''", at) ? { text: "'", length: 2 } : undefined
}

const SHORT: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
}
const WIDTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const JOINED = /\\\r?\n[ \t]*/y

/** YAML 1.2.2, 5.7 and 7.3.1. JSON is YAML, so two halves of a surrogate pair are one character here too. */
function doubleEscapeAt(raw: string, at: number): Escape | undefined {
  if (raw.charAt(at) !== '\\') return undefined
  JOINED.lastIndex = at
  const joined = JOINED.exec(raw)
  if (joined !== null) return { text: '', length: joined[0].length }
  const kind = raw.charAt(at + 1)
  if (kind === '') return undefined
  const width = WIDTHS[kind]
  // Anything that is no escape is taken as it is; a character of several bytes keeps its other bytes.
  if (width === undefined) return { text: SHORT[kind] === undefined ? kind : encodeUtf8(SHORT[kind]), length: 2 }
  const pair = /^\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/i.exec(raw.slice(at, at + 12))
  if (pair !== null) {
    const units = pair.slice(1).map((digits) => Number.parseInt(digits, 16))
    return { text: encodeUtf8(String.fromCharCode(...units)), length: 12 }
  }
  const digits = raw.slice(at + 2, at + 2 + width)
  const code = /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : 0xfffd
  return { text: encodeUtf8(String.fromCodePoint(Math.min(code, 0x10ffff))), length: 2 + digits.length }
}

interface Line {
  readonly start: number
  /** Of the text on the line, behind the indentation; both the same: an empty line. */
  readonly textStart: number
  readonly textEnd: number
  /** Behind the line end. */
  readonly end: number
}

/**
 * `|` and `>` with their indicators (YAML 1.2.2, 8.1): indentation and line ends that do not count are taken off. `parentIndent` is the
 * column of the collection that holds the scalar, which a digit in the header counts from.
 */
function blockText(raw: string, at: number, parentIndent = 0): StoredText {
  const header = /^[|>]([-+1-9]*)[^\n]*\n?/.exec(raw)
  const head = header?.[0].length ?? raw.length
  const indicators = header?.[1] ?? ''
  const body = raw.slice(head)
  const digit = /[1-9]/.exec(indicators)?.[0]
  const given = digit === undefined ? foundIndent(body) : parentIndent + Number(digit)
  // Nothing but blanks is no text, however far they go.
  const width = /[^ \r\n]/.test(body) ? given : Number.POSITIVE_INFINITY
  const lines = linesIn(body, width)
  const last = lines.findLastIndex((line) => line.textEnd > line.textStart)
  const breaks = breaksOf(body, lines, last, raw.startsWith('>'))
  chomp(breaks, lines, last, indicators)
  const gaps = gapsOf(lines, breaks, body.length)
  return escapedText(body, at + head, 'yaml-block', (_, index) => gaps.get(index))
}

function foundIndent(body: string): number {
  return /^(?: *\r?\n)*( *)/.exec(body)?.[1]?.length ?? 0
}

function linesIn(body: string, width: number): readonly Line[] {
  const lines: Line[] = []
  for (let start = 0; start < body.length; ) {
    const feed = body.indexOf('\n', start)
    const end = feed === -1 ? body.length : feed + 1
    const textEnd = feed === -1 ? end : body.charAt(feed - 1) === '\r' && feed > start ? feed - 1 : feed
    let textStart = start
    while (textStart < textEnd && textStart - start < width && body.charAt(textStart) === ' ') textStart++
    lines.push({ start, textStart, textEnd, end })
    start = end
  }
  return lines
}

/** What stands behind each line in the value. In a folded block a line end between two lines of text is a space. */
function breaksOf(body: string, lines: readonly Line[], last: number, isFolded: boolean): string[] {
  const breaks = lines.map((line): string => (line.end > line.textEnd ? '\n' : ''))
  if (!isFolded) return breaks
  for (let index = 0; index < last; index++) {
    const line = lines[index]
    if (line === undefined || isEmpty(line) || isMore(body, line)) continue
    let next = index + 1
    while (next < last && isEmpty(lines[next])) next++
    if (isMore(body, lines[next])) continue
    breaks[index] = next === index + 1 ? ' ' : ''
  }
  return breaks
}

function isEmpty(line: Line | undefined): boolean {
  return line === undefined || line.textEnd === line.textStart
}

/** A line that is indented deeper keeps its line ends (YAML 1.2.2, 8.1.3). */
function isMore(body: string, line: Line | undefined): boolean {
  return line !== undefined && (body.charAt(line.textStart) === ' ' || body.charAt(line.textStart) === '\t')
}

function chomp(breaks: string[], lines: readonly Line[], last: number, indicators: string): void {
  if (indicators.includes('+')) return
  for (let index = Math.max(0, last); index < lines.length; index++) {
    const isKept = index === last && !indicators.includes('-')
    if (!isKept) breaks[index] = ''
  }
}

/** Everything that is not text, from the end of one line's text to the start of the next one's. */
function gapsOf(lines: readonly Line[], breaks: readonly string[], end: number): ReadonlyMap<number, Escape> {
  const gaps = new Map<number, Escape>()
  let from = 0
  let text = ''
  const close = (to: number): void => {
    if (to > from) gaps.set(from, { text, length: to - from })
  }
  for (const [index, line] of lines.entries()) {
    if (!isEmpty(line)) {
      close(line.textStart)
      from = line.textEnd
      text = ''
    }
    text += breaks[index] ?? ''
  }
  close(end)
  return gaps
}
