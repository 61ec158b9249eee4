/** The Distinguished Encoding Rules (X.690), as far as a certificate needs them. */
export type Der = Buffer

const lengthBytes = (length: number): Uint8Array => {
  if (length < 0x80) return Uint8Array.of(length)
  if (length < 0x100) return Uint8Array.of(0x81, length)
  if (length < 0x10000) return Uint8Array.of(0x82, length >> 8, length & 0xff)
  throw new Error(`no certificate of the sandbox has a field of ${length} bytes`)
}

/** A value under its tag: `0x80` and up are the context's own. */
export const tagged = (tag: number, ...parts: readonly Uint8Array[]): Der => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Uint8Array.of(tag), lengthBytes(content.length), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Der => tagged(0x30, ...parts)
export const set = (...parts: readonly Uint8Array[]): Der => tagged(0x31, ...parts)
export const boolean = (value: boolean): Der => tagged(0x01, Uint8Array.of(value ? 0xff : 0))
export const octetString = (value: Uint8Array): Der => tagged(0x04, value)
export const utf8String = (text: string): Der => tagged(0x0c, Buffer.from(text))

/** Whole bytes; the first byte of a bit string counts the bits that the last one leaves unused. */
export const bitString = (value: Uint8Array): Der => tagged(0x03, Uint8Array.of(0), value)

/** Bits of one byte by their number, 0 being the highest; trailing zeros are left out (X.690, 11.2.2). */
export const namedBits = (...numbers: readonly number[]): Der => {
  const value = numbers.reduce((bits, number) => bits | (0x80 >> number), 0)
  return tagged(0x03, Uint8Array.of(7 - Math.max(...numbers), value))
}

/** Up to 127: one byte without a sign. */
export const integer = (value: number): Der => tagged(0x02, Uint8Array.of(value))

const base128 = (arc: number): readonly number[] => {
  const low = arc & 0x7f
  return arc < 0x80 ? [low] : [...base128(Math.floor(arc / 0x80)).map((byte) => byte | 0x80), low]
}

/** The first two numbers share one byte (X.690, 8.19.4). */
export const objectIdentifier = (dotted: string): Der => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Two digits of the year until 2049, four after it (RFC 5280, 4.1.2.5). */
export const time = (date: Date): Der => {
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits))
}
