/**
 * Bytes in a charset as text. `undefined`: they are not of it, or it is not known. ISO-8859-1 is taken as Java takes it; the decoders of the
 * web mean Windows-1252 by that name.
 */
export function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  if (/^(?:iso-?8859-1|latin1)$/i.test(charset)) return Buffer.from(bytes).toString('latin1')
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
