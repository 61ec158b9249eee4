import { encodeUtf8 } from './byte-text.ts'
import { type Escape, escapedText, type StoredText } from './field.ts'

/** Absent: the bytes do not begin with a byte order mark of UTF-16. */
export function utf16Text(bytes: Uint8Array): StoredText | undefined {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff
  if (!isLittle && !isBig) return undefined
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').slice(2)
  return escapedText(raw, 2, isLittle ? 'utf-16le' : 'utf-16be', (text, at) => unitAt(text, at, isLittle))
}

/** One character of UTF-16 is one of UTF-8. */
function unitAt(raw: string, at: number, isLittle: boolean): Escape {
  const unit = (offset: number): number => {
    const [first, second] = [raw.charCodeAt(at + offset), raw.charCodeAt(at + offset + 1)]
    return isLittle ? first | (second << 8) : (first << 8) | second
  }
  if (at + 1 >= raw.length) return { text: '', length: 1 }
  const code = unit(0)
  const isPair = code >= 0xd800 && code < 0xdc00 && at + 3 < raw.length
  const text = isPair ? String.fromCharCode(code, unit(2)) : String.fromCharCode(code)
  return { text: code < 0x80 ? text : encodeUtf8(text), length: isPair ? 4 : 2 }
}
