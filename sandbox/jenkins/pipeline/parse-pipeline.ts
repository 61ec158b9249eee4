/** What a script says, as far as it is plain steps: no expression is evaluated. */
export type Value =
  /** `interpolated`: in double quotes, where Groovy puts variables in. */
  | { readonly kind: 'string'; readonly text: string; readonly interpolated: boolean }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }
  | { readonly kind: 'call'; readonly name: string; readonly items: readonly Argument[] }

export interface Argument {
  readonly key: string | undefined
  readonly value: Value
}

export interface Step {
  /** `=` for an assignment, whose only argument carries the name as its key. */
  readonly name: string
  readonly args: readonly Argument[]
  readonly body: readonly Step[] | undefined
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[A-Za-z_$@][\w$.]*|\d[\w.]*|\n|[^\S\n]+|./g

/** Never throws: what is no step is left out. */
export function parsePipeline(script: string): readonly Step[] {
  const tokens = (script.match(TOKEN) ?? []).filter((each) => !/^(\/\/|\/\*|[^\S\n])/.test(each))
  return new Reader(tokens).steps()
}

class Reader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  steps(): readonly Step[] {
    const found: Step[] = []
    while (this.#peek() !== undefined && this.#peek() !== '}') {
      const step = isWord(this.#peek()) ? this.#step() : this.#skip()
      if (step !== undefined) found.push(step)
    }
    return found
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? ''
  }

  #skip(): undefined {
    this.#at++
  }

  #takeIf(token: string): boolean {
    if (this.#peek() !== token) return false
    this.#at++
    return true
  }

  #blankLines(): void {
    while (this.#peek() === '\n') this.#at++
  }

  #step(): Step | undefined {
    const name = this.#take()
    if (this.#takeIf('=')) return { name: '=', args: [{ key: name, value: this.#value() }], body: undefined }
    const args = this.#takeIf('(') ? this.#arguments(')') : this.#openArguments()
    const start = this.#at
    this.#blankLines()
    if (!this.#takeIf('{')) {
      this.#at = start
      return { name, args, body: undefined }
    }
    const body = this.steps()
    this.#takeIf('}')
    return { name, args, body }
  }

  /** Up to the end of the line, a closing brace or the block that follows. */
  #openArguments(): readonly Argument[] {
    const found: Argument[] = []
    while (![undefined, '\n', ';', '{', '}', ')'].includes(this.#peek())) {
      found.push(this.#argument())
      if (!this.#takeIf(',')) break
      this.#blankLines()
    }
    return found
  }

  #arguments(end: ')' | ']'): readonly Argument[] {
    const found: Argument[] = []
    this.#blankLines()
    while (this.#peek() !== undefined && !this.#takeIf(end)) {
      found.push(this.#argument())
      this.#blankLines()
      this.#takeIf(',')
      this.#blankLines()
    }
    return found
  }

  #argument(): Argument {
    const isKey = this.#tokens[this.#at + 1] === ':'
    if (!isKey) return { key: undefined, value: this.#value() }
    const key = unquoted(this.#take())
    this.#at++
    this.#blankLines()
    return { key, value: this.#value() }
  }

  #value(): Value {
    const token = this.#take()
    if (token === '[') return { kind: 'list', items: this.#arguments(']') }
    if (/^['"]/.test(token)) return { kind: 'string', text: unquoted(token), interpolated: token.startsWith('"') }
    if (isWord(token) && this.#takeIf('(')) return { kind: 'call', name: token, items: this.#arguments(')') }
    return { kind: 'word', text: token }
  }
}

function isWord(token: string | undefined): boolean {
  return token !== undefined && /^[A-Za-z_$@]/.test(token)
}

function unquoted(token: string): string {
  const quotes = /^('''|"""|'|")/.exec(token)?.[0] ?? ''
  const inner = quotes === '' ? token : token.slice(quotes.length, -quotes.length)
  return inner.replace(/\\([\s\S])/g, (_, sign) => (sign === 'n' ? '\n' : sign === 't' ? '\t' : sign))
}

/** The text of a named argument, or of the only unnamed one. */
export function textOf(args: readonly Argument[], key?: string): string | undefined {
  const value = args.find((each) => each.key === key)?.value
  return value === undefined || value.kind === 'list' || value.kind === 'call' ? undefined : value.text
}

export function argumentOf(args: readonly Argument[], key?: string): Value | undefined {
  return args.find((each) => each.key === key)?.value
}
