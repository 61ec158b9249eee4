import { SaxesParser } from 'saxes'

/** `text` is what stands before the first child: all that XStream's reader gives for the value of an element. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text?: string
}

export const PROLOG_ON_DISK = "<?xml version='1.1' encoding='UTF-8'?>\n"
export const PROLOG_OF_ITEM = '<?xml version="1.1" encoding="UTF-8"?>\n'

export function element(
  name: string,
  content: string | readonly XmlElement[] = [],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  return typeof content === 'string'
    ? { name, attributes, children: [], text: content }
    : { name, attributes, children: content }
}

export function child(parent: XmlElement | undefined, ...names: string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>(
    (found, name) => found?.children.find((each) => each.name === name),
    parent,
  )
}

export function childText(parent: XmlElement | undefined, ...names: string[]): string | undefined {
  return child(parent, ...names)?.text
}

/** The child of that name replaced, appended, or removed when `next` is undefined. */
export function withChild(parent: XmlElement, name: string, next: XmlElement | undefined): XmlElement {
  const at = parent.children.findIndex((each) => each.name === name)
  const others = parent.children.filter((each) => each.name !== name)
  const children = next === undefined ? others : others.toSpliced(at < 0 ? others.length : at, 0, next)
  return { name: parent.name, attributes: parent.attributes, children }
}

/** Element names escape `$` and `_`; `class` attributes do not (XStream's XmlFriendlyNameCoder). */
export function className(each: XmlElement): string {
  return each.attributes['class'] ?? each.name.replace(/_([-_])/g, (_, sign) => (sign === '-' ? '$' : '_'))
}

interface OpenElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly selfClosing: boolean
  readonly children: XmlElement[]
  text: string
}

/** Throws on malformed text. Every document is read as XML 1.1, which is what Jenkins writes. */
export function parseXml(source: string): XmlElement {
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.1', forceXMLVersion: true })
  const addText = (text: string) => {
    const top = open.at(-1)
    if (top?.children.length === 0) top.text += text
  }
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag) => {
    open.push({ name: tag.name, attributes: tag.attributes, selfClosing: tag.isSelfClosing, children: [], text: '' })
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const closed = open.pop()
    if (closed === undefined) return
    const done = finished(closed)
    const parent = open.at(-1)
    if (parent === undefined) root = done
    else parent.children.push(done)
  })
  parser.write(source).close()
  if (root === undefined) throw new Error('the document has no root element')
  return root
}

function finished({ selfClosing, text, ...rest }: OpenElement): XmlElement {
  return selfClosing ? rest : { ...rest, text }
}

/** Two-space pretty print, line feeds, no newline at the end: XStream's PrettyPrintWriter as Jenkins configures it. */
export function writeXml(each: XmlElement, depth = 0): string {
  const indent = '  '.repeat(depth)
  const attributes = Object.entries(each.attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
  const start = `${indent}<${each.name}${attributes.join('')}`
  if (each.children.length > 0) {
    const inner = each.children.map((nested) => writeXml(nested, depth + 1)).join('\n')
    return `${start}>\n${inner}\n${indent}</${each.name}>`
  }
  return each.text === undefined ? `${start}/>` : `${start}>${escapeXml(each.text)}</${each.name}>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escapeXml(text: string): string {
  // The writer of Jenkins throws on supplementary characters: such a description cannot be saved.
  if (/[\ud800-\udfff]/.test(text)) throw new Error('Invalid character in XML stream')
  return text.replace(
    /[&<>"'\u0001-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (sign) => ENTITIES[sign] ?? `&#x${sign.charCodeAt(0).toString(16)};`,
  )
}
