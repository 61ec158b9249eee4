import type { CodeLanguage } from '../../src/formats/literal-styles.ts'

/** Writes a secret as a literal of a language, as a careful author would. */
export interface LiteralStyle {
  readonly name: string
  readonly language: CodeLanguage
  /** Absent: this style cannot hold the secret. */
  readonly write: (secret: string) => string | undefined
}

function escaping(characters: string, more: Readonly<Record<string, string>> = {}): (secret: string) => string {
  return (secret) =>
    [...secret]
      .map((character) => more[character] ?? (characters.includes(character) ? `\\${character}` : character))
      .join('')
}

function unless(pattern: RegExp, write: (secret: string) => string): LiteralStyle['write'] {
  return (secret) => (pattern.test(secret) ? undefined : write(secret))
}

/** Everything by number. */
function coded(write: (code: number) => string): (secret: string) => string {
  return (secret) => [...secret].map((character) => write(character.codePointAt(0) ?? 0)).join('')
}

function halves(code: number): string {
  return [...String.fromCodePoint(code)]
    .flatMap((character) => character.split(''))
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

const hex = (code: number, digits = 0): string => code.toString(16).padStart(digits, '0')
const wide = (code: number): string => `\\U${hex(code, 8)}`
const braces = (code: number): string => `\\u{${hex(code)}}`
const HCL_ESCAPES = { '"': '\\"', '\\': '\\\\' }
const hclTemplate = (text: string): string => text.replace(/[$%]\{/g, (mark) => mark.charAt(0) + mark)

function style(language: CodeLanguage, name: string, write: LiteralStyle['write']): LiteralStyle {
  return { language, name: `${language} ${name}`, write }
}

function quoted(language: CodeLanguage, quote: string, body: (secret: string) => string): LiteralStyle {
  return style(language, quote, (secret) => `${quote}${body(secret)}${quote}`)
}

const triple =
  (quote: string) =>
  (body: (secret: string) => string) =>
  (secret: string): string =>
    `${quote.repeat(3)}${body(secret)}${quote.repeat(3)}`

export const LITERAL_STYLES: readonly LiteralStyle[] = [
  quoted('php', "'", escaping("\\'")),
  quoted('php', '"', escaping('\\"$')),
  style('php', 'coded', (secret) => `"${coded(braces)(secret)}"`),
  style('php', 'nowdoc', (secret) => `<<<'EOT'\n${secret}\nEOT`),
  style('php', 'heredoc', (secret) => `<<<EOT\n  ${escaping('\\$')(secret)}\n  EOT`),
  quoted('python', "'", escaping("\\'")),
  quoted('python', '"', escaping('\\"')),
  style('python', "'''", triple("'")(escaping("\\'"))),
  style('python', '"""', triple('"')(escaping('\\"'))),
  style(
    'python',
    'r',
    unless(/'|\\$/, (secret) => `r'${secret}'`),
  ),
  style('python', 'coded', (secret) => `u"${coded(wide)(secret)}"`),
  quoted('javascript', "'", escaping("\\'")),
  quoted('javascript', '"', escaping('\\"')),
  quoted('javascript', '`', escaping('\\`$')),
  style('javascript', 'JSON', JSON.stringify),
  style('javascript', 'halves', (secret) => `'${coded(halves)(secret)}'`),
  style('javascript', 'coded', (secret) => `'${coded(braces)(secret)}'`),
  quoted('groovy', "'", escaping("\\'")),
  quoted('groovy', '"', escaping('\\"$')),
  style('groovy', "'''", triple("'")(escaping("\\'"))),
  style('groovy', '"""', triple('"')(escaping('\\"$'))),
  // Java and Groovy 2.4 read `\u0027` before they look for quotes.
  style(
    'groovy',
    'coded',
    unless(/['\\]/, (secret) => `'${coded(halves)(secret)}'`),
  ),
  // A slashy string can neither end with a backslash nor hold one before a slash, a dollar or `u`.
  style(
    'groovy',
    '/',
    unless(/\\(?:$|[/u$])|^[*/=\s]|\$/, (secret) => `/${secret.replaceAll('/', '\\/')}/`),
  ),
  style(
    'groovy',
    '$/',
    unless(/\\|\$$|[$/]{2}/, (secret) => `$/${secret.replace(/\$/g, '$$$$')}/$`),
  ),
  quoted('ruby', "'", escaping("\\'")),
  quoted('ruby', '"', escaping('\\"#')),
  style('ruby', '%q()', (secret) => `%q(${escaping('\\()')(secret)})`),
  style('ruby', 'coded', (secret) => `"${coded(braces)(secret)}"`),
  quoted('go', '"', escaping('\\"')),
  style(
    'go',
    '`',
    unless(/`/, (secret) => `\`${secret}\``),
  ),
  style('go', 'coded', (secret) => `"${coded(wide)(secret)}"`),
  quoted('java', '"', escaping('\\"')),
  style(
    'java',
    'coded',
    unless(/["\\]/, (secret) => `"${coded(halves)(secret)}"`),
  ),
  quoted('kotlin', '"', escaping('\\"$')),
  style(
    'kotlin',
    '"""',
    unless(/"""|^"|\$/, (secret) => `"""${secret}"""`),
  ),
  quoted('scala', '"', escaping('\\"')),
  style(
    'scala',
    '"""',
    unless(/"""|^"/, (secret) => `"""${secret}"""`),
  ),
  quoted('csharp', '"', escaping('\\"')),
  style('csharp', '@"', (secret) => `@"${secret.replaceAll('"', '""')}"`),
  style(
    'csharp',
    '"""',
    unless(/"""|^"|"$/, (secret) => `"""${secret}"""`),
  ),
  style('csharp', 'coded', (secret) => `"${coded(wide)(secret)}"`),
  quoted('rust', '"', escaping('\\"')),
  style(
    'rust',
    'r#',
    unless(/"##/, (secret) => `r##"${secret}"##`),
  ),
  style('rust', 'coded', (secret) => `"${coded(braces)(secret)}"`),
  style('hcl', '"', (secret) => `"${hclTemplate(escaping('', HCL_ESCAPES)(secret))}"`),
  style('hcl', 'coded', (secret) => `"${coded(wide)(secret)}"`),
  style('hcl', 'heredoc', (secret) => `<<EOT\n${hclTemplate(secret)}\nEOT`),
]
