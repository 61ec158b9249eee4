import { decodeUtf8, encodeUtf8 } from '../../src/formats/byte-text.ts'

/** Backslash sequences as the manual of each language lists them; what `pattern` does not match stands for itself. */
interface Table {
  readonly pattern: RegExp
  readonly named: Readonly<Record<string, string>>
  readonly numbers: 'bytes' | 'characters'
}

const C = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\n': '' }

const TABLES = {
  'php-double': {
    pattern: /\\([\\$"nrtvef]|x[\da-f]{1,2}|[0-7]{1,3}|u\{[\da-f]+\})/gi,
    numbers: 'bytes',
    named: { ...C, e: '\x1b' },
  },
  'php-heredoc': {
    pattern: /\\([\\$nrtvef]|x[\da-f]{1,2}|[0-7]{1,3}|u\{[\da-f]+\})/gi,
    numbers: 'bytes',
    named: { ...C, e: '\x1b' },
  },
  python: {
    pattern: /\\([\\'"abfnrtv\n]|x[\da-fA-F]{2}|[0-7]{1,3}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/g,
    numbers: 'characters',
    named: C,
  },
  'python-bytes': { pattern: /\\([\\'"abfnrtv\n]|x[\da-fA-F]{2}|[0-7]{1,3})/g, numbers: 'bytes', named: C },
  'ruby-double': {
    pattern: /\\(x[\da-fA-F]{1,2}|[0-7]{1,3}|u[\da-fA-F]{4}|u\{[\da-fA-F]+\}|[\s\S])/g,
    numbers: 'bytes',
    named: { ...C, e: '\x1b', s: ' ' },
  },
  go: {
    pattern: /\\([\\'"abfnrtv]|x[\da-fA-F]{2}|[0-7]{3}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/g,
    numbers: 'bytes',
    named: C,
  },
  java: {
    pattern:
      /\\([\\'"$bfnrst\n]|[0-3][0-7]{0,2}|[4-7][0-7]?|u+d[89abAB][\da-fA-F]{2}\\u+d[c-fC-F][\da-fA-F]{2}|u+[\da-fA-F]{4})/g,
    numbers: 'characters',
    named: { ...C, s: ' ' },
  },
  groovy: {
    pattern:
      /\\([\\'"$bfnrt\n]|[0-3][0-7]{0,2}|[4-7][0-7]?|u+d[89abAB][\da-fA-F]{2}\\u+d[c-fC-F][\da-fA-F]{2}|u+[\da-fA-F]{4})/g,
    numbers: 'characters',
    named: C,
  },
  csharp: {
    pattern: /\\([\\'"0abefnrtv]|x[\da-fA-F]{1,4}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/g,
    numbers: 'characters',
    named: { ...C, e: '\x1b', 0: '\0' },
  },
  rust: {
    pattern: /\\([\\'"0nrt]|\n\s*|x[\da-fA-F]{2}|u\{[\da-fA-F_]+\})/g,
    numbers: 'bytes',
    named: { ...C, 0: '\0' },
  },
  hcl: { pattern: /\\([\\"nrt]|u[\da-fA-F]{4}|U[\da-fA-F]{8})/g, numbers: 'characters', named: C },
} as const satisfies Readonly<Record<string, Table>>

/** What stands inside the quotes of a literal, decoded by these tables, which share nothing with the readers. */
export function decodeLiteral(stored: string, table: keyof typeof TABLES): string {
  const { pattern, named, numbers } = TABLES[table] as Table
  return decodeUtf8(stored.replace(pattern, (_, body: string) => sequence(body, named, numbers)))
}

function sequence(body: string, named: Table['named'], numbers: Table['numbers']): string {
  if (named[body] !== undefined) return named[body]
  if (/^\s/.test(body)) return ''
  const units = body.split(/\\?u+/).filter((unit) => unit !== '')
  if (units.length === 2) return encodeUtf8(String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))))
  const digits = /^([xuU]*)\{?([\da-fA-F_]+)\}?$/.exec(body)
  if (digits === null || (digits[1] === '' && !/^[0-7]/.test(body))) return body
  const code = Number.parseInt((digits[2] ?? '').replaceAll('_', ''), digits[1] === '' ? 8 : 16)
  const isByte = numbers === 'bytes' && !/^u/i.test(body)
  return isByte ? String.fromCharCode(code & 255) : encodeUtf8(String.fromCodePoint(code))
}

/** By the language itself. */
export function decodeJavaScript(stored: string): string {
  const quoted = decodeUtf8(stored).replace(/\\[\s\S]|['\n]/g, (found) =>
    found === "'" || found === '\n' ? `\\${found === "'" ? "'" : 'n'}` : found,
  )
  return String(new Function(`return '${quoted}'`)())
}
