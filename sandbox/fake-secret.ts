import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Visible in every secret made here, so that nobody takes one for real; a text without it holds none of them. */
export const secretMark = 'sandboxFAKE'

/** `length` letters and digits that depend on `seed` alone. */
const letters = (seed: string, length: number): string => {
  const bytes: number[] = []
  for (let block = 0; bytes.length < length; block++) {
    bytes.push(...createHash('sha256').update(`${seed}\0${block}`).digest())
  }
  return bytes
    .slice(0, length)
    .map((byte) => alphanumeric[byte % alphanumeric.length])
    .join('')
}

const body = (seed: string, length: number): string => secretMark + letters(seed, length - secretMark.length)
const checksum = (text: string): string => crc32(text).toString(16).toUpperCase().padStart(8, '0')
const withChecksum = (text: string): string => text + checksum(text)

/**
 * Shapes: the checksum is CRC-32 over everything before it, `=` included; checked against the vectors published in
 * DataDog/dd-sensitive-data-scanner, atlassian_token_checksum.rs.
 */
export const fakeApiToken = (seed: string): string => withChecksum(`ATATT3xFfGF0${body(seed, 171)}=`)
export const fakeAccessToken = (seed: string): string => withChecksum(`ATCTT3xFfGN0${body(seed, 171)}=`)
/** Samsung/CredSweeper, value_atlassian_token_check.py. */
export const fakeAppPassword = (seed: string): string => withChecksum(`ATBB${body(seed, 24)}`)
/** App passwords made before the prefix: 20 letters and digits, no checksum. */
export const fakeUnprefixedAppPassword = (seed: string): string => body(seed, 20)

/** Keys have 18 characters and secrets 32: bitbucket-branch-source-plugin, BitbucketOAuthCredentialMatcher.java. */
export const fakeConsumerPart = (seed: string, length: number): string => body(seed, length)

/** Opaque, and by its shape nobody's: letters, digits and two `=`. */
export const fakeOAuthToken = (seed: string): string => `${body(seed, 84)}==`

/** A UUID that depends on `seed` alone. */
export const fakeUuid = (seed: string): string => {
  const hex = createHash('sha256').update(seed).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** An Atlassian account id: the tenant-era prefix and a UUID. */
export const fakeAccountId = (seed: string): string => `712020:${fakeUuid(seed)}`
