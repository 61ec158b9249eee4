import type { SecretKind } from './secrets.ts'

/** What is true of a stored text. */
export interface TruthLabel {
  readonly secret: string
  readonly username?: string
  readonly kind: SecretKind
  /** Id of the row in the catalogue of consumers: `git.netrc`. */
  readonly consumer: string
  /** From the outside in: `base64-file`, `percent`. */
  readonly encoding: readonly string[]
  readonly host: string
}

export interface LookalikeLabel {
  readonly why: string
}

/** A stretch of a file that means something: a secret in its stored form, or something that only looks like one. */
export interface Mark {
  readonly stored: string
  readonly truths: readonly TruthLabel[]
  readonly lookalike?: LookalikeLabel
}

/** A file in the making. */
export type Draft = readonly (string | Mark)[]
export type Part = string | number | Mark | Draft

const isDraft = (part: Part): part is Draft => Array.isArray(part)

/** Puts text, marks and other drafts together. */
export function draft(strings: TemplateStringsArray, ...parts: readonly Part[]): Draft {
  const pieces: (string | Mark)[] = [strings[0] ?? '']
  parts.forEach((part, index) => {
    pieces.push(...piecesOf(part), strings[index + 1] ?? '')
  })
  return pieces
}

function piecesOf(part: Part): Draft {
  if (isDraft(part)) return part
  return [typeof part === 'number' ? `${part}` : part]
}

export const joined = (drafts: readonly Draft[], separator = ''): Draft =>
  drafts.flatMap((each, index) => (index === 0 ? each : [separator, ...each]))

/** The same marks in changed text; the function sees text and stored forms alike. */
export const mapText = (pieces: Draft, change: (text: string) => string): Draft =>
  pieces.map((piece) => (typeof piece === 'string' ? change(piece) : { ...piece, stored: change(piece.stored) }))

/** Every line but the first begins with `prefix`. */
export const indented = (pieces: Draft, prefix: string): Draft =>
  mapText(pieces, (text) => text.replaceAll('\n', `\n${prefix}`))

export const textOf = (pieces: Draft): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : piece.stored)).join('')

export function decoy(why: string, stored: string): Mark {
  return { stored, truths: [], lookalike: { why } }
}

/** A whole file in base64: one stored text with every secret of the file. */
export function base64File(pieces: Draft, wrapAt?: number): Mark {
  const text = Buffer.from(textOf(pieces)).toString('base64')
  const stored = wrapAt === undefined ? text : (text.match(new RegExp(`.{1,${wrapAt}}`, 'g')) ?? []).join('\n')
  const truths = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.truths))
  return {
    stored,
    truths: truths.map((truth) => ({ ...truth, encoding: ['base64-file', ...truth.encoding] })),
  }
}

/** How a file is written to disk. */
export interface Dress {
  readonly newline: 'lf' | 'crlf'
  readonly charset: 'utf8' | 'utf8-bom' | 'utf16le-bom' | 'utf16be-bom'
  readonly finalNewline: boolean
}

export const PLAIN_DRESS: Dress = { newline: 'lf', charset: 'utf8', finalNewline: true }

export interface Spot {
  readonly mark: Mark
  /** Byte offsets of the stored text. */
  readonly start: number
  readonly end: number
  /** 1-based. */
  readonly line: number
  readonly lastLine: number
}

/** Bytes, and where the marks came to lie in them. */
export function assemble(pieces: Draft, dress: Dress): { readonly bytes: Buffer; readonly spots: readonly Spot[] } {
  const dressed = dressedText(pieces, dress)
  const chunks: Buffer[] = [byteOrderMark(dress.charset)]
  const spots: Spot[] = []
  let offset = chunks[0]?.length ?? 0
  let line = 1
  for (const piece of dressed) {
    const text = typeof piece === 'string' ? piece : piece.stored
    const bytes = encoded(text, dress.charset)
    const lines = text.split('\n').length - 1
    if (typeof piece !== 'string')
      spots.push({ mark: piece, start: offset, end: offset + bytes.length, line, lastLine: line + lines })
    chunks.push(bytes)
    offset += bytes.length
    line += lines
  }
  return { bytes: Buffer.concat(chunks), spots }
}

function dressedText(pieces: Draft, { newline, finalNewline }: Dress): Draft {
  const last = pieces.at(-1)
  const ended = !finalNewline && typeof last === 'string' ? [...pieces.slice(0, -1), last.replace(/\n+$/, '')] : pieces
  return newline === 'lf' ? ended : mapText(ended, (text) => text.replaceAll('\n', '\r\n'))
}

function byteOrderMark(charset: Dress['charset']): Buffer {
  if (charset === 'utf8') return Buffer.alloc(0)
  return encoded('\uFEFF', charset)
}

function encoded(text: string, charset: Dress['charset']): Buffer {
  if (charset === 'utf16le-bom') return Buffer.from(text, 'utf16le')
  if (charset === 'utf16be-bom') return Buffer.from(text, 'utf16le').swap16()
  return Buffer.from(text)
}
