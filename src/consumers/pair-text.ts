import { decodeBasicPair } from '../formats/base64-pair.ts'
import { decodeUtf8 } from '../formats/byte-text.ts'
import type { StoredText } from '../formats/field.ts'
import { pairPieces } from './field-detector.ts'
import { type Pieces, wholeOf } from './field-place.ts'
import { isPlaceholder } from './placeholder.ts'
import { tailOf } from './variables.ts'

const PAIR = /^[^\s:/@]+(?:@[^\s:/]+)?:[^\s:/]\S*$/
const BASE64 = /^[A-Za-z0-9+/]{24,}={0,2}$/
const TOKEN = /^AT(?:BB|ATT|CTT)/

/** `user:secret`, base64 of it, or a header with that, where a secret would stand. */
export function pairOf(value: StoredText): Pieces | undefined {
  const text = decodeUtf8(value.text)
  const scheme = /^basic[ \t]+(?=[A-Za-z0-9+/]{24})/i.exec(text)
  if (scheme !== null) return pairOf(tailOf(value, scheme[0].length))
  if (TOKEN.test(text) || isPlaceholder(text)) return undefined
  if (BASE64.test(text) && isPrintable(decodeBasicPair(text)?.secret)) return { secret: wholeOf(value, 'base64-pair') }
  return PAIR.test(text) ? pairPieces(value) : undefined
}

/** Any letters may decode to something with a colon. */
function isPrintable(secret: string | undefined): boolean {
  return secret !== undefined && /^[\x21-\x7e]+$/.test(secret)
}
