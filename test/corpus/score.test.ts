import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCorpus, type Truth } from './generate.ts'
import { type Finding, scoreLines, scoreOf } from './score.ts'

const { truths, lookalikes } = makeCorpus('score')
const some = truths.slice(0, 400)

const findingOf = (truth: Truth, change: Partial<Finding> = {}): Finding => ({
  path: truth.path,
  line: truth.line,
  start: truth.start,
  secret: truth.secret,
  consumer: truth.consumer,
  kind: truth.kind,
  ...(truth.username === undefined ? {} : { username: truth.username }),
  ...change,
})

describe('the score', () => {
  it('of a scan that says exactly what is true is one', () => {
    const score = scoreOf(
      truths,
      lookalikes,
      truths.map((truth) => findingOf(truth)),
    )
    expect(score).toMatchObject({ recall: 1, precision: 1, misses: [], alarms: [], repeats: [] })
    expect(score).toMatchObject({ wrongUsernames: [], misplaced: [] })
    expect([...score.byConsumer.values()].every(({ recall, precision }) => recall === 1 && precision === 1)).toBe(true)
  })

  it('of a scan that says nothing has no recall, and nothing false', () => {
    const score = scoreOf(some, lookalikes, [])
    expect(score).toMatchObject({ recall: 0, precision: 1, found: 0 })
    expect(score.misses).toEqual(some)
  })

  it('names every look-alike that was taken for a credential', () => {
    const [lookalike] = lookalikes
    if (lookalike === undefined) throw new Error('no look-alike')
    const alarm: Finding = { path: lookalike.path, line: lookalike.line, secret: lookalike.text, consumer: 'git.netrc' }
    const score = scoreOf(some, lookalikes, [alarm])
    expect(score.alarms).toEqual([{ finding: alarm, lookalike }])
    expect(score.byConsumer.get('git.netrc')?.falseAlarms).toBe(1)
  })

  it('counts a secret that was read wrongly as a miss and as a false alarm', () => {
    const [truth] = some
    if (truth === undefined) throw new Error('no truth')
    const score = scoreOf([truth], lookalikes, [findingOf(truth, { secret: `${truth.secret}x` })])
    expect(score).toMatchObject({ recall: 0, precision: 0, misses: [truth] })
    expect(score.alarms[0]?.misread).toBe(truth)
  })

  it('takes a second finding of the same place for a repeat', () => {
    const [truth] = some
    if (truth === undefined) throw new Error('no truth')
    const twice = [findingOf(truth), findingOf(truth, { consumer: 'docker.compose/env' })]
    expect(scoreOf([truth], lookalikes, twice)).toMatchObject({ recall: 1, precision: 1, repeats: [twice[1]] })
  })

  it('asks a predicate where the scan keeps no secrets, and notes wrong names and offsets', () => {
    const truth = some.find(({ username }) => username !== undefined)
    if (truth === undefined) throw new Error('no truth')
    const finding = findingOf(truth, { secret: (text) => text === truth.secret, username: 'mallory', start: 0 })
    const score = scoreOf([truth], lookalikes, [finding])
    expect(score).toMatchObject({ recall: 1, wrongUsernames: [{ truth, finding }], misplaced: [{ truth, finding }] })
  })

  it('does not depend on the order of the findings, and leaves nothing out', () => {
    const findings = fc.shuffledSubarray(some).map((chosen) => chosen.map((truth) => findingOf(truth)))
    fc.assert(
      fc.property(findings, (said) => {
        const score = scoreOf(some, lookalikes, said)
        expect(score.found).toBe(said.length)
        expect(score.found + score.misses.length).toBe(some.length)
        expect(score.precision).toBe(1)
      }),
      { numRuns: 50 },
    )
  })

  it('prints without a secret', () => {
    const lines = scoreLines(scoreOf(some, lookalikes, [])).join('\n')
    expect(lines).toContain('missed ')
    expect(some.filter(({ secret }) => lines.includes(secret))).toEqual([])
  })
})
