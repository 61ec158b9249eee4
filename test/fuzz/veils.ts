import type { Random } from '../corpus/random.ts'

/** How a text can be written so that a plain search does not see it, and some reader may. */
export interface Veil {
  readonly name: string
  /** Of one character of a name or token. */
  readonly of: (character: string, random: Random) => string
}

const hex = (character: string, width: number): string => character.charCodeAt(0).toString(16).padStart(width, '0')

/** What hides a name from people as well, or makes another name of it. */
export const OTHER_WORDS: readonly Veil[] = [
  {
    name: 'the other case',
    of: (character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()),
  },
  { name: 'left out', of: () => '' },
  { name: 'another letter', of: (_, random) => random.pick([...'aeiouxyzKQ_-.']) },
]

/** The same name to some reader. */
export const ESCAPES: readonly Veil[] = [
  { name: '\\u', of: (character) => `\\u${hex(character, 4)}` },
  { name: '\\x', of: (character) => `\\x${hex(character, 2)}` },
  { name: 'octal', of: (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}` },
  { name: 'percent', of: (character) => `%${hex(character, 2)}` },
  { name: 'entity', of: (character) => `&#x${hex(character, 2)};` },
  { name: 'backslash', of: (character) => `\\${character}` },
  { name: 'caret', of: (character) => `^${character}` },
  { name: 'backtick', of: (character) => `\`${character}` },
  { name: 'quotes', of: (character, random) => `${character}${random.pick(['""', "''"])}` },
  { name: 'line end', of: (character, random) => `${character}${random.pick(['\\\n', '\\\r\n', '`\n', '^\n'])}` },
]

export interface Wrapping {
  readonly name: string
  readonly of: (bytes: Buffer, random: Random) => Buffer
}

const folded = (text: string, width: number, end: string): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end)
const base64 = (bytes: Buffer): string => bytes.toString('base64')
const wide = (bytes: Buffer): Buffer => Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le')

/** The whole document inside another, or in another charset. */
export const WRAPPINGS: readonly Wrapping[] = [
  { name: 'UTF-16, little end first', of: wide },
  { name: 'UTF-16, big end first', of: (bytes) => wide(bytes).swap16() },
  { name: 'in upper case', of: (bytes) => Buffer.from(bytes.toString('latin1').toUpperCase(), 'latin1') },
  {
    name: 'base64 in YAML',
    of: (bytes, random) =>
      Buffer.from(`data:\n  ${random.pick(['.netrc', 'config.json', 'env', 'a'])}: ${base64(bytes)}\n`),
  },
  {
    name: 'base64 in JSON',
    of: (bytes) => Buffer.from(JSON.stringify({ kind: 'Secret', data: { '.env': base64(bytes) } })),
  },
  {
    name: 'base64 over lines',
    of: (bytes, random) =>
      Buffer.from(
        `data:\n  ${random.pick(['.netrc', '.env', 'a'])}: |\n    ${folded(base64(bytes), random.pick([64, 76]), '\n    ')}\n`,
      ),
  },
  { name: 'base64 in a command', of: (bytes) => Buffer.from(`echo ${base64(bytes)} | base64 -d > ~/.netrc\n`) },
  {
    name: 'text in JSON',
    of: (bytes) => Buffer.from(JSON.stringify({ '.env': bytes.toString('utf8'), config: [bytes.toString('utf8')] })),
  },
  { name: 'in a here-document', of: (bytes) => Buffer.from(`cat > ~/.netrc <<EOF\n${bytes.toString('utf8')}\nEOF\n`) },
]
