import { crc32 } from 'node:zlib'
import type { FixtureValues } from '../contract/fixtures.ts'
import { ALPHANUMERIC, type Random } from '../corpus/random.ts'

const withChecksum = (body: string): string => body + crc32(body).toString(16).toUpperCase().padStart(8, '0')

/** What stands behind the placeholders of one copy of a fixture: right shape, valid checksum, from a seed, never issued by anyone. */
export function seededValues(random: Random): FixtureValues {
  return {
    OLD: withChecksum(`ATBBtestFAKE${random.text(ALPHANUMERIC, 16)}`),
    NEW: seededApiToken(random),
    ACCESS: withChecksum(`ATCTT3xFfGN0testFAKE${random.text(ALPHANUMERIC, 163)}=`),
    SHORT: `${random.text(ALPHANUMERIC, 18)}k7`,
  }
}

export function seededApiToken(random: Random): string {
  return withChecksum(`ATATT3xFfGF0testFAKE${random.text(ALPHANUMERIC, 163)}=`)
}
