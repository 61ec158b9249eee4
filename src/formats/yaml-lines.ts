import type { ByteSpan } from './byte-text.ts'
import type { Field } from './field.ts'
import { MOST_KEYS } from './nesting.ts'
import { scalarText } from './yaml-scalar.ts'

/** An open mapping key or list item, at the column where it starts. */
interface Level {
  readonly column: number
  readonly name: string
  readonly isItem: boolean
}

interface Walk {
  readonly text: string
  readonly open: Level[]
  readonly fields: Field[]
}

/**
 * The lines of a text that say `key: value` or `- value`, nested as their columns say, when the text as a whole is no YAML. Block scalars
 * are read; flow collections are handed out as they are written.
 */
export function readYamlLines(text: string, start: number): readonly Field[] {
  const walk: Walk = { text, open: [], fields: [] }
  for (let at = start; at < text.length; ) at = takeLine(walk, at, lineEnd(text, at)) + 1
  return walk.fields
}

function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at)
  return feed === -1 ? text.length : feed
}

/** Where the line ends, or the block that it opens. */
function takeLine(walk: Walk, start: number, end: number): number {
  const { text, open } = walk
  let at = skipBlanks(text, start, end)
  if (at === end || text.charAt(at) === '#') return end
  while (text.charAt(at) === '-' && (at + 1 >= end || isBlank(text.charAt(at + 1)))) {
    openItem(open, at - start)
    at = skipBlanks(text, at + 1, end)
  }
  const key = keyIn(text, at, end)
  if (key === undefined) {
    if (open.at(-1)?.isItem === true && at < end) return takeValue(walk, at, end, open.at(-1)?.column ?? 0)
    return end
  }
  const column = at - start
  while ((open.at(-1)?.column ?? -1) >= column) open.pop()
  open.push({ column, name: key.name, isItem: false })
  return takeValue(walk, key.valueStart, end, column)
}

/** The items of a list may stand at the column of the key that holds it. */
function openItem(open: Level[], column: number): void {
  while ((open.at(-1)?.column ?? -1) > column) open.pop()
  const last = open.at(-1)
  const isNext = last?.isItem === true && last.column === column
  if (isNext) open.pop()
  open.push({ column, name: isNext ? String(Number(last.name) + 1) : '0', isItem: true })
}

function keyIn(text: string, start: number, end: number): { name: string; valueStart: number } | undefined {
  const quote = text.charAt(start)
  const isQuoted = quote === '"' || quote === "'"
  const nameEnd = isQuoted ? quotedEnd(text, start, end) : plainKeyEnd(text, start, end)
  if (nameEnd === undefined || nameEnd === start) return undefined
  const colon = skipBlanks(text, nameEnd, end)
  if (text.charAt(colon) !== ':' || (colon + 1 < end && !isBlank(text.charAt(colon + 1)))) return undefined
  const name = scalarText(text.slice(start, nameEnd), start, false).text
  return { name, valueStart: skipBlanks(text, colon + 1, end) }
}

function plainKeyEnd(text: string, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) {
    if (text.charAt(at) !== ':' || (at + 1 < end && !isBlank(text.charAt(at + 1)))) continue
    return trimmedEnd(text, start, at)
  }
  return undefined
}

/** Behind the closing quote. */
function quotedEnd(text: string, start: number, end: number): number | undefined {
  const quote = text.charAt(start)
  for (let at = start + 1; at < end; at++) {
    if (quote === '"' && text.charAt(at) === '\\') at++
    else if (text.charAt(at) === quote) {
      if (quote === '"' || text.charAt(at + 1) !== quote) return at + 1
      at++
    }
  }
  return undefined
}

function takeValue(walk: Walk, start: number, end: number, column: number): number {
  const { text, open, fields } = walk
  const { at, tag } = propertiesAt(text, start, end)
  const found = at < end ? valueAt(text, at, end, column) : undefined
  if (found === undefined) return end
  const keys = open.slice(-MOST_KEYS).map(({ name }) => name)
  const value = scalarText(text.slice(...found.extent), found.extent[0], found.isBlock, column)
  fields.push({ keys, value, extent: found.extent, ...(tag === undefined ? {} : { tag }) })
  return Math.max(end, found.isBlock ? found.extent[1] - 1 : end)
}

/** A tag and an anchor may stand before a value, in any order. */
function propertiesAt(text: string, start: number, end: number): { at: number; tag?: string } {
  let at = start
  let tag: string | undefined
  for (let count = 0; count < 2 && '!&'.includes(text.charAt(at)) && at < end; count++) {
    let wordEnd = at
    while (wordEnd < end && !isBlank(text.charAt(wordEnd))) wordEnd++
    if (text.charAt(at) === '!') tag = text.slice(at, wordEnd)
    at = skipBlanks(text, wordEnd, end)
  }
  return tag === undefined ? { at } : { at, tag }
}

function valueAt(
  text: string,
  at: number,
  end: number,
  column: number,
): { extent: ByteSpan; isBlock: boolean } | undefined {
  const first = text.charAt(at)
  if (first === '#') return undefined
  if (/^[|>][-+1-9]{0,2}[ \t]*(?:#|\r?$)/.test(text.slice(at, Math.min(end, at + 50))))
    return { extent: [at, blockEnd(text, end, column)], isBlock: true }
  if (first === '"' || first === "'") {
    const close = quotedEnd(text, at, end)
    // Words behind the quote: it is text that begins with a quoted word.
    if (close !== undefined && isRestOfLineEmpty(text, close, end)) return { extent: [at, close], isBlock: false }
  }
  return { extent: [at, plainEnd(text, at, end)], isBlock: false }
}

function isRestOfLineEmpty(text: string, from: number, end: number): boolean {
  const next = skipBlanks(text, from, end)
  return next === end || (next > from && text.charAt(next) === '#')
}

/** Up to a comment, without the blanks before it. */
function plainEnd(text: string, start: number, end: number): number {
  for (let at = start + 1; at < end; at++)
    if (text.charAt(at) === '#' && isBlank(text.charAt(at - 1))) return trimmedEnd(text, start, at)
  return trimmedEnd(text, start, end)
}

/** Lines that are blank or indented deeper than `column` belong to a block. */
function blockEnd(text: string, headEnd: number, column: number): number {
  let end = Math.min(headEnd + 1, text.length)
  for (let at = end; at < text.length; ) {
    const next = lineEnd(text, at)
    const first = skipBlanks(text, at, next)
    if (first < next && first - at <= column) break
    at = Math.min(next + 1, text.length)
    end = at
  }
  return end
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isBlank(text.charAt(at))) at++
  return at
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isBlank(text.charAt(at - 1))) at--
  return at
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r'
}
