import { countWhile } from './count-while.ts'
/** `[start, end)` in bytes. */
export type ByteSpan = readonly [start: number, end: number]

/**
 * One character per byte (latin1), so that offsets in the string are byte offsets whatever stands before them.
 * Every reader here works on such a string and decodes the pieces it hands out.
 */
export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

export function bytesOf(byteText: string): Uint8Array {
  return new Uint8Array(Buffer.from(byteText, 'latin1'))
}

/** The text that a byte text stands for. Bytes that are not UTF-8 become U+FFFD. */
export function decodeUtf8(byteText: string): string {
  return isAscii(byteText) ? byteText : Buffer.from(byteText, 'latin1').toString('utf8')
}

export function encodeUtf8(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** Nearly every text is, and stands for itself. */
function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}

export function sliceText(bytes: Uint8Array, span: ByteSpan): string {
  return byteText(bytes.subarray(span[0], span[1]))
}

/** Length of a UTF-8 byte order mark at the start of a byte text. */
export function bomLength(byteText: string): number {
  return byteText.startsWith('\xef\xbb\xbf') ? 3 : 0
}

/** Offsets of the line feeds, once per document: a document may hold very many places. */
const LINE_FEEDS = new WeakMap<Uint8Array, readonly number[]>()

/** 1-based line of an offset; lines end with LF. */
export function lineAt(bytes: Uint8Array, offset: number): number {
  const feeds = LINE_FEEDS.get(bytes) ?? lineFeedsIn(bytes)
  LINE_FEEDS.set(bytes, feeds)
  const low = countWhile(feeds, (feed) => feed < offset)
  return low + 1
}

function lineFeedsIn(bytes: Uint8Array): readonly number[] {
  const feeds: number[] = []
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) feeds.push(at)
  return feeds
}
