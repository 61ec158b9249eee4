import type { QuoteShape } from './literal-styles.ts'

/**
 * Finds where literals and comments end. What was searched for in vain is not searched again in the same stretch of text: else a text
 * of nothing but opening quotes would take quadratic time.
 */
export class LiteralEnds {
  readonly #text: string
  /** By what is searched: up to where there is none. */
  readonly #missing = new Map<string, number>()

  readonly #stops = new Map<string, RegExp>()

  constructor(text: string) {
    this.#text = text
  }

  /** Offset of the closing quote. Absent: it is never closed. */
  endOfLiteral(start: number, shape: QuoteShape): number | undefined {
    const end = shape.holes === undefined ? undefined : this.#search(start, shape, true)
    return end ?? this.#search(start, shape, false)
  }

  /** Offset behind the comment that starts at `start`. */
  endOfComment(start: number, isNested: boolean): number | undefined {
    if (!isNested) {
      const end = this.indexOf('*/', start + 2)
      return end === undefined ? undefined : end + 2
    }
    if (this.#isMissing('nested', start)) return undefined
    const marks = /\/\*|\*\//g
    marks.lastIndex = start
    let depth = 0
    for (let match = marks.exec(this.#text); match !== null; match = marks.exec(this.#text)) {
      depth += match[0] === '/*' ? 1 : -1
      if (depth === 0) return marks.lastIndex
    }
    this.#missing.set('nested', this.#text.length)
    return undefined
  }

  /** Offset of `mark` at or behind `start`. */
  indexOf(mark: string, start: number): number | undefined {
    if (this.#isMissing(mark, start)) return undefined
    const found = this.#text.indexOf(mark, start)
    if (found !== -1) return found
    this.#missing.set(mark, this.#text.length)
    return undefined
  }

  /** Offset of `mark` in `[start, end)`. */
  before(mark: string, start: number, end: number): number | undefined {
    const found = this.#text.slice(start, end).indexOf(mark)
    return found === -1 ? undefined : start + found
  }

  /** Offset behind a regular expression with its flags: on one line, and `/` does not end it inside `[…]`. */
  endOfRegex(start: number): number | undefined {
    if (this.#isMissing('regex', start)) return undefined
    let isClass = false
    let at = start + 1
    for (; at < this.#text.length; at++) {
      const character = this.#text.charAt(at)
      if (character === '\n') break
      if (character === '\\') at++
      else if (character === '[') isClass = true
      else if (character === ']') isClass = false
      else if (character === '/' && !isClass)
        return at + (/^\/[a-z]{0,8}/.exec(this.#text.slice(at, at + 9))?.[0].length ?? 1)
    }
    this.#missing.set('regex', at)
    return undefined
  }

  #search(start: number, shape: QuoteShape, withHoles: boolean): number | undefined {
    const kind = `${withHoles ? shape.holes : ''} ${shape.close} ${shape.guard} ${shape.lines}`
    if (this.#isMissing(kind, start)) return undefined
    let at = this.#stopFrom(start, kind, shape)
    while (at < this.#text.length) {
      if (shape.lines !== true && this.#text.charCodeAt(at) === 0x0a) break
      if (this.#text.startsWith(shape.close, at) && !this.#isTwice(at, shape)) return this.#last(at, shape)
      at = this.#stopFrom(this.#next(at, shape, withHoles), kind, shape)
    }
    this.#missing.set(kind, at)
    return undefined
  }

  /** The next character that may mean something. */
  #stopFrom(at: number, kind: string, shape: QuoteShape): number {
    const stops = this.#stops.get(kind) ?? stopsOf(shape)
    this.#stops.set(kind, stops)
    stops.lastIndex = at
    return stops.exec(this.#text)?.index ?? this.#text.length
  }

  #isTwice(at: number, { close, isDoubled }: QuoteShape): boolean {
    return isDoubled === true && this.#text.startsWith(close, at + close.length)
  }

  #last(at: number, { close, isGreedy }: QuoteShape): number {
    let last = at
    while (isGreedy === true && this.#text.charAt(last + close.length) === close.charAt(0)) last++
    return last
  }

  #next(at: number, shape: QuoteShape, withHoles: boolean): number {
    const { guard, only } = shape
    if (this.#isTwice(at, shape) && this.#text.startsWith(shape.close, at)) return at + 2 * shape.close.length
    if (guard !== undefined && guard !== '' && this.#text.charAt(at) === guard) {
      if (only !== undefined) return at + (only.find((pair) => this.#text.startsWith(pair, at))?.length ?? 1)
      return at + (this.#text.startsWith('\r\n', at + 1) ? 3 : 2)
    }
    if (!withHoles) return at + 1
    const hole = shape.holes?.find((open) => this.#text.startsWith(open, at))
    if (hole === undefined) return at + 1
    // `{{` of a format string and `$${` of HCL open nothing.
    if (hole === '{' && this.#text.charAt(at + 1) === '{') return at + 2
    const pairs = Object.keys(shape.escapes?.pairs ?? {})
    if (pairs.some((pair) => this.#text.startsWith(pair, at - 1))) return at + 2
    return this.#endOfHole(at + hole.length, shape.lines === true) ?? at + 1
  }

  /** Offset behind the bracket that closes a hole; literals in it may have holes of their own. */
  #endOfHole(start: number, lines: boolean): number | undefined {
    const kind = `hole ${lines}`
    if (this.#isMissing(kind, start)) return undefined
    const open: string[] = ['}']
    let at = start
    while (at < this.#text.length && (lines || this.#text.charCodeAt(at) !== 0x0a)) {
      at += this.#passInHole(at, open)
      if (open.length === 0) return at
    }
    this.#missing.set(kind, at)
    return undefined
  }

  /** `open`: what closes the brackets and quotes around `at`, innermost last. Returns how many characters it read. */
  #passInHole(at: number, open: string[]): number {
    const character = this.#text.charAt(at)
    const top = open.at(-1)
    if (character === '\\') return 2
    if (character === top) open.pop()
    else if (top === '}' && character === '{') open.push('}')
    else if (top === '}' && /["'`]/.test(character)) open.push(character)
    else if (top !== '}' && /[$#]/.test(character) && this.#text.charAt(at + 1) === '{') {
      open.push('}')
      return 2
    }
    return 1
  }

  #isMissing(kind: string, start: number): boolean {
    return start < (this.#missing.get(kind) ?? 0)
  }
}

function stopsOf({ close, guard = '', holes = [], lines }: QuoteShape): RegExp {
  const marks = [close, guard, ...holes, lines === true ? '' : '\n'].filter((mark) => mark !== '')
  const codes = marks.map((mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return new RegExp(`[${codes.join('')}]`, 'g')
}
