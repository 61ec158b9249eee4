import { encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type Layer, plainText, type StoredText } from './field.ts'

/** What a backslash means inside one kind of literal. */
export interface EscapeRules {
  readonly layer: Layer
  /** Backslash and this character mean that text. */
  readonly short: Readonly<Record<string, string>>
  /** Behind `\x`: fewest and most digits. */
  readonly hex?: readonly [fewest: number, most: number]
  /** Sticky, digits only. */
  readonly octal?: RegExp
  /** `\x` and octal numbers name bytes (PHP, Ruby, Go), not characters. */
  readonly isBytes?: boolean
  /** `\u0041`; two halves of a surrogate pair are one character. */
  readonly four?: boolean
  /** `\U00000041` */
  readonly eight?: boolean
  /** `\u{41}` */
  readonly braces?: boolean
  /** A backslash before a line end takes the line end away, and what matches behind it. */
  readonly join?: RegExp
  /** Any other backslash: `kept` as a character of its own, or dropped (`bare`). */
  readonly unknown: 'kept' | 'bare'
  /** Text that stands for other text without a backslash: `""` in C#, `$${` in HCL. */
  readonly pairs?: Readonly<Record<string, string>>
}

const C_LIKE = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' } as const
/** At most 0377: a fourth digit is text (C, JavaScript, Java). */
const OCTAL_BYTE = /[0-3][0-7]{0,2}|[4-7][0-7]?/y
const OCTAL_THREE = /[0-7]{1,3}/y
const LINE_END = /\r?\n/y

/** https://www.php.net/manual/en/language.types.string.php */
export const PHP_SINGLE: EscapeRules = { layer: 'php-single', short: { '\\': '\\', "'": "'" }, unknown: 'kept' }
export const PHP_HEREDOC: EscapeRules = {
  layer: 'php-heredoc',
  short: { n: '\n', t: '\t', r: '\r', v: '\v', e: '\x1b', f: '\f', '\\': '\\', $: '$' },
  hex: [1, 2],
  octal: OCTAL_THREE,
  isBytes: true,
  braces: true,
  unknown: 'kept',
}
export const PHP_DOUBLE: EscapeRules = {
  ...PHP_HEREDOC,
  layer: 'php-double',
  short: { ...PHP_HEREDOC.short, '"': '"' },
}

/** https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences; `\N{name}` is left as it is written. */
export const PYTHON: EscapeRules = {
  layer: 'python',
  short: { ...C_LIKE, a: '\x07', v: '\v' },
  hex: [2, 2],
  octal: OCTAL_THREE,
  four: true,
  eight: true,
  join: LINE_END,
  unknown: 'kept',
}
export const PYTHON_BYTES: EscapeRules = {
  layer: 'python-bytes',
  short: PYTHON.short,
  hex: [2, 2],
  octal: OCTAL_THREE,
  isBytes: true,
  join: LINE_END,
  unknown: 'kept',
}

/** ECMA-262, 12.9.4 and annex B.1.2; TypeScript takes the same. */
export const JAVASCRIPT: EscapeRules = {
  layer: 'javascript',
  short: { ...C_LIKE, v: '\v' },
  hex: [2, 2],
  octal: OCTAL_BYTE,
  four: true,
  braces: true,
  join: /\r\n|[\n\r]|\xe2\x80[\xa8\xa9]/y,
  unknown: 'bare',
}

/** https://groovy-lang.org/syntax.html#all-strings */
export const GROOVY: EscapeRules = {
  layer: 'groovy',
  short: { ...C_LIKE, $: '$' },
  octal: OCTAL_BYTE,
  four: true,
  join: LINE_END,
  unknown: 'kept',
}
export const GROOVY_SLASHY: EscapeRules = { layer: 'groovy-slashy', short: { '/': '/' }, four: true, unknown: 'kept' }
export const GROOVY_DOLLAR: EscapeRules = {
  layer: 'groovy-dollar',
  short: {},
  four: true,
  unknown: 'kept',
  pairs: { $$: '$', '$/': '/' },
}

