import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUCKETS } from '../../src/scan/prefilter/needles.ts'
import { openPrefilter, type Prefilter, plainPrefilter } from '../../src/scan/prefilter/prefilter.ts'
import { type Dropped, foundSeeds, runPrefilter } from './prefilter-property.ts'
import { layersToSign } from './reach.ts'
import { corpusSeeds, fixtureSeeds } from './seeds.ts'

const seed = Number(process.env['KEYTURN_SEED'] ?? '1') || 1
const seeds = foundSeeds([...fixtureSeeds(resolve(import.meta.dirname, '../..'), seed), ...corpusSeeds(seed)])

function named({ path, places, bytes, index }: Dropped): string {
  return `case ${index}, ${path}: ${places.map(({ consumer }) => consumer).join()}: ${bytes.toString('base64')}`
}

/** The prefilter without some of its needles, as an expression: what a careless change would make of it. */
function prefilterWithout(isLost: (text: string) => boolean): Prefilter {
  const kept = BUCKETS.flat().filter(({ text }) => !isLost(text))
  const sources = kept.map(({ text, anyCase, letterFollows }) => {
    const letters = [...text].map((letter) => {
      const isLetter = anyCase === true && /[a-z]/.test(letter)
      const code = letter.charCodeAt(0).toString(16).padStart(2, '0')
      return isLetter ? `[${letter}${letter.toUpperCase()}]` : `\\x${code}`
    })
    return `${letters.join('')}${letterFollows === true ? '(?=[A-Za-z])' : ''}`
  })
  const expression = new RegExp(sources.join('|'), 'g')
  const plain = plainPrefilter()
  const nextHit = (from: number, length: number): number => {
    expression.lastIndex = from
    return expression.exec(Buffer.from(plain.buffer.subarray(0, length)).toString('latin1'))?.index ?? -1
  }
  return { ...plain, nextHit, hit: (length) => nextHit(0, length) }
}

describe('the prefilter', () => {
  it('drops nothing that a detector would find (a million cases: npm run fuzz -- --prefilter)', () => {
    const ran = runPrefilter({ prefilter: openPrefilter(), seeds, seed, cases: 6000 })
    expect(ran.broken.map(named)).toEqual([])
    // Without documents that are asked about, the cases would say nothing.
    expect(ran.asked).toBeGreaterThan(2000)
    expect(seeds.length).toBeGreaterThan(900)
  })

  it.each([
    ['the name itself', (text: string) => text === 'bitb'],
    ['tokens by their prefix', (text: string) => text === 'ATBB'],
    ['API tokens', (text: string) => text === 'ATATT3'],
    ['access tokens', (text: string) => text === 'ATCTT3'],
    ['variables', (text: string) => text === 'BB_'],
    ['one alignment of base64', (text: string) => text === 'FUQk'],
    ['another', (text: string) => text === 'QVRCQ'],
    ['the third', (text: string) => text === 'BVEJC'],
    ['UTF-16', (text: string) => text.includes('\0')],
  ])('is seen to drop something when it forgets %s', (_, isLost) => {
    const prefilter = prefilterWithout(isLost)
    const ran = runPrefilter({ prefilter, seeds, seed, cases: 20_000, onDropped: () => false })
    expect(ran.broken).toHaveLength(1)
  })
})

describe('layers over a sign', () => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64')

  it.each([
    ['BitBucket', 0],
    [encoded('alice:ATBBxyz'), 1],
    [`x${encoded('-> bitbucket.org')}`, 1],
    ['b\0i\0t\0b\0', 1],
    ['bit\\u0062ucket', 2],
    ['b""itb', 2],
    [encoded(encoded('see bitbucket.org')), 2],
    [encoded('bitbucket.org').replace(/^(..)/, '$1\n  '), 3],
    ['nothing of the kind', undefined],
  ])('%j: %s', (text, layers) => expect(layersToSign(Buffer.from(text, 'latin1'))).toBe(layers))
})
