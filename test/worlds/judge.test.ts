import { expect, test } from 'vitest'
import { contradiction, judge } from './judge.ts'

const fails = (right: readonly ('D101' | 'D102' | 'D111')[], untold?: string) => ({
  works: false,
  right,
  ...(untold === undefined ? {} : { untold }),
})

test.each([
  { said: ['D101'], expectation: fails(['D101', 'D111']), verdict: 'right' },
  { said: ['D111', 'D101'], expectation: fails(['D101']), verdict: 'wrong' },
  { said: ['D190'], expectation: fails(['D101'], 'nothing tells'), verdict: 'unknown' },
  { said: ['D190'], expectation: fails(['D101']), verdict: 'wrong' },
  { said: ['D101'], expectation: fails(['D101'], 'nothing tells'), verdict: 'right' },
  { said: ['D100'], expectation: fails(['D101'], 'nothing tells'), verdict: 'wrong' },
  { said: [], expectation: fails(['D101']), verdict: 'wrong' },
  { said: ['D104'], expectation: fails(['D102']), verdict: 'right' },
] as const)('$said is $verdict for $expectation.right', ({ said, expectation, verdict }) => {
  expect(judge({ expectation, said }, false).verdict).toBe(verdict)
})

test('a site that was named tells a token without scopes from one for another app', () => {
  expect(judge({ expectation: fails(['D102']), said: ['D104'] }, true).verdict).toBe('wrong')
})

test('a command that does otherwise than the oracle says is told', () => {
  const witness = { exitCode: 0, words: '' }
  expect(contradiction({ expectation: fails(['D101']), witness })).toContain('fails, and it works')
  expect(contradiction({ expectation: { works: true, right: ['D100'] }, witness })).toBeUndefined()
})
