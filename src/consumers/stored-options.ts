import { byteText, encodeUtf8 } from '../formats/byte-text.ts'
import { encodeLayer, encodePlainYaml } from '../formats/encode-layer.ts'
import type { Field, Layer, StoredText } from '../formats/field.ts'
import { encodeNetrcToken } from '../formats/netrc.ts'
import { percentEncode, percentStyleOf } from '../formats/url.ts'
import type { Document } from '../model/consumer.ts'
import type { Encoding } from '../model/place.ts'
import { type FieldDocument, fieldsOf, type NestedDocument } from './document-fields.ts'
import type { DocumentFormat } from './document-format.ts'
import { storedPiece, wholeOf } from './field-place.ts'
import { groundAt, keyOf, type Region, regionOf, storedAt } from './stored-region.ts'
import { isInterpolated, isUrlFormat } from './url-format.ts'

/** More ways to write a text are not tried. */
const MOST_OPTIONS = 24

/**
 * Ways to write `text` where `region` is, the likeliest first, as byte text. Which of them is right, only the reader of the document can
 * tell: an encoding does not say in which quotes a plain text stands. None: no way is known to be safe there.
 */
export function storedOptions(document: Document, region: Region, text: string): readonly string[] {
  const stored = storedAt(document.bytes, region)
  const [wide, layers] = layersOf(region.encodings)
  const chain = chainOf(document, region)
  let options: readonly string[] = innermost(region.encodings.at(-1), text, stored)
  const ini = chain.find(({ format }) => format === 'ini')
  if (isInFormat(document, region) || (ini !== undefined && isInterpolated(ini.text)))
    options = options.filter((option) => !option.includes('%'))
  // Many a reader interpolates, and it is rarely seen.
  else if (ini !== undefined && !stored.includes('%')) options = withoutPercentFirst(options)
  if (isInForm(document, region) && /[+&%#\s]/.test(text)) return []
  for (const each of [...chain].reverse()) {
    const around: Around = { document, each, region, layers, stored }
    options = unique(options.flatMap((option) => optionsIn(around, option))).slice(0, MOST_OPTIONS)
  }
  if (wide === undefined) return options
  return options.flatMap((option) => encodeLayer(wide, option, stored) ?? [])
}

/** What is not told by the format of a document around it. */
const OWN: readonly Encoding[] = ['plain', 'percent', 'git-quoted', 'netrc-quoted', 'base64-pair', 'base64']

function layersOf(encodings: readonly Encoding[]): readonly [wide: Layer | undefined, layers: readonly Layer[]] {
  const layers = encodings.filter((each): each is Layer => !OWN.includes(each) && !isSealed(each))
  const [first] = layers
  return first === 'utf-16le' || first === 'utf-16be' ? [first, layers.slice(1)] : [undefined, layers]
}

function isSealed(encoding: Encoding): boolean {
  return encoding === 'jenkins-secret' || encoding === 'opaque'
}

function innermost(last: Encoding | undefined, text: string, stored: string): readonly string[] {
  if (last !== undefined && isSealed(last)) return []
  if (last === 'netrc-quoted') return [encodeNetrcToken(text, true)]
  if (last !== 'percent' && last !== 'git-quoted') return [encodeUtf8(text)]
  const style = percentStyleOf([stored], { hex: 'upper', raw: '' })
  // Where a percent sign means something else, `=` may stand as it is (RFC 3986, 3.2.1).
  return unique([percentEncode(text, style), percentEncode(text, { ...style, raw: '=' })])
}

function withoutPercentFirst(options: readonly string[]): readonly string[] {
  return [...options.filter((option) => !option.includes('%')), ...options.filter((option) => option.includes('%'))]
}

/** `a=b&c=d`: there a plus is a blank, and what is read as plain text may have escapes all the same. */
function isInForm(document: Document, region: Region): boolean {
  const ground = groundAt(document.bytes, region.within)
  if (ground === undefined) return false
  const before = byteText(ground.subarray(Math.max(0, region.span[0] - 80), region.span[0]))
  const after = byteText(ground.subarray(region.span[1], region.span[1] + 80))
  return /[&?'"\s][\w.-]+=$/.test(before) && (/&[\w.-]+=$/.test(before) || /^&[\w.-]+=/.test(after))
}

const LONGEST_LITERAL = 1000

/** There any other percent sign is taken for a directive, too. */
function isInFormat(document: Document, region: Region): boolean {
  const ground = groundAt(document.bytes, region.within)
  if (ground === undefined) return false
  const [start, end] = region.span
  const before = byteText(ground.subarray(Math.max(0, start - LONGEST_LITERAL), start))
  const after = byteText(ground.subarray(end, end + LONGEST_LITERAL))
  return isUrlFormat(before, after)
}

/** The documents that hold the region as text, outermost first; base64 starts anew. */
function chainOf(document: Document, region: Region): readonly FieldDocument[] {
  const chain: FieldDocument[] = region.within.length === 0 ? [fieldsOf(document)] : []
  let level: readonly NestedDocument[] = fieldsOf(document).nested
  for (let next = level; next.length > 0; ) {
    level = next
    next = []
    for (const nested of level) {
      const held = regionOfText(document, nested.value)
      if (held !== undefined && holds(held, region)) {
        if (held.within.length === region.within.length) chain.push(nested)
        next = nested.nested
        break
      }
    }
  }
  return chain
}

function regionOfText(document: Document, text: StoredText): Region | undefined {
  return text.text === '' ? undefined : regionOf(storedPiece(document, wholeOf(text)))
}

function holds(outer: Region, inner: Region): boolean {
  const depth = outer.within.length
  const same =
    keyOf({ ...outer, span: [0, 0] }) === keyOf({ within: inner.within.slice(0, depth), span: [0, 0], encodings: [] })
  const span = inner.within[depth] ?? inner.span
  return same && outer.span[0] <= span[0] && span[1] <= outer.span[1]
}

interface Around {
  readonly document: Document
  /** The document that holds the region, or a part of what holds it. */
  readonly each: FieldDocument
  readonly region: Region
  readonly layers: readonly Layer[]
  readonly stored: string
}

/** Means itself in every format, within quotes and without. */
const INERT = /^[A-Za-z0-9_][\w.@+=%~-]*$/
const PERCENT_MEANS_MORE: readonly DocumentFormat[] = ['crontab', 'systemd']

function optionsIn(around: Around, text: string): readonly string[] {
  const { each, layers, stored } = around
  if (isInert(around, text)) return [text]
  const known = layers.flatMap((layer) => encodeLayer(layer, text, stored) ?? [])
  return unique([...known, ...(FORMATS[each.format]?.(text, around) ?? [])])
}

function isInert({ each: { format, path }, document, region }: Around, text: string): boolean {
  if (!INERT.test(text)) return false
  const ground = groundAt(document.bytes, region.within) ?? new Uint8Array()
  const quote = String.fromCharCode(ground[region.span[0] - 1] ?? 0)
  if (text.includes('%') && (PERCENT_MEANS_MORE.includes(format) || isBatch(path))) return false
  // `"alice@example.com"` names an array in Perl.
  if (text.includes('@') && /\.p[lm]$/.test(path) && quote !== "'") return false
  return format !== 'yaml' || quote === '"' || quote === "'" || encodePlainYaml(text) !== undefined
}

function isBatch(path: string): boolean {
  return /\.(?:bat|cmd)$/i.test(path)
}

type Options = (text: string, around: Around) => readonly string[]

function byLayers(...layers: readonly Layer[]): Options {
  return (text, { stored }) => layers.flatMap((layer) => encodeLayer(layer, text, stored) ?? [])
}

/** As it is, where nothing can be escaped: between single quotes, in CDATA. */
function asItIs(refused: RegExp): Options {
  return (text) => (refused.test(text) || /[\0-\x1f\x7f]/.test(text) ? [] : [text])
}

/** By the quote, or the first character, of the value that stands there. No value: a comment, where nothing is sure. */
function byQuote(quotes: Readonly<Record<string, Options>>, otherwise: Options): Options {
  return (text, around) => {
    const field = fieldAround(around)
    if (field === undefined) return []
    return (quotes[around.each.text.charAt(field.extent[0])] ?? otherwise)(text, around)
  }
}

function fieldAround({ document, each, region }: Around): Field | undefined {
  return each.fields.find((field) => {
    const held = regionOfText(document, field.value)
    return held !== undefined && holds(held, region)
  })
}

const SHELL: Options = (text, around) => {
  const { path } = around.each
  if (/\.psm?1$/i.test(path)) return byLayers('backtick', 'doubled-single', 'doubled-double')(text, around)
  if (isBatch(path)) return byLayers('batch', 'batch-quoted')(text, around)
  // Escapes first: where they are none, the text stands between single quotes.
  return [...ESCAPED(text, around), ...asItIs(/'/)(text, around)]
}

const ESCAPED = byLayers('shell-bare', 'shell-double', 'shell-heredoc')

/** ENV and ARG know fewer escapes between double quotes than a shell; there a dollar sign without one names a variable. */
const DOCKERFILE: Options = (text, around) => {
  const words = /[\0\r\n]/.test(text) ? [] : [text.replace(/["$\\]/g, '\\$&')]
  return [...ESCAPED(text, around), ...words, ...byQuote({ "'": asItIs(/'/) }, asItIs(/['$]/))(text, around)]
}

/** `outer` takes its own escapes off before a shell sees the words. */
function aroundShell(outer: Layer): Options {
  return (text, around) => {
    const words = /^[\w.@+=%~:/-]*$/.test(text) ? [text] : SHELL(text, around)
    return words.flatMap((word) => encodeLayer(outer, word, around.stored) ?? [])
  }
}

/** A part of an unquoted scalar, or all of it. */
const PLAIN_YAML: Options = (text, around) => {
  const field = fieldAround(around)
  const isWhole =
    field !== undefined && field.extent[1] - field.extent[0] === around.region.span[1] - around.region.span[0]
  const isSafe = isWhole ? encodePlainYaml(text) !== undefined : /^[^\s,[\]{}#:"'`&*!|>]+$/.test(text)
  return isSafe && !/[$`]|\{\{/.test(text) ? [text] : []
}

const FORMATS: Partial<Readonly<Record<DocumentFormat, Options>>> = {
  json: (text, around) => byLayers('json')(text, around).map((each) => each.replaceAll("'", '\\u0027')),
  yaml: byQuote(
    { '"': byLayers('yaml-double'), "'": byLayers('yaml-single'), '|': asItIs(/^\s/), '>': asItIs(/^\s|\s$/) },
    PLAIN_YAML,
  ),
  toml: byQuote({ '"': byLayers('toml'), "'": asItIs(/'/) }, () => []),
  xml: (text, around) => [...byLayers('xml-text')(text, around), ...asItIs(/\]\]/)(text, around)],
  ini: byQuote({ '"': asItIs(/["\\]/), "'": asItIs(/['\\]/) }, byLayers('ini')),
  properties: byLayers('properties'),
  // Some take backslashes off between quotes (Ruby, Docker, Python) and some do not (node). Text that has some shows which; its layer is known.
  dotenv: byQuote({ '"': asItIs(/["\\$`]/), "'": asItIs(/['\\]/) }, asItIs(/[\s#'"\\$`;&|<>()]/)),
  shell: SHELL,
  make: aroundShell('make'),
  // Nothing is escaped in a line that sets a variable (crontab(5)); whether this is one, the reader tells.
  crontab: (text, around) => [...aroundShell('crontab')(text, around), ...asItIs(/["']/)(text, around)],
  systemd: byLayers('systemd', 'systemd-word'),
  dockerfile: DOCKERFILE,
  hcl: byLayers('hcl', 'hcl-heredoc'),
  groovy: byLayers('groovy', 'groovy-slashy', 'groovy-dollar'),
  php: byLayers('php-double', 'php-single', 'php-heredoc'),
  python: byLayers('python'),
  javascript: byLayers('javascript'),
  ruby: byLayers('ruby-double', 'ruby-single', 'ruby-percent'),
  go: byLayers('go'),
  kotlin: byLayers('java'),
  csharp: byLayers('csharp', 'csharp-verbatim'),
  rust: byLayers('rust'),
  java: byLayers('java'),
  csv: byQuote({ '"': byLayers('doubled-double') }, asItIs(/["',;|]|^\s|\s$|^$/)),
  registry: byLayers('json'),
  netrc: (text) => (/^["#]|\s|\\/.test(text) ? [] : [text]),
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
