import { isUtf8 } from 'node:buffer'
import { bytesOf, byteText } from '../formats/byte-text.ts'
import { readCodeFields } from '../formats/code-fields.ts'
import { readCrontabCommands, readCrontabFields } from '../formats/crontab-fields.ts'
import { readCsvFields } from '../formats/csv-fields.ts'
import { readDockerfileFields } from '../formats/dockerfile-fields.ts'
import { readDotenvFields } from '../formats/dotenv-fields.ts'
import { decodedText, type Field, type FieldReading, inside, plainText, type StoredText } from '../formats/field.ts'
import { readGroovyFields } from '../formats/groovy-fields.ts'
import { readHclFields } from '../formats/hcl-fields.ts'
import { readIniFields } from '../formats/ini-fields.ts'
import { readJsonFields } from '../formats/json-fields.ts'
import { readLineFields } from '../formats/line-fields.ts'
import { readMakefileCommands, readMakefileFields } from '../formats/makefile-fields.ts'
import { readPropertiesFields } from '../formats/properties-fields.ts'
import { readRegistryFields } from '../formats/registry-fields.ts'
import { readShellCommands, readShellFields } from '../formats/shell-fields.ts'
import type { ShellCommand } from '../formats/shell-words.ts'
import { readSystemdCommands, readSystemdFields } from '../formats/systemd-fields.ts'
import { readTomlFields } from '../formats/toml-fields.ts'
import { utf16Text } from '../formats/utf16.ts'
import { readXmlFields } from '../formats/xml-fields.ts'
import { readYamlFields } from '../formats/yaml-fields.ts'
import type { Document } from '../model/consumer.ts'
import { type DocumentFormat, formatOf, lastName } from './document-format.ts'
import { partsOf } from './document-parts.ts'

/** A document as its reader sees it. */
export interface FieldDocument {
  readonly path: string
  readonly format: DocumentFormat
  /** Byte text of the whole. */
  readonly text: string
  /** The same, with the bytes that hold it. */
  readonly whole: StoredText
  readonly fields: readonly Field[]
  /** Documents that stand as text, or as base64, in a field of this one. */
  readonly nested: readonly NestedDocument[]
  /** Whether it was read in its format, and whoever reads it in another one may do so: a parser makes many times the text out of it. */
  readonly isParsed: boolean
}

export interface NestedDocument extends FieldDocument {
  readonly keys: readonly string[]
  readonly value: StoredText
}

/** A document is read once, however many consumers look at it. */
const READ = new WeakMap<Uint8Array, FieldDocument>()
/** JSON in base64 in YAML is as deep as it gets. */
const DEEPEST = 3
/** Larger texts are no configuration; what is embedded in them is found all the same. */
export const LARGEST_FOR_PARSER = 1024 * 1024

/** What was below that when it was planned: new secrets are up to ten times as long as the old ones. */
const LARGEST_KNOWN = 8 * LARGEST_FOR_PARSER

export function fieldsOf({ path, bytes, isKnown }: Document): FieldDocument {
  const known = READ.get(bytes)
  if (known?.path === path) return known
  const wide = utf16Text(bytes)
  const limits = { depth: 0, largest: isKnown === true ? LARGEST_KNOWN : LARGEST_FOR_PARSER }
  const read = wide === undefined ? readText(path, byteText(bytes), limits) : readWide(path, wide, limits)
  READ.set(bytes, read)
  return read
}

interface Limits {
  /** How many documents it stands in. */
  readonly depth: number
  /** Of a text that is parsed, in bytes. */
  readonly largest: number
}

function readWide(path: string, wide: StoredText, limits: Limits): FieldDocument {
  const { keys: _, value: __, ...document } = outwardsOf(readText(path, wide.text, limits), [], wide)
  return document
}

function readText(path: string, text: string, limits: Limits): FieldDocument {
  const format = formatOf(path, text)
  const isParsed = format !== 'binary' && text.length <= limits.largest
  const fields = isParsed ? withDataDecoded(fieldsIn(format, text), partsOf(format, text)) : []
  const isDeep = !isParsed || limits.depth >= DEEPEST
  return {
    path,
    format,
    text,
    whole: plainText(text, 0),
    fields,
    nested: isDeep ? [] : [...fields.flatMap((field) => nestedIn(field, limits)), ...heredocsIn(format, text, limits)],
    isParsed,
  }
}

const READERS: Partial<Readonly<Record<DocumentFormat, (text: string) => FieldReading>>> = {
  json: readJsonFields,
  yaml: readYamlFields,
  toml: readTomlFields,
  xml: readXmlFields,
  ini: (text) => readIniFields(text),
  properties: readPropertiesFields,
  csv: readCsvFields,
  registry: readRegistryFields,
  shell: readShellFields,
  dotenv: readDotenvFields,
  make: (text) => withAddresses(readMakefileFields(text), readMakefileCommands(text)),
  crontab: (text) => withAddresses(readCrontabFields(text), readCrontabCommands(text)),
  systemd: (text) => withAddresses(readSystemdFields(text), readSystemdCommands(text)),
  dockerfile: readDockerfileFields,
  hcl: readHclFields,
  groovy: readGroovyFields,
  php: (text) => readCodeFields(text, 'php'),
  python: (text) => readCodeFields(text, 'python'),
  javascript: (text) => readCodeFields(text, 'javascript'),
  ruby: (text) => readCodeFields(text, 'ruby'),
  go: (text) => readCodeFields(text, 'go'),
  kotlin: (text) => readCodeFields(text, 'kotlin'),
  csharp: (text) => readCodeFields(text, 'csharp'),
  rust: (text) => readCodeFields(text, 'rust'),
  java: (text) => readCodeFields(text, 'java'),
}

