import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allTargets, type Finding, failureOf, kindOf, type Target } from './cases.ts'
import { documentOf } from './detectors.ts'
import { runCases } from './run-cases.ts'
import { corpusSeeds, fixtureSeeds } from './seeds.ts'
import { shrunk } from './shrink.ts'

const seed = Number(process.env['KEYTURN_SEED'] ?? '1') || 1
const fixtures = fixtureSeeds(resolve(import.meta.dirname, '../..'), seed)
const seeds = [...fixtures, ...corpusSeeds(seed)]
const targets = allTargets()

function namesOf(found: readonly { readonly target: string; readonly problem: string; readonly bytes: Buffer }[]) {
  return found.map(({ target, problem, bytes }) => `${target}: ${problem}: ${bytes.toString('base64')}`)
}

describe('a changed document', () => {
  it.each([
    ['the formats', /^format/, 50],
    ['the detectors', /^detector/, 8],
    ['all detectors together', /^scan/, 150],
  ] as const)('is a result for %s: spans inside, the secret in its bytes, the same twice', (_, name, rounds) => {
    const chosen = targets.filter((target) => name.test(target.name))
    const { findings, cases } = runCases({ targets: chosen, seeds, seed, goesOn: (round) => round < rounds })
    expect(namesOf(findings)).toEqual([])
    expect([...cases.values()].every((count) => count === rounds)).toBe(true)
  })

  it('starts from a document of every consumer that has examples', () => {
    const ids = new Set(fixtures.map(({ consumer }) => consumer))
    expect(ids.size).toBeGreaterThan(110)
  })
})

describe('a document in UTF-16', () => {
  it.each([
    ['little', (bytes: Buffer) => bytes],
    ['big', (bytes: Buffer) => bytes.swap16()],
  ])('is read as any other, the %s end first', (_, ordered) => {
    const scan = targets.find(({ name }) => name.startsWith('scan')) as Target
    const wrong = fixtures.flatMap(({ path, bytes, companion }) => {
      const wide = ordered(Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le'))
      const problem = failureOf(scan, documentOf(path, wide, companion))
      return problem === undefined ? [] : [`${path}: ${problem}`]
    })
    expect(wrong).toEqual([])
  })
})

describe('the fuzzer', () => {
  const broken = (problems: Target['problems']): Target => ({
    name: 'broken',
    expects: () => true,
    problems,
    read: problems,
  })
  const run = (problems: Target['problems'], rounds = 300): readonly Finding[] =>
    runCases({ targets: [broken(problems)], seeds: fixtures, seed, goesOn: (round) => round < rounds }).findings

  it('names what is thrown, and the smallest document that does it', () => {
    const found = run(({ bytes }) => {
      if (Buffer.from(bytes).includes('bitbucket')) throw new RangeError('no')
      return []
    })
    expect(found.map(({ problem, bytes }) => [problem.replace(/ \(.*/, ''), bytes.toString()])).toEqual([
      ['throws RangeError: no', 'bitbucket'],
    ])
  })

  it('stops what never ends', () => {
    const endless = broken(({ bytes }) => {
      while (bytes.length > 0);
      return []
    })
    expect(
      failureOf(
        endless,
        documentOf('/a', Buffer.from('a'), () => undefined),
        50,
      ),
    ).toBe('still busy after 50 ms')
    const backtracks = broken(({ bytes }) => [String(/^(a+)+$/.test(bytes.toString()))])
    const text = Buffer.from(`${'a'.repeat(60)}b`)
    expect(
      failureOf(
        backtracks,
        documentOf('/a', text, () => undefined),
        50,
      ),
    ).toBe('still busy after 50 ms')
  })

  it('tells failures apart by more than numbers', () => {
    let count = 0
    expect(
      run(() => (count++ % 3 === 0 ? [`odd ${count}`] : []), 30).map(({ problem }) => kindOf(problem)),
    ).toHaveLength(1)
  })

  it('makes small what it can', () => {
    const isWrong = (bytes: Buffer): boolean => bytes.includes('<') && bytes.includes('>')
    expect(shrunk(Buffer.from('some <text> in a line'), isWrong).toString()).toBe('<>')
  })
})
