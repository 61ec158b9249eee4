import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Secrets for tests, made at run time: right shape, valid checksum, never issued by anyone. */
const checksum = (body: string): string => crc32(body).toString(16).toUpperCase().padStart(8, '0')
const letters = (count: number): string =>
  randomBytes(count).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, count)

export function apiToken(): string {
  const body = `ATATT3xFfGF0testFAKE${letters(163)}=`
  return body + checksum(body)
}

export function accessToken(): string {
  const body = `ATCTT3xFfGN0testFAKE${letters(163)}=`
  return body + checksum(body)
}

export function appPassword(): string {
  const body = `ATBBtestFAKE${letters(16)}`
  return body + checksum(body)
}
