import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { ByteSpan } from './byte-text.ts'
import { readPlainXml } from './xml-plain.ts'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Character data directly inside, decoded. */
  readonly text: string
  /** From `<` of the start tag to `>` of the end tag. */
  readonly outer: ByteSpan
  /** Between the tags. Absent: written as one empty tag, `<a/>`. */
  readonly inner?: ByteSpan | undefined
}

export type XmlReading =
  | { readonly kind: 'document'; readonly root: XmlElement }
  | { readonly kind: 'malformed'; readonly detail: string }

/** What a document holds that is not, or not all, well-formed. */
export interface XmlSalvage {
  /** Elements that were never closed end where reading ended. */
  readonly roots: readonly XmlElement[]
  /** What is wrong first, and where. Absent: well-formed. */
  readonly problem?: { readonly at: number; readonly detail: string }
}

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
  const plain = readPlainXml(bytes)
  return plain === undefined ? parseXml(bytes) : { kind: 'document', root: plain }
}

/** The same by a parser of all of XML: `readXml` asks it about what is not plain. */
export function parseXml(bytes: Uint8Array): XmlReading {
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

/** After so many mistakes it is something else, and not XML that somebody edited. */
const MOST_MISTAKES = 1000

/** An `&` that starts no reference, which hand-written passwords have; it would swallow the text up to the next `;`. */
const BARE_AMPERSAND = /&(?!(?:#x[0-9a-f]+|#[0-9]+|[a-z_][\w.-]*);)/gi

/**
 * Reads on behind mistakes, as far as there are elements. Bytes that are not UTF-8 are taken for latin1. The texts and attributes of the
 * elements are those of a document without mistakes only; the spans are always right.
 */
export function salvageXml(bytes: Uint8Array): XmlSalvage {
  const plain = readPlainXml(bytes)
  if (plain !== undefined) return { roots: [plain] }
  const text = decode(bytes) ?? Buffer.from(bytes).toString('latin1')
  const offset = byteOffsets(text, bytes.length)
  const salvage = salvaged(text, offset)
  if (salvage.problem === undefined) return salvage
  const masked = text.replace(BARE_AMPERSAND, '_')
  return masked === text ? salvage : { ...salvage, roots: salvaged(masked, offset).roots }
}

function salvaged(text: string, offset: (index: number) => number): XmlSalvage {
  const builder = new TreeBuilder(text, offset)
  let mistakes = 0
  let problem: XmlSalvage['problem']
  const parser = parserInto(builder, (error) => {
    problem ??= { at: offset(Math.min(parser.position, text.length)), detail: error.message }
    mistakes++
    if (mistakes > MOST_MISTAKES) throw error
  })
  let end = text.length
  try {
    parser.write(text).close()
  } catch (error) {
    end = Math.min(parser.position, text.length)
    problem ??= { at: offset(end), detail: error instanceof Error ? error.message : 'it cannot be parsed' }
  }
  const roots = builder.closeAll(end)
  return problem === undefined ? { roots } : { roots, problem }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function parse(text: string, offset: (index: number) => number): XmlElement | undefined {
  const builder = new TreeBuilder(text, offset)
  parserInto(builder, (error) => {
    throw error
  })
    .write(text)
    .close()
  return builder.roots[0]
}

function parserInto(builder: TreeBuilder, onError: (error: Error) => void): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, position: true })
  parser.on('error', onError)
  parser.on('opentagstart', (tag) => builder.startTag(tag.name, parser.position))
  parser.on('opentag', (tag) => builder.open(tag, parser.position))
  parser.on('text', (piece) => builder.append(piece))
  parser.on('cdata', (piece) => builder.append(piece))
  parser.on('closetag', (tag) => builder.close(tag.isSelfClosing, parser.position))
  return parser
}

class TreeBuilder {
  readonly roots: XmlElement[] = []
  readonly #open: Draft[] = []
  readonly #text: string
  readonly #offset: (index: number) => number
  #tagStart = 0
  /** One end tag closes every element that was left open inside. */
  #endTag = { end: -1, start: -1 }

  constructor(text: string, offset: (index: number) => number) {
    this.#text = text
    this.#offset = offset
  }

  startTag(name: string, position: number): void {
    // `position` is behind the character that ended the name: the same tag may follow there.
    this.#tagStart = this.#text.lastIndexOf(`<${name}`, position - 1)
  }

  open(tag: SaxesTagPlain, position: number): void {
    this.#open.push(draftOf(tag, this.#tagStart, position))
  }

  append(piece: string): void {
    const current = this.#open.at(-1)
    if (current !== undefined) current.text += piece
  }

  close(selfClosing: boolean, end: number): void {
    const draft = this.#open.pop()
    if (draft === undefined) return
    if (this.#endTag.end !== end) this.#endTag = { end, start: this.#text.lastIndexOf('</', end - 1) }
    this.#add(elementOf(draft, selfClosing ? undefined : this.#endTag.start, end, this.#offset))
  }

  /** Ends what is open at `end`. */
  closeAll(end: number): readonly XmlElement[] {
    for (let draft = this.#open.pop(); draft !== undefined; draft = this.#open.pop())
      this.#add(elementOf(draft, end, end, this.#offset))
    return this.roots
  }

  #add(element: XmlElement): void {
    const siblings = this.#open.at(-1)?.children ?? this.roots
    siblings.push(element)
  }
}

function draftOf(tag: SaxesTagPlain, start: number, contentStart: number): Draft {
  return { name: tag.name, attributes: { ...tag.attributes }, children: [], text: '', start, contentStart }
}

/** `contentEnd` absent: one empty tag. */
function elementOf(
  draft: Draft,
  contentEnd: number | undefined,
  end: number,
  offset: (index: number) => number,
): XmlElement {
  const { name, attributes, children, text, start, contentStart } = draft
  const outer: ByteSpan = [offset(start), offset(end)]
  if (contentEnd === undefined) return { name, attributes, children, text, outer }
  return { name, attributes, children, text, outer, inner: [offset(contentStart), offset(contentEnd)] }
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
