import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBasicPair, encodeBasicPair } from './base64-pair.ts'

test('a pair survives a round trip; the first colon divides it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, secret) => {
      const username = name.replaceAll(':', '')
      expect(decodeBasicPair(encodeBasicPair({ username, secret }))).toEqual({ username, secret })
    }),
  )
})

test.each(['YTpi\n', 'YTp', 'YTo=b', 'YWI=', '_w==', '/zo=', 'YTpiZ=='])('%j is no pair', (base64) => {
  expect(decodeBasicPair(base64)).toBeUndefined()
})
