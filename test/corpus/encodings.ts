/**
 * How a secret is written down, from the outside in. Every word has its writer here; `readBack` undoes what can be undone
 * without a key, and is what holds the labels of the corpus to the truth.
 */
export type Encoding =
  | 'plain'
  | 'percent'
  | 'percent-upper'
  | 'json'
  | 'json-html-safe'
  | 'yaml-single'
  | 'yaml-double'
  | 'yaml-block'
  | 'yaml-folded'
  | 'xml'
  | 'xml-numeric'
  | 'properties'
  | 'shell-single'
  | 'shell-double'
  | 'shell-bare'
  | 'crontab'
  | 'systemd'
  | 'compose'
  | 'percent-doubled'
  | 'literal'
  | 'base64'

const hexOf = (character: string): readonly string[] =>
  [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, '0'))

const percent = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9._~-]/g, (found) =>
    hexOf(found)
      .map((digits) => `%${digits}`)
      .join(''),
  )

const upperPercent = (text: string): string => percent(text).replaceAll(/%[0-9a-f]{2}/g, (found) => found.toUpperCase())

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const identity = (text: string): string => text
const json = (text: string): string => JSON.stringify(text).slice(1, -1)
const backslashed = (text: string): string => text.replaceAll(/[\\"$`]/g, '\\$&')

const WRITERS: Readonly<Record<Encoding, (text: string) => string>> = {
  plain: identity,
  percent,
  'percent-upper': upperPercent,
  json,
  'json-html-safe': (text) => json(text).replaceAll(/[=&<>']/g, unicodeEscape),
  'yaml-single': (text) => text.replaceAll("'", "''"),
  'yaml-double': (text) => json(text).replaceAll('=', '\\x3D'),
  'yaml-block': identity,
  'yaml-folded': identity,
  xml: (text) => text.replaceAll(/[&<>"]/g, (found) => XML[found] ?? found),
  'xml-numeric': (text) => text.replaceAll(/[=&<>"]/g, (found) => `&#x${hexOf(found).join('').toUpperCase()};`),
  properties: (text) => text.replaceAll(/[\\=:#!]/g, '\\$&'),
  'shell-single': (text) => text.replaceAll("'", `'\\''`),
  'shell-double': backslashed,
  'shell-bare': (text) => text.replaceAll(/[^A-Za-z0-9._~=+:@/%-]/g, '\\$&'),
  crontab: (text) => text.replaceAll('%', '\\%'),
  systemd: (text) => text.replaceAll('%', '%%'),
  compose: (text) => text.replaceAll('$', '$$$$'),
  'percent-doubled': (text) => text.replaceAll('%', '%%'),
  literal: (text) => text.replaceAll(/[\\'"]/g, '\\$&'),
  base64: (text) => Buffer.from(text).toString('base64'),
}

/** The text as it stands in the file. */
export function written(text: string, encodings: readonly Encoding[]): string {
  return encodings.reduceRight((inner, encoding) => WRITERS[encoding](inner), text)
}

const unbackslashed = (text: string): string => text.replaceAll(/\\(.)/g, '$1')
const unbase64 = (text: string): string => Buffer.from(text, 'base64').toString()

const READERS: Readonly<Record<string, (text: string) => string>> = {
  percent: decodeURIComponent,
  'percent-upper': decodeURIComponent,
  json: (text) => String(JSON.parse(`"${text}"`)),
  'json-html-safe': (text) => String(JSON.parse(`"${text}"`)),
  'yaml-single': (text) => text.replaceAll("''", "'"),
  'yaml-double': (text) => String(JSON.parse(`"${text.replaceAll('\\x', '\\u00')}"`)),
  xml: unescapedXml,
  'xml-numeric': unescapedXml,
  properties: unbackslashed,
  'shell-single': (text) => text.replaceAll(`'\\''`, "'"),
  'shell-double': unbackslashed,
  'shell-bare': unbackslashed,
  crontab: (text) => text.replaceAll('\\%', '%'),
  systemd: (text) => text.replaceAll('%%', '%'),
  compose: (text) => text.replaceAll('$$', '$'),
  'percent-doubled': (text) => text.replaceAll('%%', '%'),
  literal: unbackslashed,
  base64: unbase64,
  'base64-pair': unbase64,
  'base64-file': unbase64,
}

function unescapedXml(text: string): string {
  const named = Object.entries(XML).reduceRight((inner, [plain, entity]) => inner.replaceAll(entity, plain), text)
  return named.replaceAll(/&#x([0-9A-F]+);/g, (_, digits) => String.fromCodePoint(Number.parseInt(String(digits), 16)))
}

/**
 * What a stored text says, `encodings` from the outside in. Of a pair or a whole file it is all of it, and what follows
 * inside is not decoded.
 */
export function readBack(stored: string, encodings: readonly string[]): string {
  let text = stored
  for (const encoding of encodings) {
    text = (READERS[encoding] ?? identity)(text)
    if (encoding === 'base64-file' || encoding === 'base64-pair') return text
  }
  return text
}
