import { encodeUtf8 } from './byte-text.ts'
import { addRun, draftAt, type Segment, type ShellWord, segmentAt, type WordDraft, wordOf } from './shell-word.ts'

/** Deeper nesting of substitutions is no script that anybody wrote. */
const DEEPEST = 100
/** What every part of the reader shares. `at` moves on, never behind `end`. */
export interface ShellScan {
  readonly text: string
  at: number
  end: number
  depth: number
  /** Between backticks the next one ends the word. */
  inBackticks: boolean
  /** `$(NAME)` is a variable of make. */
  readonly isMake: boolean
  /** A quote that is open at the end of its line ends there. */
  readonly isLinewise: boolean
  /** The line that was met last: any offset in it, and its end. */
  line: readonly [from: number, end: number]
  /** A quote, brace or parenthesis that nobody closes. */
  problem: { readonly span: readonly [number, number]; readonly detail: string } | undefined
  /** Reads the commands of a substitution, and behind its closer. */
  readonly readNested: (scan: ShellScan, closer: ')' | '`') => void
}

/** What ends a word that is not quoted (POSIX.1-2024, 2.3): blanks, line ends and the characters of operators. */
const WORD_END = ' \t\r\n;&|()<>'

/** Reads the word at `scan.at`. At least one character is taken unless it is one of `WORD_END`. */
export function readWord(scan: ShellScan): ShellWord {
  const draft = draftAt(scan.at)
  readPieces(scan, draft, WORD_END, false)
  return wordOf(draft, scan.at)
}

function readPieces(scan: ShellScan, draft: WordDraft, stops: string, inDouble: boolean): void {
  while (scan.at < scan.end) {
    const character = scan.text.charAt(scan.at)
    if (stops.includes(character) || (character === '`' && scan.inBackticks)) return
    if (character === '\\') readBackslash(scan, draft, inDouble)
    else if (character === "'" && !inDouble) readSingle(scan, draft)
    else if (character === '"') readDouble(scan, draft)
    else if (character === '$') readDollar(scan, draft, segmentAt(draft, 'bare', scan.at))
    else if (character === '`') readSubstitution(scan, draft, segmentAt(draft, 'bare', scan.at), 1, '`')
    else readOrdinary(scan, draft, segmentAt(draft, 'bare', scan.at), stops)
  }
}

function readOrdinary(scan: ShellScan, draft: WordDraft, segment: Segment, stops: string): void {
  const start = scan.at
  do scan.at++
  while (scan.at < scan.end && !isSpecial(scan.text.charAt(scan.at), stops))
  addRun(draft, segment, scan.text, [start, scan.at])
}

function isSpecial(character: string, stops: string): boolean {
  return '\\\'"$`'.includes(character) || stops.includes(character)
}

/** Length of a line end at `at`, or 0. */
export function lineEndLength(text: string, at: number): number {
  if (text.charAt(at) === '\n') return 1
  return text.startsWith('\r\n', at) ? 2 : 0
}

function readBackslash(scan: ShellScan, draft: WordDraft, inDouble: boolean): void {
  const { text, at } = scan
  const segment = segmentAt(draft, 'bare', at)
  const next = at + 1 < scan.end ? text.charAt(at + 1) : ''
  const lineEnd = lineEndLength(text, at + 1)
  if (next === '') addAndMove(scan, draft, segment, 1)
  else if (lineEnd > 0) addAndMove(scan, draft, segment, 1 + lineEnd, '')
  else if (inDouble && !'$`"\\}'.includes(next)) addAndMove(scan, draft, segment, 2)
  else addAndMove(scan, draft, segment, 2, next)
}

function addAndMove(scan: ShellScan, draft: WordDraft, segment: Segment, length: number, text?: string): void {
  const end = Math.min(scan.end, scan.at + length)
  addRun(draft, segment, scan.text, [scan.at, end], text)
  scan.at = end
}

/** How far a quote at `scan.at` may reach. */
function quoteLimit(scan: ShellScan): number {
  if (!scan.isLinewise) return scan.end
  const [from, known] = scan.line
  if (scan.at < from || scan.at >= known) {
    const found = scan.text.indexOf('\n', scan.at)
    scan.line = [scan.at, found === -1 ? scan.text.length : found]
  }
  return Math.min(scan.end, scan.line[1])
}

/** Behind the closing quote, when there is one. */
function closeQuote(scan: ShellScan, segment: Segment, limit: number): void {
  if (scan.at < limit) scan.at++
  else scan.problem ??= { span: [segment.start, segment.start + 1], detail: 'a quote is not closed' }
  segment.end = scan.at
}

