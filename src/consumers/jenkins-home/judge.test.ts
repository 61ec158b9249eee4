import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixtureValues, jenkinsKeyFiles, loadFixture } from '../../../test/contract/fixtures.ts'
import { inventories } from '../../../test/support/judged-scan.ts'
import type { Judgement } from '../../model/judgement.ts'
import { openPrefilter } from '../../scan/prefilter/prefilter.ts'
import { jenkinsHomeJudge } from './judge.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const ITEMS = [
  'rewire-pipeline',
  'rewire-freestyle',
  'rewire-multibranch',
  'rewire-branch-source',
  'rewire-organization',
]
  .flatMap((name) => [...loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values, keys)])
  .filter(([path]) => path.endsWith('config.xml'))
  .map(([, bytes]) => bytes.toString('utf8'))
const [pipeline = ''] = ITEMS
const prefilter = openPrefilter()

function judged(text: string, path = '/j/jobs/app/config.xml', there: readonly string[] = []): Judgement | undefined {
  const bytes = Buffer.from(text)
  prefilter.buffer.set(bytes)
  return jenkinsHomeJudge((file) => there.includes(file))(path, bytes, (from) => prefilter.nextHit(from, bytes.length))
}

describe('the judge of jobs', () => {
  it('tells what a job asks for, and through which credential', () => {
    const all = ITEMS.map((text) => judged(text)).filter((judgement) => judgement !== undefined)
    expect(all.length).toBeGreaterThanOrEqual(3)
    for (const { consumer, demands } of all) {
      expect(consumer).toBe('jenkins-home')
      expect(demands.map(({ of }) => of.kind)).toContain('jenkins')
    }
  })

  it('answers with plain data, which another thread can be given', () => {
    const judgement = judged(pipeline)
    expect(structuredClone(judgement)).toEqual(judgement)
  })

  it('takes the nearest home that has keys', () => {
    const path = '/j/jobs/a/jobs/b/config.xml'
    const item = (there: readonly string[]) => judged(pipeline, path, there)?.demands[0]?.of
    expect(item([])).toMatchObject({ item: 'a/b' })
    expect(item(['/j/jobs/a/secrets/master.key'])).toMatchObject({ item: 'b' })
  })

  it.each([
    ['the store of a folder', '/j/jobs/app/config.xml', 'folder'],
    ['the store of the controller', '/j/credentials.xml', 'system'],
    ['the store of a user', '/j/users/alice/config.xml', 'user'],
    ['a URL with a user', '/j/jobs/app/config.xml', 'job-url'],
  ])('%s is for the detectors', (_, path, name) => {
    const fixture = loadFixture(join(import.meta.dirname, 'fixtures', name), values, keys)
    const texts = [...fixture].filter(([file]) => file.endsWith('.xml')).map(([, bytes]) => bytes.toString('utf8'))
    expect(texts.length).toBeGreaterThan(0)
    expect(texts.map((text) => judged(text, path))).toContain(undefined)
  })

  it.each([
    ['what is not well-formed', (text: string) => text.slice(0, -3)],
    ['a command that signs in', (text: string) => within(text, '<command>curl -u a:b https://bitbucket.org</command>')],
    ['a comment about Bitbucket', (text: string) => within(text, '<!-- bitbucket.org -->')],
    ['a token, wherever it stands', (text: string) => within(text, `<credentialsId>${values.OLD}</credentialsId>`)],
    ['a text that names Bitbucket', (text: string) => within(text, '<description>see bitbucket.org</description>')],
  ])('%s is for the detectors', (_, changed) => {
    expect(judged(pipeline)).toBeDefined()
    expect(judged(changed(pipeline))).toBeUndefined()
  })

  it('changes nothing of what is found', { timeout: 120_000 }, async () => {
    const insert = fc.constantFrom(
      '<credentialsId>other</credentialsId>',
      '<url>https://bitbucket.org/acme/lib.git</url>',
      '<url>https://alice@bitbucket.org/acme/lib.git</url>',
      '<description>bitbucket</description>',
      '<command>make $BITBUCKET_TOKEN</command>',
      `<x>${values.OLD}</x>`,
      '&amp;',
      '<',
      '<!-- bitbucket -->',
    )
    const mutated = fc
      .tuple(fc.constantFrom(...ITEMS), fc.array(fc.tuple(fc.nat(), insert), { maxLength: 2 }))
      .map(([text, inserts]) => inserts.reduce((all, [at, piece]) => withAt(all, at, piece), text))
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const [without, withJudge] = await inventories(
          'jobs/app/config.xml',
          text,
          jenkinsHomeJudge(() => false),
        )
        expect(withJudge).toEqual(without)
      }),
      { numRuns: 150 },
    )
  })
})

function within(text: string, piece: string): string {
  return text.replace(/<\/[\w.-]+>\s*$/, (end) => piece + end)
}

/** Between two elements, where XML allows another one; or nowhere, where it has none. */
function withAt(text: string, at: number, piece: string): string {
  const gaps = [...text.matchAll(/>\s*</g)].map(({ index }) => index + 1)
  const gap = gaps[at % Math.max(1, gaps.length)] ?? text.length
  return text.slice(0, gap) + piece + text.slice(gap)
}
