import { type ByteSpan, bomLength, byteText } from './byte-text.ts'
import type { MappedText } from './mapped-text.ts'

export interface GitConfigSection {
  /** Lower case. */
  readonly name: string
  /** Byte text between the quotes, escapes resolved. Absent: `[core]`. */
  readonly subsection?: MappedText
  /** Between the quotes of the subsection, as stored. */
  readonly subsectionSpan?: ByteSpan
  readonly span: ByteSpan
}

export interface GitConfigEntry {
  readonly section: GitConfigSection
  /** Lower case. */
  readonly key: string
  /** Byte text. Absent: a key without `=`. */
  readonly value?: MappedText
  /** The stored value: from its first to its last byte, quotes and continuation lines included. */
  readonly span: ByteSpan
}

export interface GitConfigReading {
  readonly sections: readonly GitConfigSection[]
  readonly entries: readonly GitConfigEntry[]
  /** Where git itself would stop with "bad config line"; what stands before it is kept. */
  readonly problem?: { readonly span: ByteSpan; readonly detail: string }
}

/** A character of the document: `\r\n` is one line feed, as in git's `get_next_char` (config.c). */
interface Unit {
  readonly character: string
  readonly start: number
  readonly end: number
}

/** Reads a git configuration file as git's config.c does. */
export function readGitConfig(bytes: Uint8Array): GitConfigReading {
  const text = byteText(bytes)
  const cursor = new Cursor(text, bomLength(text))
  const [sections, entries]: [GitConfigSection[], GitConfigEntry[]] = [[], []]
  try {
    while (!cursor.done()) readNext(cursor, sections, entries)
    return { sections, entries }
  } catch (error) {
    if (!(error instanceof BadLine)) throw error
    return { sections, entries, problem: { span: [error.at, cursor.lineEnd(error.at)], detail: error.message } }
  }
}

function readNext(cursor: Cursor, sections: GitConfigSection[], entries: GitConfigEntry[]): void {
  const { character } = cursor.peek()
  if (/\s/.test(character)) cursor.next()
  else if (character === '#' || character === ';') cursor.skipLine()
  else if (character === '[') sections.push(readSection(cursor))
  else entries.push(readEntry(cursor, sections.at(-1) ?? NO_SECTION))
}

class BadLine extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

class Cursor {
  readonly text: string
  at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  done(): boolean {
    return this.at >= this.text.length
  }

  /** The end of the document reads as a line feed without bytes. */
  peek(): Unit {
    const start = this.at
    if (this.done()) return { character: '\n', start, end: start }
    if (this.text.startsWith('\r\n', start)) return { character: '\n', start, end: start + 2 }
    return { character: this.text.charAt(start), start, end: start + 1 }
  }

  next(): Unit {
    const unit = this.peek()
    this.at = unit.end
    return unit
  }

  skipLine(): void {
    this.at = this.lineEnd(this.at)
  }

  lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from)
    return end === -1 ? this.text.length : end
  }
}

class MappedBuilder {
  text = ''
  readonly starts: number[] = []
  readonly ends: number[] = []

  add(character: string, start: number, end: number): void {
    this.text += character
    this.starts.push(start)
    this.ends.push(end)
  }

  done(): MappedText {
    return { text: this.text, starts: this.starts, ends: this.ends }
  }
}

function readSection(cursor: Cursor): GitConfigSection {
  const start = cursor.next().start
  const nameStart = cursor.at
  while (/[A-Za-z0-9.-]/.test(cursor.peek().character)) cursor.next()
  const written = cursor.text.slice(nameStart, cursor.at).toLowerCase()
  const after = cursor.peek()
  if (after.character === ']') {
    cursor.next()
    return { ...dotted(written, nameStart), span: [start, cursor.at] }
  }
  if (!/\s/.test(after.character)) throw new BadLine(start, 'a section header is not complete')
  const quoted = readSubsection(cursor, start)
  return { name: written, ...quoted, span: [start, cursor.at] }
}

/** `[remote.origin]`, the form that git no longer writes: the subsection is lower case. */
function dotted(written: string, start: number): Pick<GitConfigSection, 'name' | 'subsection'> {
  const dot = written.indexOf('.')
  if (dot === -1) return { name: written }
  const subsection = new MappedBuilder()
  for (let at = dot + 1; at < written.length; at++) subsection.add(written.charAt(at), start + at, start + at + 1)
  return { name: written.slice(0, dot), subsection: subsection.done() }
}

