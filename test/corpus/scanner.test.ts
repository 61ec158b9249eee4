import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeCorpus } from './generate.ts'
import { publishedScore } from './published-score.ts'
import { scanCorpus } from './scan-corpus.ts'
import { scoreLines } from './score.ts'

describe('the scanner on the corpus', async () => {
  const corpus = makeCorpus('1')
  const { score, shown } = await scanCorpus(corpus)
  process.stdout.write(`${scoreLines(score).join('\n')}\n`)

  test('finds at least 99 of 100 true places', () => {
    expect(score.recall).toBeGreaterThanOrEqual(0.99)
  })

  test('and at least 99 of 100 that it names are true', () => {
    expect(score.precision).toBeGreaterThanOrEqual(0.99)
  })

  test('nothing that it hands out holds one of the secrets', () => {
    expect(
      corpus.truths.filter(({ secret }) => shown.includes(secret)).map(({ path, line }) => `${path}:${line}`),
    ).toEqual([])
  })

  test('is published as it is; RECORD_SCORE=1 writes it anew', async () => {
    const published = join(import.meta.dirname, '../../docs/recall.md')
    const text = publishedScore(score, corpus)
    if (process.env['RECORD_SCORE'] === '1') writeFileSync(published, text)
    expect(text).toBe(readFileSync(published, 'utf8'))
  })

  test('what it finds decodes from the bytes that it names', () => {
    expect(score.misplaced).toEqual([])
  })
})
