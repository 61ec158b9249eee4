import type { ByteSpan } from './byte-text.ts'
import { countWhile } from './count-while.ts'
import type { Heredoc } from './literal-styles.ts'

/** The body of a heredoc, and where the text goes on behind its closing word. */
export interface HeredocBody {
  readonly body: ByteSpan
  readonly indent: number
  readonly next: number
}

interface Line {
  readonly start: number
  readonly wordStart: number
  readonly wordEnd: number
}

/** Finds closing lines by one pass over the text, so that many openings without an end stay linear. */
export class HeredocEnds {
  readonly #text: string
  #lines: Map<string, Line[]> | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** `from` is the start of a line. Absent: no line closes it. */
  bodyAt(from: number, heredoc: Heredoc): HeredocBody | undefined {
    const line = this.#closing(heredoc.word, from)
    if (line === undefined) return undefined
    const end = heredoc.keepsLastLineEnd ? line.start : withoutLineEnd(this.#text, from, line.start)
    const closing = line.wordStart - line.start
    const least = heredoc.strips === 'least' ? leastIndent(this.#text.slice(from, end)) : 0
    return { body: [from, end], indent: heredoc.strips === 'closing' ? closing : least, next: line.wordEnd }
  }

  #closing(word: string, from: number): Line | undefined {
    const lines = this.#index().get(word) ?? []
    const low = countWhile(lines, ({ start }) => start < from)
    return lines[low]
  }

  /** Lines by their first word. */
  #index(): Map<string, Line[]> {
    if (this.#lines !== undefined) return this.#lines
    const index = new Map<string, Line[]>()
    const first = /[ \t]{0,200}([A-Za-z_][\w-]{0,100})(?![\w-])/y
    for (let start = 0; start !== -1; start = nextLine(this.#text, start)) {
      first.lastIndex = start
      const word = first.exec(this.#text)?.[1]
      if (word === undefined) continue
      const line = { start, wordStart: first.lastIndex - word.length, wordEnd: first.lastIndex }
      const known = index.get(word)
      if (known === undefined) index.set(word, [line])
      else known.push(line)
    }
    this.#lines = index
    return index
  }
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 || end + 1 >= text.length ? -1 : end + 1
}

function withoutLineEnd(text: string, from: number, end: number): number {
  if (end <= from) return from
  return text.charAt(end - 2) === '\r' && end - 2 >= from ? end - 2 : end - 1
}

function leastIndent(body: string): number {
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  return lines.reduce((least, line) => Math.min(least, line.length - line.trimStart().length), lines.length ? 1e9 : 0)
}