function readSubsection(
  cursor: Cursor,
  header: number,
): { readonly subsection: MappedText; readonly subsectionSpan: ByteSpan } {
  while (cursor.peek().character !== '\n' && /\s/.test(cursor.peek().character)) cursor.next()
  if (cursor.next().character !== '"') throw new BadLine(header, 'a section header is not complete')
  const start = cursor.at
  const subsection = new MappedBuilder()
  for (;;) {
    const unit = cursor.next()
    if (unit.character === '"') {
      if (cursor.next().character !== ']') throw new BadLine(header, 'a section header is not complete')
      return { subsection: subsection.done(), subsectionSpan: [start, unit.start] }
    }
    const content = unit.character === '\\' ? cursor.next() : unit
    if (content.character === '\n') throw new BadLine(header, 'a section header is not complete')
    subsection.add(content.character, unit.start, content.end)
  }
}

/** git takes keys before the first section, under no name. */
const NO_SECTION: GitConfigSection = { name: '', span: [0, 0] }

function readEntry(cursor: Cursor, section: GitConfigSection): GitConfigEntry {
  const start = cursor.at
  if (!/[A-Za-z]/.test(cursor.peek().character)) throw new BadLine(start, 'not a key')
  while (/[A-Za-z0-9-]/.test(cursor.peek().character)) cursor.next()
  const key = cursor.text.slice(start, cursor.at).toLowerCase()
  while (/[ \t]/.test(cursor.peek().character)) cursor.next()
  if (cursor.peek().character === '\n') return { section, key, span: [cursor.at, cursor.at] }
  if (cursor.next().character !== '=') throw new BadLine(start, 'a key has no value')
  return { section, key, ...readValue(cursor, start) }
}

interface ValueState {
  quoted: boolean
  comment: boolean
  /** White space that counts only when something follows it. */
  pending: Unit[]
  from: number
  to: number
}

function readValue(cursor: Cursor, line: number): { readonly value: MappedText; readonly span: ByteSpan } {
  const value = new MappedBuilder()
  const state: ValueState = { quoted: false, comment: false, pending: [], from: -1, to: -1 }
  for (;;) {
    const unit = cursor.next()
    if (unit.character === '\n') {
      if (state.quoted) throw new BadLine(line, 'a quoted value does not end on its line')
      const from = state.from === -1 ? unit.start : state.from
      return { value: value.done(), span: [from, state.to === -1 ? from : state.to] }
    }
    if (!state.comment) take(unit, cursor, value, state, line)
  }
}

function take(unit: Unit, cursor: Cursor, value: MappedBuilder, state: ValueState, line: number): void {
  if (!state.quoted && /\s/.test(unit.character)) {
    if (value.text !== '') state.pending.push(unit)
    return
  }
  if (!state.quoted && /[;#]/.test(unit.character)) {
    state.comment = true
    return
  }
  for (const space of state.pending) value.add(space.character, space.start, space.end)
  state.pending = []
  if (state.from === -1) state.from = unit.start
  if (unit.character === '"') state.quoted = !state.quoted
  else if (unit.character === '\\') takeEscape(unit, cursor, value, line)
  else value.add(unit.character, unit.start, unit.end)
  state.to = cursor.at
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', b: '\b', n: '\n', '\\': '\\', '"': '"' }

function takeEscape(unit: Unit, cursor: Cursor, value: MappedBuilder, line: number): void {
  const escaped = cursor.next()
  if (escaped.character === '\n') return // continuation line
  const meaning = ESCAPES[escaped.character]
  if (meaning === undefined) throw new BadLine(line, 'an escape is not known to git')
  value.add(meaning, unit.start, escaped.end)
}

/** What stored bytes of a value (or a part of it) mean: quotes and backslashes resolved. */
export function unquoteGitValue(stored: string): string {
  return stored.replace(/\\(\r\n|[\s\S])|"/g, (_, escaped: string | undefined) =>
    escaped === undefined ? '' : (ESCAPES[escaped] ?? ''),
  )
}
