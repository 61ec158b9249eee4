import { type ByteSpan, decodeUtf8, encodeUtf8 } from './byte-text.ts'

/** A URL with an authority, as offsets into the byte text it was read from. */
export interface UrlReading {
  readonly scheme: string
  /** Without the `@`; absent: the URL has none. */
  readonly userinfo?: ByteSpan
  readonly username?: ByteSpan
  /** Present when a colon stands in the userinfo, even when nothing follows it. */
  readonly password?: ByteSpan
  /** Where `user:secret@` starts, or would start. */
  readonly authority: number
  /** Lower case, with a port that is not the scheme's own. */
  readonly host: string
  /** Text after the authority, up to a query or fragment. */
  readonly path: string
}

/**
 * Reads `https://user:secret@host/path` as far as credentials go. The last `@` before the path ends the userinfo: git takes the
 * first one and refuses `me@corp.com:secret@host`, Node and Python take the last, and the secret is exposed either way.
 */
export function readUrl(byteText: string): UrlReading | undefined {
  const head = /^([a-z][a-z0-9+.-]*):\/\//i.exec(byteText)
  if (head === null) return undefined
  const authority = head[0].length
  const end = endOf(byteText, /[/?#]/g, authority)
  const at = byteText.slice(authority, end).lastIndexOf('@')
  const scheme = (head[1] ?? '').toLowerCase()
  return {
    scheme,
    ...(at === -1 ? {} : userinfoOf(byteText, authority, authority + at)),
    authority,
    host: withoutOwnPort(scheme, byteText.slice(at === -1 ? authority : authority + at + 1, end).toLowerCase()),
    path: byteText.slice(end, endOf(byteText, /[?#]/g, end)),
  }
}

function userinfoOf(
  byteText: string,
  start: number,
  end: number,
): Pick<UrlReading, 'userinfo' | 'username' | 'password'> {
  const colon = byteText.slice(start, end).indexOf(':')
  if (colon === -1) return { userinfo: [start, end], username: [start, end] }
  return { userinfo: [start, end], username: [start, start + colon], password: [start + colon + 1, end] }
}

function endOf(text: string, mark: RegExp, from: number): number {
  mark.lastIndex = from
  return mark.exec(text)?.index ?? text.length
}

function withoutOwnPort(scheme: string, host: string): string {
  const own = scheme === 'https' ? /:443$/ : /:80$/
  return host.replace(own, '')
}

/** Broken escapes stay as they are, as in git's `url_decode`; `+` is itself. */
export function percentDecode(byteText: string): string {
  return decodeUtf8(
    byteText.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}

/** How a document writes percent escapes. */
export interface PercentStyle {
  readonly hex: 'lower' | 'upper'
  /** Characters beyond the unreserved ones that the document leaves as they are. */
  readonly raw: string
}

/** Letters, digits and `-._~` never need an escape (RFC 3986, 2.3); git-credential-store escapes everything else. */
export function percentEncode(text: string, style: PercentStyle): string {
  return encodeUtf8(text).replace(/[^A-Za-z0-9\-._~]/g, (character) => {
    if (style.raw.includes(character)) return character
    const hex = character.charCodeAt(0).toString(16).padStart(2, '0')
    return `%${style.hex === 'lower' ? hex : hex.toUpperCase()}`
  })
}

/** The style that the escapes in these userinfo texts show; `otherwise` where they show nothing. Only `=` is worth keeping raw. */
export function percentStyleOf(byteTexts: readonly string[], otherwise: PercentStyle): PercentStyle {
  const text = byteTexts.join(' ')
  const escapes = text.match(/%[0-9a-f]{2}/gi)?.join('') ?? ''
  const raw = text.includes('=') ? '=' : /%3d/i.test(text) ? '' : otherwise.raw
  if (/[A-F]/.test(escapes)) return { hex: 'upper', raw }
  return { hex: /[a-f]/.test(escapes) ? 'lower' : otherwise.hex, raw }
}
