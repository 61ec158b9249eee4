/** The block style that JCasC files use: maps, lists, plain and quoted scalars, `|` and `>` blocks, comments, `[]` and `{}`. */
export type Yaml = string | null | readonly Yaml[] | { readonly [key: string]: Yaml }

interface Line {
  readonly indent: number
  readonly text: string
}

/** Throws on what it does not read, naming the line: anchors, flow collections, several documents. */
export function readYaml(source: string): Yaml {
  const reader = new Reader(source.replace(/^---[^\n]*\n/, '').split('\n'))
  return reader.block(0)
}

class Reader {
  readonly #lines: readonly string[]
  #at = 0

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  #next(): Line | undefined {
    while (/^\s*(#.*)?$/.test(this.#lines[this.#at] ?? 'end')) this.#at++
    const line = this.#lines[this.#at]
    if (line === undefined) return undefined
    const text = line.trimStart()
    return { indent: line.length - text.length, text: text.trimEnd() }
  }

  block(indent: number): Yaml {
    const first = this.#next()
    if (first === undefined || first.indent < indent) return null
    return isItem(first.text) ? this.#list(first.indent) : this.#map(first.indent)
  }

  #list(indent: number): readonly Yaml[] {
    const items: Yaml[] = []
    for (let line = this.#next(); line?.indent === indent && isItem(line.text); line = this.#next()) {
      const rest = line.text.slice(1).trimStart()
      if (rest === '') {
        this.#at++
        items.push(this.block(indent + 1))
      } else if (keyOf(rest) === undefined) {
        this.#at++
        items.push(scalar(rest))
      } else items.push(this.#mapInItem(line, rest))
    }
    return items
  }

  /** `- key: value`: the map begins where its first key stands. */
  #mapInItem(line: Line, rest: string): Yaml {
    const indent = line.indent + line.text.length - rest.length
    const replaced = this.#lines.with(this.#at, ' '.repeat(indent) + rest)
    const inner = new Reader(replaced)
    inner.#at = this.#at
    const map = inner.#map(indent)
    this.#at = inner.#at
    return map
  }

  #map(indent: number): Yaml {
    const entries: [string, Yaml][] = []
    for (let line = this.#next(); line?.indent === indent && !isItem(line.text); line = this.#next()) {
      const [key, rest] = keyOf(line.text) ?? []
      if (key === undefined || rest === undefined) throw new Error(`line ${this.#at + 1} is no entry: ${line.text}`)
      this.#at++
      entries.push([key, this.#value(indent, rest)])
    }
    return Object.fromEntries(entries)
  }

  #value(indent: number, rest: string): Yaml {
    if (/^[|>][-+]?$/.test(rest)) return this.#text(indent, rest)
    if (rest !== '') return scalar(rest)
    const next = this.#next()
    // A list may stand at the indent of its key.
    return next !== undefined && next.indent === indent && isItem(next.text)
      ? this.#list(indent)
      : this.block(indent + 1)
  }

  #text(indent: number, style: string): string {
    const taken: string[] = []
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at] ?? ''
      if (line.trim() !== '' && line.length - line.trimStart().length <= indent) break
      taken.push(line)
    }
    const depth = (taken.find((each) => each.trim() !== '') ?? '').search(/\S/)
    const text = taken
      .map((each) => each.slice(depth))
      .join(style.startsWith('|') ? '\n' : ' ')
      .trimEnd()
    return style.endsWith('-') ? text : `${text}\n`
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ')
}

function keyOf(text: string): readonly [string, string] | undefined {
  const found = /^("(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s"'#&*!|>%@`{}[\],][^#]*?)\s*:(?:\s+(.*))?$/.exec(text)
  return found === null ? undefined : [String(scalar(found[1] ?? '')), withoutComment(found[2] ?? '')]
}

function withoutComment(text: string): string {
  return /^["']/.test(text) ? text : text.replace(/(^|\s)#.*$/, '').trim()
}

function scalar(text: string): Yaml {
  if (text === '[]') return []
  if (text === '{}') return {}
  if (text === '' || text === '~' || text === 'null') return null
  if (/^([&*!{[]|- )/.test(text)) throw new Error(`not read here: ${text}`)
  if (text.startsWith("'")) return text.slice(1, text.lastIndexOf("'")).replaceAll("''", "'")
  if (!text.startsWith('"')) return text
  return text.slice(1, text.lastIndexOf('"')).replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, sign: string) => escaped(sign))
}

function escaped(sign: string): string {
  if (sign.startsWith('u')) return String.fromCharCode(Number.parseInt(sign.slice(1), 16))
  return { n: '\n', t: '\t', r: '\r', '0': '\0' }[sign] ?? sign
}
