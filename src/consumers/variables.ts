import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Field, StoredText } from '../formats/field.ts'
import type { FieldDocument } from './document-fields.ts'
import { partsOf } from './document-parts.ts'
import { recordOf } from './record-fields.ts'

/** A name that gets a value, in whichever form a document says so. */
export interface Variable {
  readonly name: string
  readonly value: StoredText
  /** Where it stands: the document of a stream, and the keys around it, its own name left out. */
  readonly scope: string
  readonly keys: readonly string[]
  /** Of the field that it was read from. */
  readonly extent: Field['extent']
}

const NAME = /^[A-Za-z_][\w.-]*$/
const ASSIGNMENT = /(?:^|[\s,;{("'])[A-Za-z_][A-Za-z0-9_]*=/
/** A whole token has a `=` of its own, and what stands before it is no name. */
const TOKEN = /^AT[AC]TT3\w+=[0-9A-F]{8}$/
const LISTED = /(?<![\w$])([A-Za-z_]\w*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,;"'`)]+))/g
const LONGEST_LIST = 100_000
const NAME_KEYS: ReadonlySet<string> = new Set(['name', 'key', 'variable', 'secret_name', 'variable_name'])
const VALUE_KEYS: ReadonlySet<string> = new Set(['value', 'defaultvalue', 'default', 'plaintext_value'])

/**
 * `NAME: value`; `- NAME=value` of a list (Compose, withEnv); `{name: NAME, value: …}` (Kubernetes, CI settings);
 * `variable "NAME" { default = … }` is the same with the name one level up.
 */
export function variablesOf(document: FieldDocument): readonly Variable[] {
  const partOf = partsOf(document.format, document.text)
  const scopeOf = (field: Field, keys: readonly string[]): string => `${partOf(field)}:${keys.join('.')}`
  const names = new Map<string, Field>()
  for (const field of document.fields) {
    const parent = scopeOf(field, field.keys.slice(0, -1))
    if (NAME_KEYS.has((field.keys.at(-1) ?? '').toLowerCase()) && !names.has(parent)) names.set(parent, field)
  }
  const inFields = document.fields.flatMap((field) => {
    const parent = scopeOf(field, field.keys.slice(0, -1))
    return [
      ...byKey(field, parent),
      ...byAssignment(field, parent),
      // Variables of one list share what is around the list.
      ...byName(field, names.get(parent), scopeOf(field, field.keys.slice(0, -2))),
    ]
  })
  if (document.format === 'xml') return [...inFields, ...byOrder(document.fields), ...byAttribute(document.fields)]
  return PROGRAMS.has(document.format) ? [...inFields, ...byFallback(document)] : inFields
}

/** `<key>NAME</key><string>value</string>` of a property list. */
function byOrder(fields: readonly Field[]): readonly Variable[] {
  return fields.flatMap(({ keys, value, extent }, index) => {
    const before = fields[index - 1]
    const name = before?.value.text ?? ''
    const isPair = before?.keys.at(-1) === 'key' && keys.at(-1) === 'string' && NAME.test(name)
    return isPair ? [{ name, value, scope: keys.slice(0, -1).join('.'), keys, extent }] : []
  })
}

/** `<add key="NAME" value="…" />`, `<property name="NAME" value="…"/>`, in either order. */
function byAttribute(fields: readonly Field[]): readonly Variable[] {
  return fields.flatMap(({ keys, value, extent }, index) => {
    if (keys.at(-1) !== '@value') return []
    const named = recordOf(fields, index)
    const name = decodeUtf8((named.get('@name') ?? named.get('@key'))?.value.text ?? '')
    return NAME.test(name) ? [{ name, value, scope: keys.slice(0, -2).join('.'), keys, extent }] : []
  })
}

const PROGRAMS: ReadonlySet<string> = new Set(['javascript', 'ruby', 'php', 'python', 'groovy', 'kotlin', 'java'])
const FALLBACK =
  /\b(?:env(?:iron)?|ENV|getenv)\b[.([]{1,2}["']?([A-Za-z_]\w{0,99})["']?[\])]{0,2}\s{0,8}(?:\|\||\?\?|\?:|\bor\b)\s{0,8}$/
const LONGEST_FALLBACK = 160

/** `process.env.NAME || 'value'`, `ENV['NAME'] || 'value'`, `getenv('NAME') ?: 'value'`: the variable has a value, whatever it is handed to. */
function byFallback({ fields, text }: FieldDocument): readonly Variable[] {
  if (!/\b(?:env|ENV|getenv|environ)\b/.test(text)) return []
  return fields.flatMap(({ keys, value, extent }) => {
    const [start] = extent
    const name = FALLBACK.exec(text.slice(Math.max(0, start - LONGEST_FALLBACK), start))?.[1]
    return name === undefined ? [] : [{ name, value, scope: keys.slice(0, -1).join('.'), keys, extent }]
  })
}

/** `password: SecretStr = SecretStr("…")`, `password: str = Field(default="…")` */
const WRAPPER = /^(?:SecretStr|SecretString|Secret|Field|Some|String|str)\(\)$/

function byKey({ keys, value, extent }: Field, scope: string): readonly Variable[] {
  // An attribute of XML is a setting like any other.
  const isWrapped = WRAPPER.test(keys.at(-2) ?? '') && /^(?:0|default)$/.test(keys.at(-1) ?? '')
  const name = (keys.at(isWrapped ? -3 : -1) ?? '').replace(/^@/, '')
  return NAME.test(name) && !/^\d+$/.test(name) ? [{ name, value, scope, keys, extent }] : []
}

/** A piece of the value is the value of the variable: `A=b`, and `A="b",C=d` as supervisor has it, `A=b; C=d` as helpers of git. */
function byAssignment({ keys, value, extent }: Field, scope: string): readonly Variable[] {
  const { text } = value
  if (!ASSIGNMENT.test(text) || TOKEN.test(text)) return []
  const whole = /^([A-Za-z_][A-Za-z0-9_]*)=([^"',;\s].*)?$/.exec(text)
  const name = whole?.[1]
  if (name !== undefined && !/[,;\s]\s*[A-Za-z_]\w*=/.test(text))
    return [{ name, value: tailOf(value, name.length + 1), scope, keys, extent }]
  return [...text.slice(0, LONGEST_LIST).matchAll(LISTED)].map((match) => {
    const inner = match[2] ?? match[3] ?? match[4] ?? ''
    const quoted = match[4] === undefined ? 1 : 0
    const to = match.index + match[0].length - quoted
    return {
      name: match[1] ?? '',
      value: tailOf(value, to - inner.length, to),
      scope: `${scope}.${keys.at(-1) ?? ''}`,
      keys,
      extent,
    }
  })
}

function byName({ keys, value, extent }: Field, named: Field | undefined, scope: string): readonly Variable[] {
  if (!VALUE_KEYS.has((keys.at(-1) ?? '').toLowerCase())) return []
  const name = named === undefined ? keys.at(-2) : decodeUtf8(named.value.text)
  if (name === undefined || !NAME.test(name)) return []
  return [{ name, value, scope, keys, extent }]
}

export function tailOf(value: StoredText, from: number, to = value.text.length): StoredText {
  return { ...value, text: value.text.slice(from, to), spanOf: (start, end) => value.spanOf(from + start, from + end) }
}
