import { crc32 } from 'node:zlib'
import type { Secret, SecretKind } from '../model/secret.ts'

/**
 * What the text of a secret tells without asking anyone (docs/bitbucket-authentication.md, "Token formats").
 * A matching checksum proves a whole copy, never validity. Scoped and unscoped API tokens look the same.
 */
export interface TokenShape {
  readonly kind: SecretKind
  /** `none`: this kind carries no checksum. */
  readonly checksum: 'fits' | 'does not fit' | 'none'
  /** White space at either end: an accident of copying that some tools send. */
  readonly blankEdges: boolean
  /** UTF-16 code units. */
  readonly length: number
  /** A whole token with something before or after it, such as quotes, a username or the name of a variable; `kind` is then unknown. */
  readonly surrounded?: true
  /** Percent signs where the kind never has them: stored encoded and sent as it is. */
  readonly percentEncoded: boolean
}

const KINDS: readonly { readonly prefix: string; readonly kind: SecretKind }[] = [
  { prefix: 'ATATT3', kind: 'api-token' },
  { prefix: 'ATCTT3', kind: 'access-token' },
  { prefix: 'ATBB', kind: 'app-password' },
]

/** Bitbucket Data Center HTTP access tokens: not a matter of Bitbucket Cloud. */
const DATA_CENTER = /^BBDC-/

export function isDataCenterToken(secret: Secret): boolean {
  return DATA_CENTER.test(secret.reveal())
}

export function shapeOf(secret: Secret): TokenShape {
  return shapeOfText(secret.reveal())
}

/** The same for what may be a secret or any other word of a document: sealing each of them would take longer than reading it. */
export function shapeOfText(text: string): TokenShape {
  const trimmed = text.trim()
  const kind = kindOf(trimmed)
  return {
    kind,
    checksum: checksumOf(trimmed, kind),
    blankEdges: trimmed !== text,
    length: text.length,
    percentEncoded: kind !== 'unknown' && /%[0-9A-Fa-f]{2}/.test(trimmed),
    ...(kind === 'unknown' && holdsToken(trimmed) ? { surrounded: true } : {}),
  }
}

/** The checksum tells: nothing but a whole copy has it. */
function holdsToken(text: string): boolean {
  const [token] = /AT(?:AT|CT)T3[\w=-]+/.exec(text) ?? []
  return token !== undefined && checksumOf(token, kindOf(token)) === 'fits'
}

function kindOf(text: string): SecretKind {
  const known = KINDS.find(({ prefix }) => text.startsWith(prefix))
  if (known !== undefined) return known.kind
  if (/^[A-Za-z0-9]{20}$/.test(text)) return 'app-password' // before the ATBB prefix: 20 alphanumerics
  return 'unknown'
}

/** The last 8 characters are CRC-32 (zlib), upper-case hex, of everything before them, `=` included. */
function checksumOf(text: string, kind: SecretKind): TokenShape['checksum'] {
  if (kind === 'unknown' || /^[A-Za-z0-9]{20}$/.test(text)) return 'none'
  const computed = crc32(text.slice(0, -8)).toString(16).toUpperCase().padStart(8, '0')
  return text.length > 20 && text.slice(-8) === computed ? 'fits' : 'does not fit'
}

/** Passwords that people choose are shorter; the access tokens of OAuth, which have no prefix and no checksum, are longer. */
const LONGEST_PASSWORD = 64

export function isLongSecret(shape: TokenShape | undefined): boolean {
  return shape?.kind === 'unknown' && shape.length > LONGEST_PASSWORD
}
