import { bomLength } from './byte-text.ts'
import { type Escape, escapedText, type Field, type FieldReading, plainText, type StoredText } from './field.ts'

const NAME =
  /[ \t]*(?:(?:export|set|local|declare)[ \t]+(?:-[a-z]+[ \t]+)?)?([A-Za-z_][\w.-]*)(?:[ \t]*=[ \t]*|:[ \t]+)/y

/**
 * Reads a `.env`, an `env_file` or an `.envrc` into its assignments, one per line. The tools disagree; what they have in common is read:
 * `export`, three kinds of quotes, of which double ones have escapes and all may span lines, `KEY: value`, and a comment behind a blank.
 * `text` is byte text.
 */
export function readDotenvFields(text: string): FieldReading {
  const fields: Field[] = []
  for (let at = bomLength(text); at < text.length; ) {
    NAME.lastIndex = at
    const match = NAME.exec(text)
    if (match === null) {
      at = lineEnd(text, at) + 1
      continue
    }
    const { value, extent } = valueAt(text, NAME.lastIndex)
    fields.push({ keys: [match[1] ?? ''], value, extent })
    at = lineEnd(text, extent[1]) + 1
  }
  return { fields }
}

function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at)
  return found === -1 ? text.length : found
}

function valueAt(text: string, at: number): Pick<Field, 'value' | 'extent'> {
  const quote = text.charAt(at)
  const end = `"'\``.includes(quote) && quote !== '' ? closingQuote(text, at) : undefined
  if (end === undefined) return unquotedAt(text, at)
  const raw = text.slice(at + 1, end)
  const value = quote === '"' ? doubleText(raw, at + 1) : plainText(raw, at + 1)
  return { value, extent: [at, end + 1] }
}

/** What follows a closing quote is blank or a comment; otherwise the quotes are characters like any other. */
const REST = /[ \t]*(?:[ \t]#|\r?\n|\r?$)|[ \t]*;/y

function closingQuote(text: string, at: number): number | undefined {
  const quote = text.charAt(at)
  for (let index = at + 1; index < text.length; index++) {
    if (text.charAt(index) === '\\' && quote === '"') index++
    else if (text.charAt(index) === quote) {
      REST.lastIndex = index + 1
      return REST.test(text) ? index : undefined
    }
  }
  return undefined
}

function unquotedAt(text: string, at: number): Pick<Field, 'value' | 'extent'> {
  const line = text.slice(at, lineEnd(text, at))
  const comment = line.search(/(?:^|[ \t])#/)
  const raw = (comment === -1 ? line : line.slice(0, comment)).replace(/[ \t\r]+$/, '')
  return { value: plainText(raw, at), extent: [at, at + raw.length] }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$', '`': '`' }

/** The escapes of python-dotenv, godotenv and a shell that sources the file; Node and dotenv know `\n` and `\r` alone. */
function doubleText(raw: string, start: number): StoredText {
  return escapedText(raw, start, 'dotenv-double', escapeAt)
}

function escapeAt(raw: string, at: number): Escape | undefined {
  if (raw.charAt(at) !== '\\') return undefined
  const text = ESCAPES[raw.charAt(at + 1)]
  return text === undefined ? undefined : { text, length: 2 }
}
