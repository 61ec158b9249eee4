import { isUtf8 } from 'node:buffer'
import { type ByteSpan, decodeUtf8 } from './byte-text.ts'
import type { XmlElement } from './xml.ts'

const PROLOG = /^<\?xml version=(["'])1\.[01]\1(?: encoding=(["'])[Uu][Tt][Ff]-8\2)?[ ]?\?>/
/**
 * What only a whole parser judges, besides markup that is no element: control characters, line ends of other systems, and what versions
 * of XML see differently (C1 controls, U+2028, U+FFFE and U+FFFF, in UTF-8).
 */
const BEYOND = /[\0-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xa8|\xef\xbf[\xbe\xbf]/
const ASCII = /^[\t\n\x20-\x7e]*$/
/** A reference whose character every version of XML allows. */
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#x0{0,4}([2-9a-d]|[2-7][0-9a-f]|[9ad])|#([0-9]{1,3}));/gi
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Reads documents as Jenkins writes them, elements, attributes and plain references, many times faster than a parser of all of XML does;
 * texts are decoded when they are asked for. `undefined`: something else stands in it, or it is not well-formed, and a parser must tell.
 */
export function readPlainXml(bytes: Uint8Array): XmlElement | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = buffer.toString('latin1')
  const prolog = PROLOG.exec(text)?.[0].length ?? 0
  if (!ASCII.test(text) && (BEYOND.test(text) || !isUtf8(bytes))) return undefined
  if (text.includes(']]>') || !hasPlainReferences(text)) return undefined
  return new PlainReader(buffer, text, prolog).read()
}

function hasPlainReferences(text: string): boolean {
  if (!text.includes('&')) return true
  let count = 0
  for (const [, name, hex, decimal] of text.matchAll(REFERENCE)) {
    if (name === undefined && !isPlain(codeOf(hex, decimal))) return false
    if (name !== undefined && name !== name.toLowerCase()) return false
    count++
  }
  return count === text.split('&').length - 1
}

function codeOf(hex: string | undefined, decimal: string | undefined): number {
  return hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16)
}

/** Characters of ASCII that both versions allow. */
function isPlain(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || code === 0x09 || code === 0x0a || code === 0x0d
}

function decoded(stored: string): string {
  const text = decodeUtf8(stored)
  if (!text.includes('&')) return text
  return text.replace(REFERENCE, (_, name: string | undefined, hex: string | undefined, decimal: string | undefined) =>
    name === undefined ? String.fromCharCode(codeOf(hex, decimal)) : (ENTITIES[name] ?? ''),
  )
}

/** An element whose text and spans are made when they are asked for. */
class PlainElement implements XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: PlainElement[] = []
  readonly #bytes: Buffer
  readonly #start: number
  readonly #contentStart: number
  /** -1: one empty tag. */
  #contentEnd = -1
  #end: number

  constructor(bytes: Buffer, { name, attributes, start, end }: Tag) {
    this.name = name
    this.attributes = attributes
    this.#bytes = bytes
    this.#start = start
    this.#contentStart = end
    this.#end = end
  }

  get outer(): ByteSpan {
    return [this.#start, this.#end]
  }

  get inner(): ByteSpan | undefined {
    return this.#contentEnd === -1 ? undefined : [this.#contentStart, this.#contentEnd]
  }

  /** Of the bytes: a piece of the text of the document would keep all of that text in memory. */
  get text(): string {
    if (this.#contentEnd === -1) return ''
    let at = this.#contentStart
    if (this.children.length === 0) return decoded(this.#bytes.toString('latin1', at, this.#contentEnd))
    let stored = ''
    for (const inner of this.children) {
      stored += this.#bytes.toString('latin1', at, inner.#start)
      at = inner.#end
    }
    return decoded(stored + this.#bytes.toString('latin1', at, this.#contentEnd))
  }

  close(contentEnd: number, end: number): void {
    this.#contentEnd = contentEnd
    this.#end = end
  }
}

/** A start tag, or an empty one. */
interface Tag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly start: number
  readonly end: number
  readonly isEmpty: boolean
}

class PlainReader {
  readonly #bytes: Buffer
  readonly #text: string
  readonly #open: PlainElement[] = []
  #at: number

  constructor(bytes: Buffer, text: string, start: number) {
    this.#bytes = bytes
    this.#text = text
    this.#at = start
  }

  /** Exactly one element, and blanks around it. */
  read(): XmlElement | undefined {
    if (!this.#isBlank(this.#next())) return undefined
    const root = this.#start(this.#next())
    if (root === undefined) return undefined
    for (let start = this.#next(); this.#open.length > 0; start = this.#next()) {
      if (start === -1) return undefined
      const isEnd = this.#text.charCodeAt(start + 1) === SLASH
      if (isEnd ? !this.#end(start) : this.#start(start) === undefined) return undefined
    }
    return this.#isBlank(this.#text.length) ? root : undefined
  }

  #start(start: number): PlainElement | undefined {
    const tag = this.#tag(start)
    if (tag === undefined) return undefined
    const element = new PlainElement(this.#bytes, tag)
    this.#open.at(-1)?.children.push(element)
    if (!tag.isEmpty) this.#open.push(element)
    this.#at = tag.end
    return element
  }

  /** Whether the end tag is that of the element which is open. */
  #end(start: number): boolean {
    const element = this.#open.pop()
    const end = element === undefined ? -1 : this.#endTag(start, element.name)
    if (end === -1) return false
    element?.close(start, end)
    this.#at = end
    return true
  }

  #next(): number {
    return this.#text.indexOf('<', this.#at)
  }

  #isBlank(end: number): boolean {
    return this.#blanksFrom(this.#at) === end
  }

  #blanksFrom(start: number): number {
    let at = start
    while (isBlank(this.#text.charCodeAt(at))) at++
    return at
  }

  /** Where the end tag of the element ends; -1: it is another's. */
  #endTag(start: number, name: string): number {
    if (!this.#text.startsWith(name, start + 2)) return -1
    const close = this.#blanksFrom(start + 2 + name.length)
    return this.#text.charCodeAt(close) === GREATER ? close + 1 : -1
  }

  #tag(start: number): Tag | undefined {
    const text = this.#text
    const nameEnd = this.#nameEnd(start + 1)
    if (nameEnd === -1) return undefined
    const name = text.slice(start + 1, nameEnd)
    if (text.charCodeAt(nameEnd) === GREATER)
      return { name, attributes: NO_ATTRIBUTES, start, end: nameEnd + 1, isEmpty: false }
    const attributes: Record<string, string> = {}
    let at = this.#blanksFrom(nameEnd)
    while (at > nameEnd && isNameStart(text.charCodeAt(at))) {
      at = this.#attribute(at, attributes)
      if (at === -1) return undefined
    }
    const isEmpty = text.charCodeAt(at) === SLASH
    const close = isEmpty ? at + 1 : at
    return text.charCodeAt(close) === GREATER ? { name, attributes, start, end: close + 1, isEmpty } : undefined
  }

  /** Reads one, with the blanks behind it, and says where the next may start; -1: it is not plain. */
  #attribute(start: number, attributes: Record<string, string>): number {
    const text = this.#text
    const nameEnd = this.#nameEnd(start)
    const name = text.slice(start, nameEnd)
    const sign = this.#blanksFrom(nameEnd)
    const open = this.#blanksFrom(sign + 1)
    const quote = text.charAt(open)
    const close = quote === '"' || quote === "'" ? text.indexOf(quote, open + 1) : -1
    if (text.charCodeAt(sign) !== EQUALS || close === -1 || name in attributes) return -1
    const stored = text.slice(open + 1, close)
    if (/[<\n\t]/.test(stored)) return -1
    attributes[name] = decoded(stored)
    const next = this.#blanksFrom(close + 1)
    return next === close + 1 && isNameStart(text.charCodeAt(next)) ? -1 : next
  }

  #nameEnd(start: number): number {
    if (!isNameStart(this.#text.charCodeAt(start))) return -1
    let at = start + 1
    while (isNamePart(this.#text.charCodeAt(at))) at++
    return at
  }
}

const [SLASH, GREATER, EQUALS] = [0x2f, 0x3e, 0x3d]

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09
}

/** Of ASCII; other names are left to a parser. */
function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code === 0x3a
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e
}