/** https://docs.ruby-lang.org/en/master/syntax/literals_rdoc.html; `\cx` and `\M-x` are left as they are written. */
export const RUBY_SINGLE: EscapeRules = { layer: 'ruby-single', short: { '\\': '\\', "'": "'" }, unknown: 'kept' }
/** `%q(…)`: its own brackets can be escaped, quotes cannot. */
export const RUBY_PERCENT: EscapeRules = {
  layer: 'ruby-percent',
  short: Object.fromEntries([...'\\()[]{}<>|!/'].map((mark) => [mark, mark])),
  unknown: 'kept',
}
export const RUBY_DOUBLE: EscapeRules = {
  layer: 'ruby-double',
  short: { ...C_LIKE, a: '\x07', e: '\x1b', s: ' ', v: '\v', c: '\\c', C: '\\C', M: '\\M' },
  hex: [1, 2],
  octal: OCTAL_THREE,
  isBytes: true,
  four: true,
  braces: true,
  join: LINE_END,
  unknown: 'bare',
}

/** https://go.dev/ref/spec#String_literals */
export const GO: EscapeRules = {
  layer: 'go',
  short: { ...C_LIKE, a: '\x07', v: '\v' },
  hex: [2, 2],
  octal: /[0-7]{3}/y,
  isBytes: true,
  four: true,
  eight: true,
  unknown: 'kept',
}

/** JLS 3.10.7. Kotlin has `\$` besides and no octal numbers, which no valid Kotlin text holds. Scala is the same. */
export const JAVA: EscapeRules = {
  layer: 'java',
  short: { ...C_LIKE, s: ' ', $: '$' },
  octal: OCTAL_BYTE,
  four: true,
  join: LINE_END,
  unknown: 'kept',
}

/** C# language specification, 6.4.5.6. */
export const CSHARP: EscapeRules = {
  layer: 'csharp',
  short: { ...C_LIKE, 0: '\0', a: '\x07', e: '\x1b', v: '\v' },
  hex: [1, 4],
  four: true,
  eight: true,
  unknown: 'kept',
}
export const CSHARP_VERBATIM: EscapeRules = {
  layer: 'csharp-verbatim',
  short: {},
  unknown: 'kept',
  pairs: { '""': '"' },
}

/** https://doc.rust-lang.org/reference/tokens.html#string-literals */
export const RUST: EscapeRules = {
  layer: 'rust',
  short: { n: '\n', r: '\r', t: '\t', 0: '\0', '\\': '\\', "'": "'", '"': '"' },
  hex: [2, 2],
  isBytes: true,
  braces: true,
  join: /\r?\n[ \t\r\n]*/y,
  unknown: 'kept',
}

