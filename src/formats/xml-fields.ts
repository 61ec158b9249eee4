import { isUtf8 } from 'node:buffer'
import { bytesOf, encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type Field, type FieldReading, plainText, type StoredText } from './field.ts'
import { MOST_KEYS } from './nesting.ts'
import { decodeXmlText, salvageXml, type XmlElement } from './xml.ts'

/**
 * Reads the text of every element and every attribute of XML 1.0 or 1.1. `keys` are the names of the elements from the root on, and
 * `@name` for an attribute. Blanks around a text belong to it; an element that holds other elements has a text only if it says
 * something. `text` is byte text; bytes that are not UTF-8 are taken for latin1, and handed out as UTF-8.
 */
export function readXmlFields(text: string): FieldReading {
  const bytes = bytesOf(text)
  const { roots, problem } = salvageXml(bytes)
  const document: Source = { text, isLatin1: !isUtf8(bytes) }
  const fields: Field[] = []
  const names: string[] = []
  // The way down and up again without recursion: elements can be nested deeper than the stack is.
  const todo: (XmlElement | 'up')[] = [...roots].reverse()
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next === 'up') {
      names.pop()
      continue
    }
    names.push(next.name)
    const keys = names.slice(-MOST_KEYS)
    pushAttributes(next, keys, document, fields)
    pushText(next, keys, document, fields)
    todo.push('up')
    for (let index = next.children.length - 1; index >= 0; index--) todo.push(next.children[index] ?? 'up')
  }
  if (problem === undefined) return { fields }
  return { fields, problem: { span: [problem.at, problem.at], detail: 'it is not well-formed XML' } }
}

interface Source {
  readonly text: string
  readonly isLatin1: boolean
}

/** A start tag has its names before `=`, and its values in quotes, which no value holds itself. */
function pushAttributes(element: XmlElement, keys: readonly string[], source: Source, fields: Field[]): void {
  const start = element.outer[0]
  const tag = source.text.slice(start, element.inner?.[0] ?? element.outer[1])
  for (let at = 0; at < tag.length; ) {
    const sign = tag.indexOf('=', at)
    if (sign === -1) return
    const open = skipBlanks(tag, sign + 1)
    const quote = tag.charAt(open)
    const close = quote === '"' || quote === "'" ? tag.indexOf(quote, open + 1) : -1
    if (close === -1) return
    const value = valueIn(source, start + open + 1, start + close, [])
    fields.push({ keys: [...keys, `@${nameBefore(tag, sign)}`], value, extent: [start + open, start + close + 1] })
    at = close + 1
  }
}

function skipBlanks(tag: string, start: number): number {
  let at = start
  while (isBlank(tag.charAt(at))) at++
  return at
}

function nameBefore(tag: string, sign: number): string {
  let end = sign
  while (isBlank(tag.charAt(end - 1))) end--
  let start = end
  while (start > 0 && !isBlank(tag.charAt(start - 1)) && !'"\'<>/'.includes(tag.charAt(start - 1))) start--
  return tag.slice(start, end)
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

function pushText(element: XmlElement, keys: readonly string[], source: Source, fields: Field[]): void {
  const { inner, children } = element
  if (inner === undefined || (children.length > 0 && !/[^ \t\r\n]/.test(element.text))) return
  const value = sectionIn(source, ...inner) ?? valueIn(source, ...inner, children)
  fields.push({ keys, value, extent: inner })
}

const SECTION = '<![CDATA['

/** A text that is one CDATA section, and nothing else, is stored as it is. */
function sectionIn(source: Source, from: number, to: number): StoredText | undefined {
  const start = from + SECTION.length
  const end = to - 3
  if (end < start || !source.text.startsWith(SECTION, from) || source.text.indexOf(']]>', start) !== end)
    return undefined
  const raw = source.text.slice(start, end)
  return raw.includes('\r') || source.isLatin1 ? undefined : plainText(raw, start)
}

function valueIn(source: Source, from: number, to: number, children: readonly XmlElement[]): StoredText {
  const spans = new Map(children.map(({ outer }) => [outer[0] - from, outer[1] - outer[0]]))
  const reader = new MarkupReader(source, spans)
  return escapedText(source.text.slice(from, to), from, 'xml-text', (raw, at) => reader.escapeAt(raw, at))
}

/** Goes through the content of one element, in order. */
class MarkupReader {
  readonly #isLatin1: boolean
  readonly #children: ReadonlyMap<number, number>
  /** Of the CDATA section that is being read. */
  #sectionEnd = -1
  #hasMarkers = true

  constructor({ isLatin1 }: Source, children: ReadonlyMap<number, number>) {
    this.#isLatin1 = isLatin1
    this.#children = children
  }

  escapeAt(raw: string, at: number): Escape | undefined {
    const character = raw.charAt(at)
    if (character === '\r') return { text: '\n', length: raw.charAt(at + 1) === '\n' ? 2 : 1 }
    if (at === this.#sectionEnd) return { text: '', length: 3 }
    if (at > this.#sectionEnd && character === '<') return this.#markupAt(raw, at)
    if (at > this.#sectionEnd && character === '&') return referenceAt(raw, at)
    if (this.#isLatin1 && character >= '\x80') return { text: encodeUtf8(character), length: 1 }
    return undefined
  }

  #markupAt(raw: string, at: number): Escape | undefined {
    const child = this.#children.get(at)
    if (child !== undefined) return { text: '', length: Math.max(1, child) }
    if (raw.startsWith('<!--', at)) return { text: '', length: endOf(raw, '-->', at + 4) - at }
    if (raw.startsWith('<?', at)) return { text: '', length: endOf(raw, '?>', at + 2) - at }
    if (!this.#hasMarkers || !raw.startsWith(SECTION, at)) return undefined
    const start = at + SECTION.length
    const end = raw.indexOf(']]>', start)
    if (end === -1) {
      this.#hasMarkers = false
      return undefined
    }
    return this.#section(raw, at, start, end)
  }

  /** `&lt;` in a section is four characters, but read alone it would be one: such a section is only read as a whole. */
  #section(raw: string, at: number, start: number, end: number): Escape {
    const content = raw.slice(start, end)
    if (content.includes('&') || content.includes('<')) {
      const text = content.replace(/\r\n?/g, '\n')
      return { text: this.#isLatin1 ? encodeUtf8(text) : text, length: end + 3 - at }
    }
    this.#sectionEnd = end
    return { text: '', length: SECTION.length }
  }
}

function endOf(raw: string, marker: string, from: number): number {
  const end = raw.indexOf(marker, from)
  return end === -1 ? raw.length : end + marker.length
}

/** Longest reference there is: `&#x10ffff;` with zeros before it. */
const LONGEST_REFERENCE = 40

function referenceAt(raw: string, at: number): Escape | undefined {
  const reference = /^&(?:#x[0-9a-f]+|#[0-9]+|[a-z]+);/i.exec(raw.slice(at, at + LONGEST_REFERENCE))?.[0]
  if (reference === undefined) return undefined
  const text = encodeUtf8(decodeXmlText(reference))
  return text === reference ? undefined : { text, length: reference.length }
}
