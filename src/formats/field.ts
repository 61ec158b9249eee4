import type { ByteSpan } from './byte-text.ts'

/** How one step of stored text is written: what its reader takes off to get at the text inside. */
export type Layer =
  | 'utf-16le'
  | 'utf-16be'
  | 'json' // inside the quotes of a JSON string
  | 'yaml-double'
  | 'yaml-single'
  | 'yaml-block'
  | 'yaml-folded' // over several lines
  | 'shell-double'
  | 'shell-bare' // an unquoted word with backslashes
  | 'shell-word' // several quoted and bare pieces as they stand
  | 'shell-ansi' // inside the quotes of $'...'
  | 'shell-heredoc'
  | 'dotenv-double'
  | 'properties'
  | 'ini'
  | 'toml'
  | 'xml-text'
  | 'hcl'
  | 'groovy'
  | 'php-single' // this and the next: string literals of a program
  | 'php-double'
  | 'php-heredoc'
  | 'python'
  | 'python-bytes'
  | 'javascript'
  | 'ruby-single'
  | 'ruby-percent'
  | 'ruby-double'
  | 'go'
  | 'java' // Kotlin and Scala too
  | 'csharp'
  | 'csharp-verbatim'
  | 'rust'
  | 'groovy-slashy'
  | 'groovy-dollar'
  | 'hcl-heredoc'
  | 'systemd'
  | 'systemd-word' // several quoted and bare pieces as they stand
  | 'backtick' // PowerShell and Dockerfiles of Windows: a backtick escapes
  | 'doubled-single' // PowerShell: '' is one quote inside single ones
  | 'doubled-double' // PowerShell: "" is one quote inside double ones
  | 'batch' // cmd: ^ escapes, %% is %
  | 'batch-quoted' // cmd in quotes: %% is %
  | 'crontab'
  | 'dockerfile' // lines joined, comments between them left out
  | 'make'

/**
 * Text of a document after one or more steps of decoding, one character per byte. It knows the bytes that hold it: of the document, or
 * of what `within` decodes to.
 */
export interface StoredText {
  readonly text: string
  /** Outermost first; none: it is stored as it is. */
  readonly layers: readonly Layer[]
  /** Stored bytes of the characters `[from, to)`. An empty range is a point. */
  readonly spanOf: (from: number, to: number) => ByteSpan
  /** The base64 text that holds this one; spans then count in what it decodes to. */
  readonly within?: StoredText
}

/** One value of a document. */
export interface Field {
  /** From the root: names of objects and sections, indices of lists as digits. */
  readonly keys: readonly string[]
  readonly value: StoredText
  /** The stored value with its quotes. */
  readonly extent: ByteSpan
  /** `!vault` of YAML. */
  readonly tag?: string
}

/** Malformed input is a result: what could be read stands in `fields`. */
export interface FieldReading {
  readonly fields: readonly Field[]
  readonly problem?: { readonly span?: ByteSpan; readonly detail: string }
}

/** `length` stored characters mean `text`. */
export interface Escape {
  readonly text: string
  readonly length: number
}

/** Text that is stored as it is. */
export function plainText(text: string, start: number): StoredText {
  return { text, layers: [], spanOf: (from, to) => [start + from, start + Math.max(from, to)] }
}

/**
 * `raw` stands at `start`. `escapeAt` tells what a place in it means when that is not the character itself; `length` of its answer is at
 * least 1. Without any escape the text is plain.
 */
export function escapedText(
  raw: string,
  start: number,
  layer: Layer,
  escapeAt: (raw: string, at: number) => Escape | undefined,
): StoredText {
  const pieces: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  let isPlain = true
  for (let at = 0; at < raw.length; ) {
    const found = escapeAt(raw, at)
    const text = found?.text ?? raw.charAt(at)
    const length = found?.length ?? 1
    if (found !== undefined) isPlain = false
    pieces.push(text)
    for (let index = 0; index < text.length; index++) {
      starts.push(start + at)
      ends.push(start + at + length)
    }
    at += length
  }
  if (isPlain) return plainText(raw, start)
  const end = start + raw.length
  return { text: pieces.join(''), layers: [layer], spanOf: (from, to) => rangeIn(starts, ends, from, to, end) }
}

function rangeIn(starts: readonly number[], ends: readonly number[], from: number, to: number, end: number): ByteSpan {
  const start = starts[from] ?? end
  return [start, to > from ? (ends[to - 1] ?? end) : start]
}

/** A text of a document that itself stands as text in another: the JSON of `COMPOSER_AUTH`, a netrc in a ConfigMap. */
export function inside(outer: StoredText, inner: StoredText): StoredText {
  if (inner.within !== undefined) return { ...inner, within: inside(outer, inner.within) }
  return {
    text: inner.text,
    layers: [...outer.layers, ...inner.layers],
    spanOf: (from, to) => outer.spanOf(...inner.spanOf(from, to)),
    ...(outer.within === undefined ? {} : { within: outer.within }),
  }
}

/** What the base64 text `outer` decodes to. */
export function decodedText(outer: StoredText): StoredText {
  return { ...plainText(Buffer.from(outer.text, 'base64').toString('latin1'), 0), within: outer }
}
