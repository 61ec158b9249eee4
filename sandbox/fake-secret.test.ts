import { crc32 } from 'node:zlib'
import { expect, it } from 'vitest'
import { fakeAccessToken, fakeApiToken, fakeAppPassword, fakeUnprefixedAppPassword } from './fake-secret.ts'

it.each([
  ['API token', fakeApiToken, /^ATATT3xFfGF0[A-Za-z0-9_-]{171}=[0-9A-F]{8}$/],
  ['access token', fakeAccessToken, /^ATCTT3xFfGN0[A-Za-z0-9_-]{171}=[0-9A-F]{8}$/],
  ['app password', fakeAppPassword, /^ATBB[0-9A-Za-z]{24}[0-9A-F]{8}$/],
])('a fake %s has the shape, the checksum and the mark', (_kind, fake, shape) => {
  const secret = fake('seed')
  expect(secret).toMatch(shape)
  expect(Number.parseInt(secret.slice(-8), 16)).toBe(crc32(secret.slice(0, -8)))
  expect(secret).toContain('sandboxFAKE')
})

it('the older app password is 20 letters and digits', () => {
  expect(fakeUnprefixedAppPassword('seed')).toMatch(/^sandboxFAKE[0-9A-Za-z]{9}$/)
})

it('a seed gives one secret, another seed another', () => {
  expect(fakeApiToken('a')).toBe(fakeApiToken('a'))
  expect(fakeApiToken('a')).not.toBe(fakeApiToken('b'))
})
