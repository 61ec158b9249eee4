import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PrefilterCase, prefilterCases } from '../../../test/support/prefilter-cases.ts'
import { openPrefilter, type Prefilter, plainPrefilter, vectorPrefilter } from './prefilter.ts'
import { firstNeedle } from './reference.ts'

const vector = vectorPrefilter()
const ways: readonly (readonly [string, Prefilter])[] = [
  ...(vector === undefined ? [] : [['with vectors', vector] as const]),
  ['without', plainPrefilter()],
]

function put(prefilter: Prefilter, text: string, at = 0): number {
  prefilter.buffer.set(Buffer.from(text, 'latin1'), at)
  return text.length
}

function hitIn(text: string, prefilter = openPrefilter()): number {
  return prefilter.hit(put(prefilter, text))
}

function disagreement(prefilter: Prefilter, { text, from, length }: PrefilterCase): string | undefined {
  put(prefilter, text)
  const [found, expected] = [prefilter.nextHit(from, length), firstNeedle(text.slice(0, length), from)]
  return found === expected ? undefined : `${found} for ${expected}: ${JSON.stringify({ text, from, length })}`
}

const WORDS = ['bitb', 'Bitb', 'ATBB', 'ATATT3', 'ATCTT3']

describe('the prefilter', () => {
  it('runs with vectors here: a test of the fallback alone would prove little', () => {
    expect(vector).toBeDefined()
  })

  it.each([
    ...['bitbucket', 'BITBUCKET', 'BitBucket', 'x-bitb', ...WORDS, 'BB_TOKEN', 'bb BB_auth', '{AQAAABAAAA'],
    '$ANSIBLE_VAULT;1.1',
  ])('hits %s', (text) => expect(hitIn(`some text ${text}`)).toBeGreaterThanOrEqual(10))

  it.each([
    '',
    'bit bucket',
    'ATB',
    'ATATT',
    'ATCT',
    'BB_1',
    'BB_',
    'atbb',
    '{AQAA',
    'BBDC-',
    'ANSIBLE_VAULT_PASSWORD',
  ])('lets %j pass', (text) => expect(hitIn(text)).toBe(-1))

  it('hits every word in base64, whatever stands around it', () => {
    const around = fc.uint8Array({ maxLength: 9 })
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), around, around, fc.boolean(), (word, before, after, isUrl) => {
        const bytes = Buffer.concat([before, Buffer.from(word), after])
        return hitIn(bytes.toString(isUrl ? 'base64url' : 'base64')) !== -1
      }),
      { numRuns: 3000 },
    )
  })

  it('hits bitbucket in base64 over several lines, wherever they end', () => {
    for (let before = 0; before < 60; before++) {
      const letters = Buffer.from(`${'x'.repeat(before)} https://bitbucket.org/a/b`).toString('base64')
      expect(hitIn((letters.match(/.{1,64}/g) ?? []).join('\n    '))).not.toBe(-1)
    }
  })

  it.each(['bitbucket', 'BITBUCKET', ...WORDS])('hits %s in UTF-16 of either end', (word) => {
    const little = Buffer.from(`key=${word}`, 'utf16le')
    expect(hitIn(little.toString('latin1'))).toBe(8)
    expect(hitIn(Buffer.from(little).swap16().toString('latin1'))).toBe(9)
  })
})

describe.each(ways)('the prefilter %s', (_, prefilter) => {
  it('agrees with the expression on adversarial text', () => {
    const cases = prefilterCases(4)
    const wrong = Array.from({ length: 20_000 }, () => cases.next().value).flatMap(
      (one) => (one === undefined ? [] : disagreement(prefilter, one)) ?? [],
    )
    expect(wrong).toEqual([])
  })

  it('agrees with the expression on bytes at random', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((values) => Buffer.from(values).toString('latin1'))
    fc.assert(
      fc.property(bytes, fc.nat(300), (text, from) => {
        const whole = { text, from: Math.min(from, text.length), length: text.length }
        return disagreement(prefilter, whole) === undefined
      }),
      { numRuns: 2000 },
    )
  })

  it('finds a needle at every offset of a block and at the very end of the buffer, and none that ends behind it', () => {
    const { length } = prefilter.buffer
    for (const [needle, offset] of [...WORDS, 'BB_T', 'Yml0Y'].flatMap((text) =>
      Array.from({ length: 40 }, (_, at) => [text, at] as const),
    )) {
      prefilter.buffer.fill(0x20, 0, 128)
      put(prefilter, needle, offset)
      expect(prefilter.nextHit(0, 128)).toBe(offset)
      expect(prefilter.nextHit(offset + 1, 128)).toBe(-1)
      expect(prefilter.nextHit(0, offset + needle.length)).toBe(offset)
      expect(prefilter.nextHit(0, offset + needle.length - 1)).toBe(-1)
    }
    prefilter.buffer.fill(0x20)
    put(prefilter, 'ATBB', length - 4)
    expect(prefilter.hit(length)).toBe(length - 4)
    expect(prefilter.hit(length - 1)).toBe(-1)
  })

  it('needs no more of one part than the overlap to find what lies across two', () => {
    const { overlap } = prefilter
    const longest = 'A\0T\0A\0T\0T'
    for (let cut = 1; cut < longest.length; cut++) {
      const first = `${' '.repeat(20)}${longest.slice(0, cut)}`
      expect(prefilter.hit(put(prefilter, first))).toBe(-1)
      const next = first.slice(-overlap) + longest.slice(cut)
      expect(prefilter.hit(put(prefilter, next))).not.toBe(-1)
    }
  })

  it('walks through a text full of hits in time that grows with the text alone', () => {
    prefilter.buffer.set(Buffer.from('ATBB bitb '.repeat(100_000)))
    let count = 0
    for (let at = prefilter.hit(1_000_000); at !== -1; at = prefilter.nextHit(at + 1, 1_000_000)) count++
    expect(count).toBe(200_000)
  })
})

describe('the module', () => {
  it('is what its source says', () => {
    execFileSync(process.execPath, [resolve(import.meta.dirname, '../../../tools/build-prefilter.mjs'), '--check'])
  })
})
