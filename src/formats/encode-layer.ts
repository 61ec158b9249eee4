import { decodeUtf8, encodeUtf8 } from './byte-text.ts'
import type { Layer } from './field.ts'
import { escapeXmlText } from './xml.ts'

/**
 * The stored byte text that a reader of `layer` takes for `next` (byte text), or absent: it cannot be held there. `stored` is what stood
 * there before, whose style is kept where it shows one. Everything that the format would expand (`$NAME`, `#{…}`) is escaped.
 */
export function encodeLayer(layer: Layer, next: string, stored: string): string | undefined {
  return WRITERS[layer](next, stored)
}

type Writer = (next: string, stored: string) => string | undefined

/** `named` characters as they say; other control characters by number, or absent: the format has no numbers. */
interface Escaping {
  readonly named: Readonly<Record<string, string>>
  readonly numbered?: (code: number) => string
}

const CONTROL = /[\x00-\x1f\x7f]/

function escaping({ named, numbered }: Escaping, refused?: RegExp): Writer {
  return (next) => {
    if (refused?.test(next) === true) return undefined
    let stored = ''
    for (const character of next) {
      const written = named[character] ?? (CONTROL.test(character) ? numbered?.(character.charCodeAt(0)) : character)
      if (written === undefined) return undefined
      stored += written
    }
    return stored
  }
}

function backslashed(characters: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...characters].map((character) => [character, `\\${character}`]))
}

const LINES = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')
const byX = (code: number): string => `\\x${hex(code, 2)}`
const byU = (code: number): string => `\\u${hex(code, 4)}`
const raw = (refused: RegExp): Writer => escaping({ named: {} }, refused)

const JSON_NAMED = { ...LINES, ...backslashed('"\\'), '\b': '\\b', '\f': '\\f' }

function json(next: string, stored: string): string | undefined {
  const written = escaping({ named: JSON_NAMED, numbered: byU })(next, stored)
  // PHP writes every slash with a backslash.
  return stored.includes('\\/') ? written?.replaceAll('/', '\\/') : written
}

function yamlSingle(next: string): string | undefined {
  return CONTROL.test(next) ? undefined : next.replaceAll("'", "''")
}

