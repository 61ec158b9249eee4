import { shapeOf } from '../bitbucket/token-shape.ts'
import { decodeBasicPair } from '../formats/base64-pair.ts'
import { decodeUtf8, lineAt } from '../formats/byte-text.ts'
import type { StoredText } from '../formats/field.ts'
import { percentDecode } from '../formats/url.ts'
import type { Document } from '../model/consumer.ts'
import type { Confidence, ConsumerId, Encoding, Place, SecretField, Span, Step, UsernameField } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import { usernameField } from './username-field.ts'

/** A piece of a stored text, and how it is written inside. */
export interface Piece {
  readonly text: StoredText
  readonly from: number
  readonly to: number
  readonly written: 'plain' | 'percent' | 'base64-pair'
}

/** Without the line end of a block scalar, a heredoc or `echo TOKEN | base64`: it belongs to no credential, and stays where it is. */
export function wholeOf(text: StoredText, written: Piece['written'] = 'plain'): Piece {
  const to = text.text.length - (/[\r\n]{1,2}$/.exec(text.text)?.[0].length ?? 0)
  return { text, from: 0, to: to === 0 ? text.text.length : to, written }
}

/** What the piece says. */
export function decodedPiece({ text, from, to, written }: Piece): string {
  const slice = text.text.slice(from, to)
  if (written === 'percent') return percentDecode(slice)
  if (written === 'base64-pair') return decodeBasicPair(slice)?.secret ?? ''
  return decodeUtf8(slice)
}

/** How the bytes of the document become the piece: its span, and the steps from there. */
export interface Stored {
  readonly span: Span
  readonly encoding: Encoding
  readonly inner?: readonly Step[]
}

export function storedPiece(document: Document, { text, from, to, written }: Piece): Stored {
  const [first, ...inner] = [...stepsOf(document.bytes, text, from, to), ...lastStep(written)]
  const [next, ...rest] = inner
  // A step that only cuts is no step of its own.
  if (first.encoding === 'plain' && next !== undefined && next.span === undefined)
    return { span: first.span, encoding: next.encoding, ...(rest.length === 0 ? {} : { inner: rest }) }
  return { ...first, ...(inner.length === 0 ? {} : { inner }) }
}

/** The first step cuts the bytes of the document. */
type Steps = readonly [Step & { readonly span: Span }, ...Step[]]

function lastStep(written: Piece['written']): readonly Step[] {
  return written === 'plain' ? [] : [{ encoding: written }]
}

function stepsOf(bytes: Uint8Array, text: StoredText, from: number, to: number): Steps {
  const { within } = text
  if (within === undefined) return stepsIn(bytes, text, from, to)
  const [first, ...rest] = stepsOf(bytes, within, 0, within.text.length)
  const isPlain = rest.length === 0 && first.encoding === 'plain'
  const outer: Steps = isPlain ? [{ span: first.span, encoding: 'base64' }] : [first, ...rest, { encoding: 'base64' }]
  return [...outer, ...stepsIn(groundOf(within), text, from, to)]
}

function stepsIn(ground: Uint8Array, text: StoredText, from: number, to: number): Steps {
  const span = text.spanOf(from, to)
  const raw = Buffer.from(ground.subarray(...span)).toString('latin1')
  if (raw === text.text.slice(from, to)) return [{ span, encoding: 'plain' }]
  const [first = 'plain', ...more] = text.layers
  return [{ span, encoding: first }, ...more.map((encoding): Step => ({ encoding }))]
}

/** What a base64 text decodes to, once however many secrets it holds. */
const GROUNDS = new WeakMap<StoredText, Uint8Array>()

function groundOf(base64: StoredText): Uint8Array {
  const ground = GROUNDS.get(base64) ?? Buffer.from(base64.text, 'base64')
  GROUNDS.set(base64, ground)
  return ground
}

export interface Pieces {
  readonly username?: Piece
  /** Where it stands nowhere: the name that the consumer always sends. */
  readonly fixedUsername?: string
  readonly secret: Piece
}

export interface PlaceParts {
  readonly consumer: ConsumerId
  readonly address: string
  readonly host: string
  readonly pieces: Pieces
  readonly uses: readonly Use[]
  readonly confidence?: Confidence
}

/** A place from pieces of a document. The extent covers both fields. */
export function placeOfPieces(
  document: Document,
  { consumer, address, host, pieces, uses, confidence }: PlaceParts,
): Place {
  const secret = secretAt(document, pieces.secret)
  const username = usernameAt(document, pieces)
  const spans = [secret.span, username?.span].filter((span) => span !== undefined)
  const extent: Span = [Math.min(...spans.map(([start]) => start)), Math.max(...spans.map(([, end]) => end))]
  return {
    id: `${consumer}:${address}`,
    consumer,
    at: { kind: 'file', path: document.path },
    address,
    host,
    ...(username === undefined ? {} : { username }),
    secret,
    extent,
    line: lineAt(document.bytes, secret.span?.[0] ?? extent[0]),
    ...(confidence === undefined ? {} : { confidence }),
    uses,
  }
}

function secretAt(document: Document, piece: Piece): SecretField {
  const value = document.seal(decodedPiece(piece))
  return { value, kind: shapeOf(value).kind, ...storedPiece(document, piece) }
}

function usernameAt(document: Document, { username, secret, fixedUsername }: Pieces): UsernameField | undefined {
  if (username !== undefined) {
    const { span, encoding, inner } = storedPiece(document, username)
    const field = usernameField(decodedPiece(username), encoding, document.seal, span)
    return inner === undefined ? field : { ...field, inner }
  }
  if (fixedUsername !== undefined) return { text: fixedUsername, encoding: 'plain' }
  if (secret.written !== 'base64-pair') return undefined
  const pair = decodeBasicPair(secret.text.text.slice(secret.from, secret.to))
  return pair === undefined ? undefined : usernameField(pair.username, 'base64-pair', document.seal)
}