/** Cron, make and systemd have escapes of their own, so that a URL in a command is not what stands in the bytes. */
function withAddresses(reading: FieldReading, commands: readonly ShellCommand[]): FieldReading {
  const words = commands.flatMap((command) => command.words).filter(({ value }) => value.text.includes('://'))
  const fields = words.map(({ value, extent }): Field => ({ keys: ['command'], value, extent }))
  return { ...reading, fields: [...fields, ...reading.fields] }
}

/** What a reader gives up on is read line by line. */
function fieldsIn(format: DocumentFormat, text: string): readonly Field[] {
  const reader = READERS[format] ?? readLineFields
  const reading = reader(text)
  return reading.fields.length === 0 && reading.problem !== undefined ? readLineFields(text).fields : reading.fields
}

/** `data` of a Kubernetes Secret: every value is base64 (kubernetes.io/docs/concepts/configuration/secret). */
function withDataDecoded(fields: readonly Field[], partOf: (field: Field) => number): readonly Field[] {
  const isPlain = new Set<string>()
  const kinds = new Map<string, string>()
  const holderOf = (field: Field, depth: number): string =>
    [String(partOf(field)), ...field.keys.slice(0, -depth)].join('\0')
  for (const field of fields) {
    const { keys, value } = field
    if (keys.at(-1) === 'kind') kinds.set(holderOf(field, 1), value.text)
    if (keys.at(-2) === 'data' && !isBase64OfText(value.text)) isPlain.add(holderOf(field, 2))
  }
  return fields.map((field) => {
    if (field.keys.at(-2) !== 'data') return field
    const holder = holderOf(field, 2)
    const kind = kinds.get(holder)
    // Without a kind all of it has to be such text; a Secret holds certificates and templates as well.
    const isData = kind === 'Secret' ? isBase64(field.value.text) : kind === undefined && !isPlain.has(holder)
    return isData ? { ...field, value: decodedText(field.value) } : field
  })
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text) && text.replace(/\s/g, '').length % 4 === 0
}

/** Text is UTF-8: a word that happens to be base64 as well decodes to something else. */
function isBase64OfText(text: string): boolean {
  if (!isBase64(text)) return false
  const bytes = Buffer.from(text, 'base64')
  return isUtf8(bytes) && !/[\x00-\x08\x0e-\x1f]/.test(bytes.toString('latin1'))
}

const JSON_TEXT = /^\s*(?:\{\s*"[\s\S]*\}|\[\s*\{\s*"[\s\S]*\])\s*$/
const BASE64_TEXT = /^[A-Za-z0-9+/\s]{16,}={0,2}\s*$/
/** Names of files in a ConfigMap or a Secret, and what holds such files by name. */
const FILE_NAME =
  /^[._]?netrc$|^\.?git-?credentials$|^\.?gitconfig$|\.(json|ya?ml|toml|ini|cfg|conf|env|properties|xml|sh)$|^\.env/i

function nestedIn({ keys, value }: Field, limits: Limits): readonly NestedDocument[] {
  const name = keys.at(-1) ?? ''
  const { text } = value
  if (text.length < 16) return []
  if (JSON_TEXT.test(text)) return [within(keys, value, FILE_NAME.test(name) ? name : `${name}.json`, limits)]
  if (FILE_NAME.test(name) && text.includes('\n')) return [within(keys, value, name, limits)]
  if (!BASE64_TEXT.test(text)) return text.includes('\n') ? [within(keys, value, name, limits)] : []
  const decoded = decodedText(value)
  return isText(decoded.text) ? [within(keys, decoded, name, limits)] : []
}

/** Files that a script writes: `cat > ~/.netrc <<EOF`, `kubectl apply -f - <<EOF`. */
function heredocsIn(format: DocumentFormat, text: string, limits: Limits): readonly NestedDocument[] {
  const isScript = format === 'shell' || format === 'text'
  if (!isScript || !text.includes('<<')) return []
  return readShellCommands(text).flatMap(({ inputs, redirects }) => {
    const target = redirects.find(({ operator }) => operator.startsWith('>'))?.target.value.text ?? ''
    const name = lastName(target)
    const files = inputs.filter(({ value }) => value.text.length >= 16 && value.text.includes('\n'))
    return files.map(({ value }) => within([name || 'heredoc'], value, name, limits))
  })
}

function within(keys: readonly string[], value: StoredText, name: string, limits: Limits): NestedDocument {
  return outwardsOf(readText(name, value.text, { ...limits, depth: limits.depth + 1 }), keys, value)
}

/** A document that was read by itself, with the bytes of the one that holds it. */
function outwardsOf(document: FieldDocument, keys: readonly string[], value: StoredText): NestedDocument {
  const outwards = (text: StoredText): StoredText => inside(value, text)
  return {
    ...document,
    keys,
    value,
    whole: value,
    fields: document.fields.map((field) => ({ ...field, value: outwards(field.value) })),
    nested: document.nested.map((inner) => nestedOutwards(inner, outwards)),
  }
}

function nestedOutwards(inner: NestedDocument, outwards: (text: StoredText) => StoredText): NestedDocument {
  return {
    ...inner,
    value: outwards(inner.value),
    whole: outwards(inner.whole),
    fields: inner.fields.map((field) => ({ ...field, value: outwards(field.value) })),
    nested: inner.nested.map((one) => nestedOutwards(one, outwards)),
  }
}

/** Words that happen to be base64 as well decode to anything; of text in some other encoding the most is ASCII all the same. */
function isText(bytes: string): boolean {
  if (bytes.length < 8 || /[\x00-\x08\x0e-\x1f]/.test(bytes)) return false
  const others = bytes.replace(/[\x00-\x7f]+/g, '').length
  return others < bytes.length / 4 || isUtf8(bytesOf(bytes))
}