/** https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions */
const TEMPLATE_MARKS = { '$${': '${', '%%{': '%{' } as const
export const HCL: EscapeRules = {
  layer: 'hcl',
  short: { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' },
  four: true,
  eight: true,
  unknown: 'kept',
  pairs: TEMPLATE_MARKS,
}
export const HCL_HEREDOC: EscapeRules = {
  layer: 'hcl-heredoc',
  short: {},
  unknown: 'kept',
  pairs: TEMPLATE_MARKS,
}

/**
 * What `raw`, the inside of a literal that stands at `start`, means. `indent` white space at the start of every line is not part of it.
 * Without `rules` it means itself.
 */
export function literalText(raw: string, start: number, rules: EscapeRules | undefined, indent = 0): StoredText {
  const pairs = Object.entries(rules?.pairs ?? {})
  const isBare = !raw.includes('\\') && indent === 0 && !pairs.some(([stored]) => raw.includes(stored))
  if (rules === undefined || isBare) return plainText(raw, start)
  return escapedText(raw, start, rules.layer, (text, at) => {
    if (indent > 0 && (at === 0 || text.charAt(at - 1) === '\n')) return indentAt(text, at, indent)
    const pair = pairs.find(([stored]) => text.startsWith(stored, at))
    if (pair !== undefined) return { text: pair[1], length: pair[0].length }
    return text.charAt(at) === '\\' ? backslashAt(text, at, rules) : undefined
  })
}

function indentAt(text: string, at: number, indent: number): Escape | undefined {
  let length = 0
  while (length < indent && /[ \t]/.test(text.charAt(at + length))) length++
  return length === 0 ? undefined : { text: '', length }
}

function backslashAt(raw: string, at: number, rules: EscapeRules): Escape | undefined {
  const kind = raw.charAt(at + 1)
  if (kind === '') return undefined
  const joined = rules.join === undefined ? undefined : matchAt(rules.join, raw, at + 1)
  if (joined !== undefined) return { text: '', length: 1 + joined.length }
  return numberAt(raw, at, kind, rules) ?? shortAt(kind, rules)
}

function shortAt(kind: string, rules: EscapeRules): Escape | undefined {
  const text = Object.hasOwn(rules.short, kind) ? rules.short[kind] : undefined
  if (text !== undefined) return { text, length: 2 }
  return rules.unknown === 'bare' ? { text: kind, length: 2 } : undefined
}

/** Java and Groovy take any number of `u` (JLS 3.3); elsewhere more than one is an error. */
const SURROGATES = /\\u+([dD][89abAB][0-9a-fA-F]{2})\\u+([dD][c-fC-F][0-9a-fA-F]{2})/y
const FOUR = /\\u+([0-9a-fA-F]{4})/y
const BRACES = /\\u\{([0-9a-f_]{1,10}(?:[ \t]+[0-9a-f]{1,6})*)[ \t]*\}/iy
const EIGHT = /\\U([0-9a-fA-F]{8})/y

function numberAt(raw: string, at: number, kind: string, rules: EscapeRules): Escape | undefined {
  if (kind === 'u' || kind === 'U') return unicodeAt(raw, at, kind, rules)
  if (kind === 'x' && rules.hex !== undefined) {
    const digits = hexDigits(raw, at + 2, rules.hex[1])
    if (digits.length < rules.hex[0]) return undefined
    return numbered(Number.parseInt(digits, 16), 2 + digits.length, rules)
  }
  const octal = rules.octal === undefined ? undefined : matchAt(rules.octal, raw, at + 1)
  return octal === undefined ? undefined : numbered(Number.parseInt(octal, 8), 1 + octal.length, rules)
}

function unicodeAt(raw: string, at: number, kind: string, rules: EscapeRules): Escape | undefined {
  if (kind === 'U') {
    const eight = rules.eight === true ? groupsAt(EIGHT, raw, at) : undefined
    return eight && { text: characters(eight.slice(1)), length: 10 }
  }
  const pair = rules.four === true ? groupsAt(SURROGATES, raw, at) : undefined
  if (pair !== undefined) return { text: surrogates(pair), length: pair[0]?.length ?? 12 }
  const four = rules.four === true ? groupsAt(FOUR, raw, at) : undefined
  if (four !== undefined) return { text: characters(four.slice(1)), length: four[0]?.length ?? 6 }
  const braces = rules.braces === true ? groupsAt(BRACES, raw, at) : undefined
  return braces && { text: characters((braces[1] ?? '').split(/[ \t]+/)), length: braces[0]?.length ?? 2 }
}

function numbered(code: number, length: number, rules: EscapeRules): Escape {
  return { text: rules.isBytes === true ? String.fromCharCode(code & 0xff) : characters([code.toString(16)]), length }
}

function characters(codes: readonly string[]): string {
  const points = codes.map((digits) => Number.parseInt(digits.replaceAll('_', ''), 16))
  return encodeUtf8(points.map((point) => String.fromCodePoint(point <= 0x10ffff ? point : 0xfffd)).join(''))
}

function surrogates(pair: readonly string[]): string {
  return encodeUtf8(String.fromCharCode(...pair.slice(1).map((digits) => Number.parseInt(digits, 16))))
}

function hexDigits(raw: string, at: number, most: number): string {
  return /^[0-9a-fA-F]*/.exec(raw.slice(at, at + most))?.[0] ?? ''
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  return groupsAt(pattern, text, at)?.[0]
}

/** `pattern` is sticky. */
function groupsAt(pattern: RegExp, text: string, at: number): readonly string[] | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}
