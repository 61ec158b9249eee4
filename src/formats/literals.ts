import type { ByteSpan } from './byte-text.ts'
import { bomLength } from './byte-text.ts'
import type { StoredText } from './field.ts'
import { HeredocEnds } from './heredoc-ends.ts'
import { LiteralEnds } from './literal-ends.ts'
import { literalText } from './literal-escapes.ts'
import { type CodeLanguage, type QuoteShape, type QuoteStyle, SYNTAXES, type Syntax } from './literal-styles.ts'

/**
 * A piece of a program. Comments are left out. `other`: a character or a regular expression. The text of a name comes without the signs
 * in front of it (`$password`, `@password`, `:password`); a literal has `value`.
 */
export interface Token {
  readonly kind: 'literal' | 'name' | 'mark' | 'other'
  readonly extent: ByteSpan
  readonly text: string
  readonly value?: StoredText
  /** A line end stands before it. */
  readonly isFirst: boolean
  /** It stands directly behind the token before. */
  readonly isJoined: boolean
}

/**
 * Cuts a program into names, marks and string literals. It knows how comments and literals of the language begin and end and nothing of
 * its grammar, so broken and templated files are read as well: a quote that is never closed is a mark. Linear in time. `text` is byte text.
 */
export function lexCode(text: string, language: CodeLanguage): readonly Token[] {
  return new Lexer(text, language).tokens()
}

const MARK =
  /\?\?=|\|\|=|&&=|\*\*=|===|!==|<=>|\.\.\.|\?->|=>|->|\?\.|\?>|::|:=|==|!=|<=|>=|=~|!~|\?\?|\?:|[+\-*/%.|&^]=|&&|\|\||\+\+|--|<<|>>|[\s\S]/y
/** Marks that no other mark begins with. */
const ALONE: ReadonlySet<string> = new Set('()[]{},;"\'`')
/** Behind these a value is expected, as behind an operator. */
const BEFORE_VALUE =
  /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|and|or|not|if|unless|when|while|until|yield|await)$/
const PHP_OPEN = /<\?(?:php(?![\w])|=)?/gi

class Lexer {
  readonly #text: string
  readonly #language: CodeLanguage
  readonly #syntax: Syntax
  readonly #ends: LiteralEnds
  readonly #heredocs: HeredocEnds
  readonly #styles: readonly (readonly QuoteStyle[] | undefined)[]
  readonly #tokens: Token[] = []
  #at: number
  #isFirst = true
  /** Where the next line end leads: behind the heredocs that were opened in this line. */
  #resume: number | undefined
  /** A stretch without a line end, and the line end behind it. */
  #line: ByteSpan = [0, -1]

  constructor(text: string, language: CodeLanguage) {
    this.#text = text
    this.#language = language
    this.#syntax = SYNTAXES[language]
    this.#ends = new LiteralEnds(text)
    this.#heredocs = new HeredocEnds(text)
    this.#styles = byFirstCharacter(this.#syntax.quotes)
    this.#at = bomLength(text)
  }

