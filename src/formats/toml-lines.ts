import type { ByteSpan } from './byte-text.ts'
import type { Field, StoredText } from './field.ts'

/**
 * The lines of a broken TOML file that say `key = "string"`, from `from` on; values of other types are left out. `context` is where the
 * header stands that holds at `from`. Tables of an array are not counted here.
 */
export function readTomlLines(
  text: string,
  from: number,
  context: number,
  stringAt: (text: string, span: ByteSpan) => StoredText,
): readonly Field[] {
  const fields: Field[] = []
  const ends = new Ends(text)
  let table: readonly string[] = []
  if (context < from) table = tableIn(text, context, ends.ofLine(context)) ?? table
  for (let at = from; at < text.length; ) {
    const end = ends.ofLine(at)
    let next = end + 1
    const header = tableIn(text, at, end)
    if (header !== undefined) table = header
    else {
      const key = keyIn(text, at, end)
      const extent = key === undefined ? undefined : stringIn(text, key.valueStart, end, ends)
      if (key !== undefined && extent !== undefined) {
        fields.push({ keys: [...table, ...key.names], value: stringAt(text, extent), extent })
        if (extent[1] > end) next = ends.ofLine(extent[1]) + 1
      }
    }
    at = next
  }
  return fields
}

/** Where things end; a delimiter that was not found once is not looked for again, so that the time stays linear. */
class Ends {
  readonly #text: string
  readonly #missing = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  ofLine(at: number): number {
    const end = this.#text.indexOf('\n', at)
    return end === -1 ? this.#text.length : end
  }

  /** Of a string in three quotes whose text starts at `at`. */
  ofMultiLine(quotes: string, at: number): number | undefined {
    if (this.#missing.has(quotes)) return undefined
    let end = this.#text.indexOf(quotes, at)
    while (end > at && quotes === '"""' && isEscaped(this.#text, end, at)) end = this.#text.indexOf(quotes, end + 1)
    if (end !== -1) {
      // One or two quotes more are the end of the text itself.
      const more = /^["']{0,2}/.exec(this.#text.slice(end + 3, end + 5))?.[0] ?? ''
      return end + 3 + (more === quotes.slice(0, more.length) ? more.length : 0)
    }
    this.#missing.add(quotes)
    return undefined
  }
}

function isEscaped(text: string, at: number, start: number): boolean {
  let backslashes = 0
  while (at - 1 - backslashes >= start && text.charAt(at - 1 - backslashes) === '\\') backslashes++
  return backslashes % 2 === 1
}

function tableIn(text: string, from: number, to: number): readonly string[] | undefined {
  const start = skipBlanks(text, from, to)
  if (text.charAt(start) !== '[') return undefined
  const inner = text.charAt(start + 1) === '[' ? start + 2 : start + 1
  const end = namesEnd(text, inner, to, ']')
  return end === undefined ? undefined : namesOf(text.slice(inner, end))
}

function keyIn(text: string, from: number, to: number): { names: readonly string[]; valueStart: number } | undefined {
  const end = namesEnd(text, from, to, '=')
  if (end === undefined) return undefined
  const names = namesOf(text.slice(from, end))
  return names.length === 0 ? undefined : { names, valueStart: skipBlanks(text, end + 1, to) }
}

/** Of the names before `closer`, which may stand inside quotes as well. */
function namesEnd(text: string, from: number, to: number, closer: string): number | undefined {
  let quote = ''
  for (let at = from; at < to; at++) {
    const character = text.charAt(at)
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === closer) return at
    else if (character === '"' || character === "'") quote = character
    else if (!/[\w\-. \t\x80-\xff]/.test(character)) return undefined
  }
  return undefined
}

function namesOf(dotted: string): readonly string[] {
  const names = dotted.match(/"[^"]*"|'[^']*'|[^ \t."']+/g) ?? []
  return names.map((name) => (/^["']/.test(name) ? name.slice(1, -1) : name))
}

function skipBlanks(text: string, from: number, to: number): number {
  let at = from
  while (at < to && (text.charAt(at) === ' ' || text.charAt(at) === '\t')) at++
  return at
}

function stringIn(text: string, from: number, lineEnd: number, ends: Ends): ByteSpan | undefined {
  const quote = text.charAt(from)
  if (quote !== '"' && quote !== "'") return undefined
  const quotes = quote.repeat(3)
  if (text.startsWith(quotes, from)) {
    const end = ends.ofMultiLine(quotes, from + 3)
    return end === undefined ? undefined : [from, end]
  }
  for (let at = from + 1; at < lineEnd; at++) {
    const character = text.charAt(at)
    if (character === quote) return [from, at + 1]
    if (character === '\\' && quote === '"') at++
  }
  return undefined
}
