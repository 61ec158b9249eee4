import { expect, test } from 'vitest'
import { expiryWords, tokenLines } from './status.ts'

const now = new Date('2026-11-29T12:00:00Z')
const words = (token: Partial<Parameters<typeof expiryWords>[0]>) =>
  expiryWords({ kind: 'api-token', addedAt: '2026-11-01T00:00:00Z', ...token }, now)

test.each([
  [{ expiresAt: '2027-06-01' }, 'until 2027-06-01'],
  [{ expiresAt: '2026-12-04T13:00:00Z' }, '! ends in 5 days'],
  [{ expiresAt: '2026-11-01' }, 'ended 2026-11-01'],
  [{}, 'ends by 2027-11-01'],
  [{ addedAt: '2025-12-10T00:00:00Z' }, '! ends by 2026-12-10'],
  [{ addedAt: '2025-11-01T00:00:00Z' }, 'ended by 2026-11-01'],
  [{ addedAt: '2028-02-29T00:00:00Z' }, 'ends by 2029-03-01'],
  [{ kind: 'access-token' }, 'expiry not known'],
] as const)('a token with %o: %s', (token, said) => {
  expect(words(token)).toBe(said)
})

test.each([
  ['2026-12-04', true],
  ['2027-06-01', false],
  ['2026-11-01', false],
])('a token that ends soon is shown with what replaces it: %s', (expiresAt, told) => {
  const token = {
    name: 'ci',
    kind: 'api-token',
    fingerprint: '#0123456789ab',
    scopes: [],
    addedAt: '',
    expiresAt,
  } as const
  expect(tokenLines([token], now).includes('    keyturn plan PATH')).toBe(told)
})