  tokens(): readonly Token[] {
    if (this.#language === 'php' && this.#text.includes('<?')) this.#skipMarkup()
    if (this.#text.startsWith('#!', this.#at)) this.#at = this.#endOfLine(this.#at)
    while (this.#at < this.#text.length) this.#step()
    return this.#tokens
  }

  #step(): void {
    const code = this.#text.charCodeAt(this.#at)
    if (code === 0x0a) this.#passLineEnd()
    else if (code <= 0x20) this.#at++
    else if (!this.#comment(code) && !this.#literal(code) && !this.#regex(code) && !this.#name()) this.#mark()
  }

  #passLineEnd(): void {
    this.#at = this.#resume ?? this.#at + 1
    this.#resume = undefined
    this.#isFirst = true
  }

  #push(kind: Token['kind'], end: number, text: string, value?: StoredText): void {
    const last = this.#tokens.at(-1)
    const isJoined = last !== undefined && last.extent[1] === this.#at
    const extent = [this.#at, end] as const
    const isFirst = this.#isFirst
    this.#tokens.push(
      value === undefined
        ? { kind, extent, text, isFirst, isJoined }
        : { kind, extent, text, value, isFirst, isJoined },
    )
    this.#isFirst = false
    this.#at = end
  }

  #comment(code: number): boolean {
    if (code !== 0x2f && code !== 0x23 && code !== 0x3d) return false
    if (this.#language === 'ruby' && code === 0x3d) return this.#rubyComment()
    if (this.#syntax.blockComments !== 'none' && this.#text.startsWith('/*', this.#at)) return this.#blockComment()
    const isLine = this.#syntax.lineComments.some((mark) =>
      mark.startsWith('\n') ? this.#isFirst && this.#isAt(mark.slice(1)) : this.#isAt(mark),
    )
    // `#[…]` is an attribute of PHP 8.
    if (!isLine || (this.#language === 'php' && this.#isAt('#['))) return false
    const end = this.#endOfLine(this.#at)
    const close = this.#language === 'php' ? this.#ends.before('?>', this.#at, end) : undefined
    this.#at = close ?? end
    return true
  }

  #blockComment(): boolean {
    const end = this.#ends.endOfComment(this.#at, this.#syntax.blockComments === 'nested')
    if (end === undefined) return false
    if (this.#text.slice(this.#at, end).includes('\n')) this.#isFirst = true
    this.#at = end
    return true
  }

  #rubyComment(): boolean {
    if (!this.#isAt('=begin') || (this.#at > 0 && this.#text.charAt(this.#at - 1) !== '\n')) return false
    const end = this.#ends.indexOf('\n=end', this.#at)
    this.#at = end === undefined ? this.#text.length : this.#endOfLine(end + 1)
    return true
  }

  #literal(code: number): boolean {
    for (const style of this.#styles[code] ?? []) {
      if (style.isPrefix === true && this.#isBehindOperand()) continue
      style.open.lastIndex = this.#at
      const match = style.open.exec(this.#text)
      if (match === null) continue
      const start = style.open.lastIndex
      if (this.#close(style.shape(match), start)) return true
    }
    return false
  }

  #close(shape: QuoteShape, start: number): boolean {
    if (shape.heredoc !== undefined) return this.#heredoc(shape, start)
    if (shape.close === '') {
      this.#push('other', start, '')
      return true
    }
    const end = this.#ends.endOfLiteral(start, shape)
    if (end === undefined) return false
    const value = literalText(this.#text.slice(start, end), start, shape.escapes)
    if (shape.isSkipped === true) this.#push('other', end + shape.close.length, '')
    else this.#push('literal', end + shape.close.length, '', value)
    return true
  }

  /** The rest of the line is code that stands before the body. */
  #heredoc(shape: QuoteShape, opened: number): boolean {
    const from = this.#resume === undefined ? this.#endOfLine(opened) + 1 : this.#endOfLine(this.#resume) + 1
    const found = shape.heredoc === undefined ? undefined : this.#heredocs.bodyAt(from, shape.heredoc)
    if (found === undefined) return false
    const value = literalText(this.#text.slice(...found.body), found.body[0], shape.escapes, found.indent)
    this.#push('literal', opened, '', value)
    this.#resume = found.next
    return true
  }

  #regex(code: number): boolean {
    if (code !== 0x2f || this.#syntax.regex === 'none' || this.#isBehindOperand()) return false
    const end = this.#ends.endOfRegex(this.#at)
    if (end === undefined) return false
    this.#push('other', end, '')
    return true
  }

  #name(): boolean {
    const { name } = this.#syntax
    name.lastIndex = this.#at
    const match = name.exec(this.#text)
    if (match === null) return false
    this.#push('name', name.lastIndex, match[0].slice(signsBefore(match[0])))
    if (this.#language === 'ruby' && match[0] === '__END__') this.#at = this.#text.length
    return true
  }

  #mark(): void {
    const mark = this.#markAt(this.#at)
    const isEndOfProgram = this.#language === 'php' && mark === '?>'
    this.#push('mark', this.#at + Math.max(1, mark.length), isEndOfProgram ? ';' : mark)
    if (isEndOfProgram) this.#skipMarkup()
  }

  #markAt(at: number): string {
    const first = this.#text.charAt(at)
    if (ALONE.has(first)) return first
    MARK.lastIndex = at
    return MARK.exec(this.#text)?.[0] ?? ''
  }

  /** What stands outside of `<?php … ?>` is no program. */
  #skipMarkup(): void {
    PHP_OPEN.lastIndex = this.#at
    const match = PHP_OPEN.exec(this.#text)
    this.#at = match === null ? this.#text.length : PHP_OPEN.lastIndex
    this.#isFirst = true
  }

  #isBehindOperand(): boolean {
    const last = this.#tokens.at(-1)
    if (last === undefined) return false
    if (last.kind === 'mark') return /^[)\]}]$/.test(last.text) && !(last.text === '}' && this.#isFirst)
    return !(last.kind === 'name' && BEFORE_VALUE.test(last.text))
  }

  #isAt(mark: string): boolean {
    return this.#text.startsWith(mark, this.#at)
  }

  /** Position of the next line end, or the end. */
  #endOfLine(from: number): number {
    const [start, end] = this.#line
    if (from >= start && from <= end) return end
    const found = this.#text.indexOf('\n', from)
    this.#line = [from, found === -1 ? this.#text.length : found]
    return this.#line[1]
  }
}

/** `$`, `@` and `:` in front of a name. */
function signsBefore(name: string): number {
  let signs = 0
  while (signs < name.length && '@$:'.includes(name.charAt(signs))) signs++
  return signs
}

function byFirstCharacter(styles: readonly QuoteStyle[]): readonly (readonly QuoteStyle[] | undefined)[] {
  const table: (QuoteStyle[] | undefined)[] = []
  for (const style of styles) {
    for (const character of style.starts) {
      const code = character.charCodeAt(0)
      table[code] = [...(table[code] ?? []), style]
    }
  }
  return table
}
