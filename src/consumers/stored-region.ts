import { sliceText } from '../formats/byte-text.ts'
import { decodeStoredBase64, encodeStoredBase64 } from '../formats/encode-base64.ts'
import { type Edit, splice } from '../formats/splice.ts'
import type { Encoding, Place, SecretField, Span, Step, UsernameField } from '../model/place.ts'

/**
 * Exact bytes of one field. They stand in the document, or in what base64 texts of it decode to: `within` are the spans of those texts,
 * outermost first, each in what the one before decodes to, and `span` counts in the innermost.
 */
export interface Region {
  readonly within: readonly Span[]
  readonly span: Span
  /** From there to the text, outermost first; none: the bytes are the text. */
  readonly encodings: readonly Encoding[]
}

type Stored = Pick<SecretField, 'span' | 'encoding' | 'inner'> | UsernameField

/** Absent: the field has no bytes of its own. */
export function regionOf({ span, encoding, inner = [] }: Stored): Region | undefined {
  if (span === undefined) return undefined
  const within: Span[] = []
  let current: Span = span
  let encodings: Encoding[] = []
  for (const step of [{ encoding } as Step, ...inner]) {
    if (step.span !== undefined) {
      // Only base64 is followed by a cut of its own.
      if (encodings.at(-1) !== 'base64') return undefined
      within.push(current)
      current = step.span
      encodings = []
    }
    if (step.encoding !== 'plain') encodings.push(step.encoding)
  }
  return { within, span: current, encodings }
}

/** Of username and secret; one where both are the same bytes. */
export function regionsOf({ username, secret }: Pick<Place, 'username' | 'secret'>): readonly Region[] {
  const regions = [username, secret].flatMap((field) => (field === undefined ? [] : (regionOf(field) ?? [])))
  const [first, second] = regions
  return first !== undefined && second !== undefined && keyOf(first) === keyOf(second) ? [second] : regions
}

export function keyOf({ within, span }: Region): string {
  return [...within, span].map((each) => each.join('-')).join('/')
}

export function overlap(one: Region, other: Region): boolean {
  const depth = Math.min(one.within.length, other.within.length)
  for (let level = 0; level < depth; level++) {
    const [mine, theirs] = [one.within[level], other.within[level]]
    if (mine === undefined || theirs === undefined || mine[0] !== theirs[0]) return false
  }
  const [mine, theirs] = [one.within[depth] ?? one.span, other.within[depth] ?? other.span]
  return mine[0] < theirs[1] && theirs[0] < mine[1]
}

/** Byte text of what `within` leads to. Absent: it is no base64. */
export function groundAt(bytes: Uint8Array, within: readonly Span[]): Uint8Array | undefined {
  let ground: Uint8Array | undefined = bytes
  for (const span of within) ground = ground && decodeStoredBase64(sliceText(ground, span))
  return ground
}

export function storedAt(bytes: Uint8Array, region: Region): string {
  const ground = groundAt(bytes, region.within)
  return ground === undefined ? '' : sliceText(ground, region.span)
}

export interface RegionEdit {
  readonly region: Region
  /** What to store there. */
  readonly bytes: Uint8Array
}

/** How base64 texts shall be written, by the key of their own region; others keep the style that they have. */
export type Base64Styles = ReadonlyMap<string, string>

/** The document with the regions replaced; base64 around them is written anew in the style of what stood there. */
export function putRegions(
  bytes: Uint8Array,
  edits: readonly RegionEdit[],
  styles: Base64Styles = new Map(),
  above: readonly Span[] = [],
): Uint8Array {
  const level = above.length
  const direct: Edit[] = []
  const groups = new Map<number, RegionEdit[]>()
  for (const edit of edits) {
    const outer = edit.region.within[level]
    if (outer === undefined) direct.push({ span: edit.region.span, bytes: edit.bytes })
    else groups.set(outer[0], [...(groups.get(outer[0]) ?? []), edit])
  }
  for (const group of groups.values()) {
    const span = group[0]?.region.within[level] ?? ([0, 0] as const)
    const stored = sliceText(bytes, span)
    const ground = decodeStoredBase64(stored) ?? new Uint8Array()
    const next = putRegions(ground, group, styles, [...above, span])
    const style = styles.get(keyOf({ within: above, span, encodings: [] })) ?? stored
    direct.push({ span, bytes: Buffer.from(encodeStoredBase64(next, style), 'latin1') })
  }
  return splice(bytes, direct)
}

/** The base64 texts around the regions, each once, outermost first. */
export function aroundRegions(regions: readonly Region[]): readonly Region[] {
  const around = regions.flatMap(({ within }) =>
    within.map((span, level): Region => ({ within: within.slice(0, level), span, encodings: ['base64'] })),
  )
  return [...new Map(around.map((region) => [keyOf(region), region])).values()]
}

/** Texts of different length in one, so that no two lists give the same bytes. */
export function packed(texts: readonly string[]): Uint8Array {
  const parts = texts.flatMap((text) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text.length)
    return [length, Buffer.from(text, 'latin1')]
  })
  return new Uint8Array(Buffer.concat(parts))
}

/** Absent: these are no packed texts. */
export function unpacked(bytes: Uint8Array): readonly string[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const texts: string[] = []
  for (let at = 0; at < buffer.length; ) {
    const end = at + 4 <= buffer.length ? at + 4 + buffer.readUInt32BE(at) : Number.POSITIVE_INFINITY
    if (end > buffer.length) return undefined
    texts.push(buffer.toString('latin1', at + 4, end))
    at = end
  }
  return texts
}