function readSingle(scan: ShellScan, draft: WordDraft): void {
  const limit = quoteLimit(scan)
  const segment = segmentAt(draft, 'single', scan.at)
  const start = scan.at + 1
  scan.at = start
  while (scan.at < limit && scan.text.charAt(scan.at) !== "'") scan.at++
  if (scan.at > start) addRun(draft, segment, scan.text, [start, scan.at])
  closeQuote(scan, segment, limit)
}

const DOUBLE_ESCAPES = '$`"\\'

function readDouble(scan: ShellScan, draft: WordDraft): void {
  const { end } = scan
  const limit = quoteLimit(scan)
  const segment = segmentAt(draft, 'double', scan.at)
  scan.at++
  scan.end = limit
  readExpanding(scan, draft, segment, DOUBLE_ESCAPES, true)
  scan.end = end
  closeQuote(scan, segment, limit)
}

/** Text in which `$` and backticks expand, up to a `"` when `isQuoted`, or to `scan.end`. */
export function readExpanding(
  scan: ShellScan,
  draft: WordDraft,
  segment: Segment,
  escapes: string,
  isQuoted: boolean,
): void {
  while (scan.at < scan.end) {
    const character = scan.text.charAt(scan.at)
    if (character === '"' && isQuoted) return
    if (character === '\\') readEscape(scan, draft, segment, escapes)
    else if (character === '$') readDollar(scan, draft, segment)
    else if (character === '`') readSubstitution(scan, draft, segment, 1, '`')
    else readOrdinaryQuoted(scan, draft, segment, isQuoted)
  }
}

function readOrdinaryQuoted(scan: ShellScan, draft: WordDraft, segment: Segment, isQuoted: boolean): void {
  const start = scan.at
  do scan.at++
  while (scan.at < scan.end && !(isQuoted ? '"\\$`' : '\\$`').includes(scan.text.charAt(scan.at)))
  addRun(draft, segment, scan.text, [start, scan.at])
}

