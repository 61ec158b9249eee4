/** The pair that `Authorization: Basic` carries. The username ends at the first colon (RFC 7617, 2). */
export interface BasicPair {
  readonly username: string
  readonly secret: string
}

/** Strict: standard alphabet, correct padding, UTF-8, a colon. Anything else is `undefined`. */
export function decodeBasicPair(base64: string): BasicPair | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1 || bytes.toString('base64') !== base64 || !Buffer.from(text, 'utf8').equals(bytes)) return undefined
  return { username: text.slice(0, colon), secret: text.slice(colon + 1) }
}

export function encodeBasicPair(pair: BasicPair): string {
  return Buffer.from(`${pair.username}:${pair.secret}`, 'utf8').toString('base64')
}
