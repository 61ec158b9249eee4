import { crc32 } from 'node:zlib'
import { ALPHANUMERIC, BASE64URL, DIGITS, LOWER, type Random } from './random.ts'

/** What a true place holds. `password` is an account password: dead since 2022, still lying around. */
export type SecretKind = 'app-password' | 'api-token' | 'access-token' | 'password'

/** Eight upper-case hexadecimal digits: the CRC-32 of everything before them. */
export const checksumOf = (body: string): string => crc32(body).toString(16).toUpperCase().padStart(8, '0')

export function appPassword(random: Random): string {
  const body = `ATBB${random.text(ALPHANUMERIC, 24)}`
  return body + checksumOf(body)
}

/** App passwords from before the prefix: 20 letters and digits, and all three sorts of them. */
export function unprefixedAppPassword(random: Random): string {
  const letters = random.text(ALPHANUMERIC, 17)
  return `${letters}${random.text(LOWER, 1)}${random.text(LOWER.toUpperCase(), 1)}${random.text(DIGITS, 1)}`
}

/** Mostly 192 characters; Atlassian promises no length, and 183 to 199 were seen. */
function tokenOf(header: string, random: Random): string {
  const length = random.chance(70) ? 171 : random.between(155, 185)
  const body = `${header}${random.text(BASE64URL, length)}=`
  return body + checksumOf(body)
}

export const apiToken = (random: Random): string => tokenOf('ATATT3xFfGF0', random)
export const accessToken = (random: Random): string => tokenOf('ATCTT3xFfGN0', random)

/** A password that a person chose: letters, digits, and characters that every format escapes in its own way. */
export function password(random: Random): string {
  const letters = () => random.text(ALPHANUMERIC, random.between(4, 7))
  return `${letters()}${random.pick(['@', '/', '#', '&', '?', '+', '%'])}${letters()}${random.pick(['!', ':', '@', '='])}${random.text(ALPHANUMERIC, 2)}`
}

/** The same token with one digit of its checksum wrong. */
export function withWrongChecksum(token: string): string {
  const last = token.slice(-1)
  return `${token.slice(0, -1)}${last === '0' ? '1' : '0'}`
}

/** Data Center: `BBDC-` and base64 of a number, a colon and random bytes. */
export function dataCenterToken(random: Random): string {
  const inside = Buffer.concat([Buffer.from(`${random.text('123456789', 12)}:`), random.bytes(20)])
  return `BBDC-${inside.toString('base64').replaceAll(/[+/=]/g, 'x')}`
}
