import { SaxesParser, type SaxesTagPlain } from 'saxes'

/** One element with the positions of its text in the document: `source.slice(...inner)` is what stands between its tags. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Text directly inside, references decoded. */
  readonly text: string
  /** UTF-16 offsets of the whole element. */
  readonly outer: readonly [start: number, end: number]
  /** Offsets between the tags; empty at the end of the tag for `<a/>`. */
  readonly inner: readonly [start: number, end: number]
  readonly selfClosing: boolean
}

export interface XmlDocument {
  readonly source: string
  readonly root: XmlElement
}

interface Open {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
  start: number
  innerStart: number
}

/** Jenkins writes XML 1.1: control characters as references are legal. `undefined`: not well-formed. */
export function readXml(source: string): XmlDocument | undefined {
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.1', forceXMLVersion: true })
  const open: Open[] = []
  const roots: XmlElement[] = []
  parser.on('opentagstart', () => {
    open.push({ name: '', attributes: {}, children: [], text: '', start: 0, innerStart: 0 })
  })
  parser.on('opentag', (tag: SaxesTagPlain) => {
    const element = open.at(-1)
    if (element === undefined) return
    element.name = tag.name
    element.attributes = { ...tag.attributes }
    element.innerStart = parser.position
    element.start = source.lastIndexOf(`<${tag.name}`, parser.position - 1)
  })
  const addText = (text: string): void => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', (tag) => {
    const element = open.pop()
    if (element === undefined) return
    const siblings = open.at(-1)?.children ?? roots
    siblings.push(closed(element, source, parser.position, tag.isSelfClosing))
  })
  try {
    parser.write(source).close()
  } catch {
    return undefined
  }
  const root = roots[0]
  return root === undefined ? undefined : { source, root }
}

function closed(element: Open, source: string, end: number, selfClosing: boolean): XmlElement {
  const { name, attributes, children, text, start, innerStart } = element
  const innerEnd = selfClosing ? innerStart : source.lastIndexOf('</', end - 1)
  return { name, attributes, children, text, outer: [start, end], inner: [innerStart, innerEnd], selfClosing }
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name)
}

export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text
}

/** The element and everything below it, in document order. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const below of element.children) yield* descendants(below)
}

export interface Splice {
  readonly at: readonly [start: number, end: number]
  readonly text: string
}

/** The old text with these ranges replaced. */
export function splice(source: string, splices: readonly Splice[]): string {
  const backwards = [...splices].sort((a, b) => b.at[0] - a.at[0])
  return backwards.reduce((text, { at, text: next }) => text.slice(0, at[0]) + next + text.slice(at[1]), source)
}

/** Replaces the text of an element, also of `<a/>`. */
export function withText(element: XmlElement, source: string, text: string): Splice {
  if (!element.selfClosing) return { at: element.inner, text: escapeText(text) }
  const tag = source.slice(...element.outer).replace(/\s*\/>$/, '>')
  return { at: element.outer, text: `${tag}${escapeText(text)}</${element.name}>` }
}

/** As Jenkins escapes text, in ASCII: what is sent does not depend on a charset. */
export function escapeText(text: string): string {
  return asciiXml(
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
  ).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
}

/** Everything outside ASCII as numeric references. Only for documents without CDATA and comments. */
export function asciiXml(xml: string): string {
  return xml.replace(/[^\u0000-\u007f]/gu, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`)
}
