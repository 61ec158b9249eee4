import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trigramsOf } from './trigrams.ts'

describe('trigramsOf', () => {
  it('never rules out a word that stands in the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat(), fc.nat({ max: 20 }), (text, at, length) => {
        const word = text.slice(at % (text.length + 1)).slice(0, length)
        expect(trigramsOf(text).mayHold(word)).toBe(true)
      }),
    )
  })

  it('rules out words of which a piece is missing', () => {
    const { mayHold } = trigramsOf('url: https://bitbucket.org/acme/app.git\n')
    expect(['bitbucket', 'BITBUCKET', 'provider', 'bitbucket_', 'ab'].map(mayHold)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ])
  })
})