function readEscape(scan: ShellScan, draft: WordDraft, segment: Segment, escapes: string): void {
  const next = scan.at + 1 < scan.end ? scan.text.charAt(scan.at + 1) : ''
  const lineEnd = lineEndLength(scan.text, scan.at + 1)
  if (lineEnd > 0) addAndMove(scan, draft, segment, 1 + lineEnd, '')
  else if (next !== '' && escapes.includes(next)) addAndMove(scan, draft, segment, 2, next)
  else addAndMove(scan, draft, segment, 1)
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const MAKE_NAME = /\$\(([A-Za-z_][\w.-]*)\)/y
/** PowerShell: `$env:NAME`. */
const ENVIRONMENT = /\$env:([A-Za-z_]\w*)/iy

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function readDollar(scan: ShellScan, draft: WordDraft, segment: Segment): void {
  const { text, at } = scan
  const next = at + 1 < scan.end ? text.charAt(at + 1) : ''
  const isBare = segment.quote === 'bare'
  const known = (scan.isMake ? matchAt(MAKE_NAME, text, at) : null) ?? matchAt(ENVIRONMENT, text, at)
  const name = matchAt(NAME, text, at + 1)
  if (next === "'" && isBare) readAnsi(scan, draft)
  else if (next === '"' && isBare) {
    // `$"…"` is translated by the locale; without a translation it is `"…"`.
    scan.at++
    readDouble(scan, draft)
  } else if (known !== null) addReference(scan, draft, segment, known[0].length, known[1] ?? '')
  else if (next === '(') readSubstitution(scan, draft, segment, 2, ')')
  else if (next === '{') readParameter(scan, draft, segment)
  else if (name !== null) addReference(scan, draft, segment, 1 + name[0].length, name[0])
  else addAndMove(scan, draft, segment, 1)
}

function addReference(
  scan: ShellScan,
  draft: WordDraft,
  segment: Segment,
  length: number,
  name: string,
  fallback?: ShellWord,
): void {
  const from = draft.length
  addAndMove(scan, draft, segment, length)
  const reference = { name, from, to: draft.length }
  draft.references ??= []
  draft.references.push(fallback === undefined ? reference : { ...reference, fallback })
}

/** `$(…)`, backticks; their commands are read, their text stays as it is written. */
function readSubstitution(
  scan: ShellScan,
  draft: WordDraft,
  segment: Segment,
  opener: number,
  closer: ')' | '`',
): void {
  const start = scan.at
  const isDeep = scan.depth >= DEEPEST
  const isDouble = closer === ')' && !isDeep && scan.text.startsWith('$((', start)
  const arithmetic = isDouble ? arithmeticEnd(scan, start + 1) : undefined
  if (isDeep) scan.at++
  else if (arithmetic !== undefined) scan.at = arithmetic
  else {
    scan.at = Math.min(scan.end, start + opener)
    scan.readNested(scan, closer)
  }
  addRun(draft, segment, scan.text, [start, scan.at])
}

/** Arithmetic is short; `<<` in it is no here-document. */
const LONGEST_ARITHMETIC = 300

/** The end of `((…))` that begins at `start`, unless it is a subshell in a substitution. */
export function arithmeticEnd(scan: ShellScan, start: number): number | undefined {
  let open = 0
  const limit = Math.min(scan.end, start + LONGEST_ARITHMETIC)
  for (let at = start; at < limit; at++) {
    const character = scan.text.charAt(at)
    if (character === '(') open++
    else if (character === ')') open--
    if (open === 0) return scan.text.charAt(at - 1) === ')' ? at + 1 : undefined
  }
  return undefined
}

const PARAMETER = /\$\{[!#]?([A-Za-z_]\w*|[0-9@*#?$!-]+)(?:\[[^\]\n}]{0,100}\])?(:?[-=+?]|[^}\n])?/y
const BRACED_ENVIRONMENT = /\$\{env:(\w+)\}/iy
const FALLBACKS: readonly (string | undefined)[] = [':-', '-', ':=', '=']

/** `${NAME}`, and with an operator and a word behind the name. Without its brace on the line it is a plain `$`. */
function readParameter(scan: ShellScan, draft: WordDraft, segment: Segment): void {
  const { text, at } = scan
  const head = matchAt(PARAMETER, text, at)
  const environment = matchAt(BRACED_ENVIRONMENT, text, at)
  if (environment !== null) addReference(scan, draft, segment, environment[0].length, environment[1] ?? '')
  else if (head === null || scan.depth >= DEEPEST) addAndMove(scan, draft, segment, 1)
  else {
    const operand = readOperand(scan, at + head[0].length, segment.quote !== 'bare')
    const isClosed = scan.at < scan.end && text.charAt(scan.at) === '}'
    const length = scan.at + (isClosed ? 1 : 0) - at
    scan.at = at
    const isFallback = FALLBACKS.includes(head[2])
    // The names in any other operand count too: `${X:+$Y}`.
    if (!isFallback) operandReferences(draft, operand)
    const name = /^[A-Za-z_]/.test(head[1] ?? '') ? (head[1] ?? '') : ''
    addReference(scan, draft, segment, length, name, isFallback ? operand : undefined)
  }
}

function readOperand(scan: ShellScan, start: number, inDouble: boolean): ShellWord {
  const operand = draftAt(start)
  scan.at = Math.min(scan.end, start)
  scan.depth++
  readPieces(scan, operand, '}\n', inDouble)
  scan.depth--
  return wordOf(operand, scan.at)
}

function operandReferences(draft: WordDraft, word: ShellWord): void {
  const names = word.references.map(({ name }) => ({ name, from: draft.length, to: draft.length }))
  if (names.length > 0) draft.references = [...(draft.references ?? []), ...names]
}

const SHORT: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** `$'…'` (bash manual, 3.1.2.4): escapes as in C, and UTF-8 for `\u`. */
function readAnsi(scan: ShellScan, draft: WordDraft): void {
  const { text } = scan
  const limit = quoteLimit(scan)
  const segment = segmentAt(draft, 'ansi', scan.at)
  scan.at += 2
  while (scan.at < limit && text.charAt(scan.at) !== "'") {
    if (text.charAt(scan.at) === '\\') readAnsiEscape(scan, draft, segment)
    else {
      const start = scan.at
      while (scan.at < limit && text.charAt(scan.at) !== "'" && text.charAt(scan.at) !== '\\') scan.at++
      addRun(draft, segment, text, [start, scan.at])
    }
  }
  closeQuote(scan, segment, limit)
}

const NUMERIC = /^\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/

function readAnsiEscape(scan: ShellScan, draft: WordDraft, segment: Segment): void {
  const { text, at } = scan
  const numeric = NUMERIC.exec(text.slice(at, at + 10))
  const control = /^\\c([\x20-\x7e])/.exec(text.slice(at, at + 3))
  const short = SHORT[text.charAt(at + 1)]
  if (numeric !== null) addAndMove(scan, draft, segment, numeric[0].length, numericText(numeric))
  else if (control !== null)
    addAndMove(scan, draft, segment, 3, String.fromCharCode((control[1] ?? '').charCodeAt(0) & 0x1f))
  else if (short !== undefined && at + 1 < scan.end) addAndMove(scan, draft, segment, 2, short)
  else addAndMove(scan, draft, segment, 2)
}

function numericText([, octal, byte, short, long]: RegExpExecArray): string {
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16))
  return encodeUtf8(String.fromCodePoint(Math.min(Number.parseInt(short ?? long ?? '', 16), 0x10ffff)))
}