/** An unquoted scalar of YAML (1.2.2, 7.3.3), inside a flow collection as well. */
const PLAIN_YAML = /^(?![-?:,[\]{}#&*!|>'"%@` ])(?!.*(?::(?:\s|$)|\s#))[^[\]{},\x00-\x1f\x7f]*(?<! )$/

/** What one YAML or another takes for a number, a date or a word of its own (YAML 1.1 and 1.2). */
const NO_STRING =
  /^(?:|~|null|true|false|yes|no|on|off|y|n|=|<<|[-+]?\.?(?:inf|nan)|[-+.]?\d[\d_:.eExXoObBA-Fa-f+-]*)$/i

function yamlPlain(next: string): string | undefined {
  return PLAIN_YAML.test(next) && !NO_STRING.test(next) ? next : undefined
}

const BARE = /[A-Za-z0-9_=.,@+:/%\x80-\xff-]/

/** No line end can be quoted by a backslash; other blanks and control characters can. */
function shellBare(next: string): string | undefined {
  if (/[\0\n\r]/.test(next)) return undefined
  return [...next].map((character) => (BARE.test(character) ? character : `\\${character}`)).join('')
}

function shellWord(next: string): string | undefined {
  return /[\0\r\n]/.test(next) ? undefined : `'${next.replaceAll("'", "'\\''")}'`
}

/** Java before 9 reads such a file as Latin-1, so that nothing but an escape is safe. */
function properties(next: string): string | undefined {
  const escaped = decodeUtf8(next)
    .replace(/[\\\n\r\t\f]/g, (character) => ({ ...LINES, '\f': '\\f', '\\': '\\\\' })[character] ?? character)
    .replace(/^ /, '\\ ')
  const units = escaped.split('').map((unit) => (/[\x20-\x7e]/.test(unit) ? unit : byU(unit.charCodeAt(0))))
  return units.join('')
}

function utf16(isLittle: boolean): Writer {
  return (next) => {
    const bytes = Buffer.from(decodeUtf8(next), 'utf16le')
    return (isLittle ? bytes : bytes.swap16()).toString('latin1')
  }
}

/** XML 1.0, 2.2: most control characters cannot be written at all. */
function xmlText(next: string): string | undefined {
  const text = decodeUtf8(next)
  return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/.test(text) ? undefined : escapeXmlText(text)
}

/** `$${` means `${`, and what `$$${` means is not said. */
function hclTemplate(written: string | undefined): string | undefined {
  return written?.replace(/[$%]\{/g, (mark) => mark.charAt(0) + mark)
}

function hcl(next: string, stored: string): string | undefined {
  const numbered = { named: { ...LINES, ...backslashed('"\\') }, numbered: byU }
  return hclTemplate(escaping(numbered, /\$\$\{|%%\{|[$%]$/)(next, stored))
}

function pythonBytes(next: string): string | undefined {
  const written = python(next, '')
  return written?.replace(/[\x80-\xff]/g, (byte) => byX(byte.charCodeAt(0)))
}

/** The text may stand in an f-string, whose braces hold code. */
const python = escaping({
  named: { ...LINES, ...backslashed('\\\'"'), '{': '\\x7b', '}': '\\x7d' },
  numbered: byX,
})

const PHP_NAMED = { ...LINES, '\\': '\\\\', $: '\\$' }
/** Punctuation and blanks; letters behind a backtick mean something else (about_Special_Characters of PowerShell). */
const BACKTICKED = Object.fromEntries([...' !"#$%&\'()*,;<>?[\\]^`{|}'].map((each) => [each, `\`${each}`]))
/** What `^` escapes outside quotes (cmd /?). */
const CARETED = Object.fromEntries([...'&|<>^()!"'].map((each) => [each, `^${each}`]))

const WRITERS: Readonly<Record<Layer, Writer>> = {
  'utf-16le': utf16(true),
  'utf-16be': utf16(false),
  json,
  'yaml-double': escaping({ named: { ...LINES, ...backslashed('"\\') }, numbered: byX }),
  'yaml-single': yamlSingle,
  'yaml-block': raw(/^\s|\s$/),
  'yaml-folded': yamlPlain,
  'shell-double': escaping({ named: { ...backslashed('$`"\\'), '\t': '\t' } }),
  'shell-bare': shellBare,
  'shell-word': shellWord,
  'shell-ansi': escaping({ named: { ...LINES, ...backslashed("\\'") }, numbered: byX }, /\0/),
  'shell-heredoc': escaping({ named: backslashed('$`\\') }, /^\t/),
  'dotenv-double': escaping({ named: { ...LINES, ...backslashed('"\\$`') } }),
  properties,
  ini: raw(/[;#"']|^\s|\s$/),
  toml: escaping({ named: { ...LINES, ...backslashed('"\\') }, numbered: byU }),
  'xml-text': xmlText,
  hcl,
  'hcl-heredoc': (next, stored) => hclTemplate(raw(/\$\$\{|%%\{|[$%]$|^[ \t]/)(next, stored)),
  groovy: escaping({ named: { ...LINES, ...backslashed('\\\'"$') }, numbered: byU }),
  'groovy-slashy': (next, stored) => raw(/[\\$]|^[*=\s]/)(next, stored)?.replaceAll('/', '\\/'),
  'groovy-dollar': (next, stored) => raw(/\\|\$\/|\/\$|\$$/)(next, stored)?.replaceAll('$', '$$$$'),
  'php-single': escaping({ named: backslashed("\\'") }),
  'php-double': escaping({ named: { ...PHP_NAMED, '"': '\\"' }, numbered: byX }),
  'php-heredoc': escaping({ named: PHP_NAMED, numbered: byX }),
  python,
  'python-bytes': pythonBytes,
  javascript: escaping({ named: { ...LINES, ...backslashed('\\\'"`$') }, numbered: byX }),
  'ruby-single': escaping({ named: backslashed("\\'") }),
  // Which of the brackets are its own, the stored text does not say.
  'ruby-percent': escaping({ named: backslashed('\\') }, /[()[\]{}<>|!/]/),
  'ruby-double': escaping({ named: { ...LINES, ...backslashed('\\"#') }, numbered: byX }),
  go: escaping({ named: { ...LINES, ...backslashed('\\"') }, numbered: byX }),
  // Kotlin and Scala expand `$`, and Java refuses `\$`.
  java: escaping({ named: { ...LINES, ...backslashed('\\"') }, numbered: byU }, /\$/),
  // Braces are code in `$"…"`, and take arguments in `format!`.
  csharp: escaping({ named: { ...LINES, ...backslashed('\\"') }, numbered: byU }, /[{}]/),
  'csharp-verbatim': (next, stored) => raw(/[{}]/)(next, stored)?.replaceAll('"', '""'),
  rust: escaping({ named: { ...LINES, ...backslashed('\\"') }, numbered: byX }, /[{}]/),
  systemd: escaping({ named: { ...LINES, ...backslashed('\\"\''), ' ': '\\s', '%': '%%' }, numbered: byX }, /[$\0]/),
  'systemd-word': (next, stored) => {
    const written = WRITERS.systemd(next, stored)
    return written === undefined ? undefined : `"${written}"`
  },
  backtick: escaping({ named: BACKTICKED }),
  'doubled-single': (next, stored) => raw(/[\x00-\x1f]/)(next, stored)?.replaceAll("'", "''"),
  'doubled-double': (next, stored) => raw(/[$`]/)(next, stored)?.replaceAll('"', '""'),
  batch: escaping({ named: { ...CARETED, '%': '%%' } }, /[ \t,;=]/),
  'batch-quoted': escaping({ named: { '%': '%%' } }, /["!]/),
  crontab: escaping({ named: { '%': '\\%' } }, /\\%|\\$/),
  dockerfile: raw(/[\\`]|^\s|\s$/),
  make: escaping({ named: { $: '$$', '#': '\\#' } }, /\\#|\\$|^\s|\s$/),
}

/** Inside an unquoted scalar of YAML; absent: it would need quotes. */
export const encodePlainYaml: (next: string) => string | undefined = yamlPlain

/** Text of people to byte text and through one layer. */
export function encodeTextIn(layer: Layer, text: string, stored = ''): string | undefined {
  return encodeLayer(layer, encodeUtf8(text), stored)
}
