import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { ByteSpan } from './byte-text.ts'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Character data directly inside, decoded. */
  readonly text: string
  /** From `<` of the start tag to `>` of the end tag. */
  readonly outer: ByteSpan
  /** Between the tags. Absent: written as one empty tag, `<a/>`. */
  readonly inner?: ByteSpan
}

export type XmlReading =
  | { readonly kind: 'document'; readonly root: XmlElement }
  | { readonly kind: 'malformed'; readonly detail: string }

interface Draft {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
  start: number
  contentStart: number
}

/** Reads XML 1.0 or 1.1 in UTF-8 into elements that know their bytes. Not well-formed: a result, never a throw. */
export function readXml(bytes: Uint8Array): XmlReading {
  const text = decode(bytes)
  if (text === undefined) return { kind: 'malformed', detail: 'it is not UTF-8 text' }
  try {
    const root = parse(text, byteOffsets(text, bytes.length))
    return root === undefined ? { kind: 'malformed', detail: 'it has no element' } : { kind: 'document', root }
  } catch (error) {
    // saxes quotes names and offsets of the document, never its text.
    return { kind: 'malformed', detail: error instanceof Error ? error.message : 'it cannot be parsed' }
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function parse(text: string, offset: (index: number) => number): XmlElement | undefined {
  const parser = new SaxesParser({ xmlns: false, position: true })
  const open: Draft[] = []
  let root: XmlElement | undefined
  const append = (piece: string) => {
    const current = open.at(-1)
    if (current !== undefined) current.text += piece
  }
  let tagStart = 0
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentagstart', (tag) => {
    tagStart = text.lastIndexOf(`<${tag.name}`, parser.position)
  })
  parser.on('opentag', (tag) => {
    open.push(draftOf(tag, tagStart, parser.position))
  })
  parser.on('text', append)
  parser.on('cdata', append)
  parser.on('closetag', (tag) => {
    const draft = open.pop()
    if (draft === undefined) return
    const element = elementOf(draft, text, tag.isSelfClosing, parser.position, offset)
    const parent = open.at(-1)
    if (parent === undefined) root ??= element
    else parent.children.push(element)
  })
  parser.write(text).close()
  return root
}

function draftOf(tag: SaxesTagPlain, start: number, contentStart: number): Draft {
  return { name: tag.name, attributes: { ...tag.attributes }, children: [], text: '', start, contentStart }
}

function elementOf(
  draft: Draft,
  text: string,
  selfClosing: boolean,
  end: number,
  offset: (index: number) => number,
): XmlElement {
  const { name, attributes, children, text: content, start, contentStart } = draft
  const outer: ByteSpan = [offset(start), offset(end)]
  if (selfClosing) return { name, attributes, children, text: content, outer }
  const inner: ByteSpan = [offset(contentStart), offset(text.lastIndexOf('</', end - 1))]
  return { name, attributes, children, text: content, outer, inner }
}

/** From UTF-16 indices, which saxes counts, to byte offsets. */
function byteOffsets(text: string, byteLength: number): (index: number) => number {
  if (text.length === byteLength) return (index) => index
  const table = new Uint32Array(text.length + 1)
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    table[index] = bytes
    const unit = text.charCodeAt(index)
    // Each half of a surrogate pair counts two of its four bytes; no offset falls between them.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  table[text.length] = bytes
  return (index) => table[index] ?? bytes
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Character data as it is stored, to text: references, CDATA sections, comments, line ends. */
export function decodeXmlText(stored: string): string {
  return stored
    .replace(/\r\n?/g, '\n')
    .replace(
      /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi,
      (whole, cdata, reference) => {
        if (typeof cdata === 'string') return cdata
        if (typeof reference !== 'string') return ''
        return ENTITIES[reference] ?? numeric(reference) ?? whole
      },
    )
}

function numeric(reference: string): string | undefined {
  const digits = /^#(x?)([0-9a-f]+)$/i.exec(reference)
  if (digits === null) return undefined
  const code = Number.parseInt(digits[2] ?? '', digits[1] === '' ? 10 : 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** Pure ASCII, so that it is right whatever encoding the file declares; quotes as XStream writes them (XML text escaping of Jenkins). */
export function escapeXmlText(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }
  return text.replace(/[&<>"']|[^\x20-\x7e]/gu, (character) => {
    const name = names[character] ?? `#x${(character.codePointAt(0) ?? 0).toString(16)}`
    return `&${name};`
  })
}
