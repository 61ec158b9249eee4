import { expect, test } from 'vitest'
import { madePlace, SCANNED } from '../../test/support/made-plan.ts'
import type { DiagnosisCode } from '../model/diagnosis.ts'
import type { Place } from '../model/place.ts'
import { type Verdict, verdictOn } from './verdict.ts'

const hidden = (uses: Place['uses']): Place => ({
  ...madePlace('a', { uses }),
  secret: { kind: 'unknown', encoding: 'opaque' },
})

function verdict(code: DiagnosisCode, { uses = SCANNED, settledBy }: { uses?: Place['uses']; settledBy?: string[] }) {
  const settled = settledBy === undefined ? {} : { settledBy }
  return verdictOn(hidden(uses), { code, rule: 'r', details: {}, evidence: [], repairs: [], ...settled }, false)
}

test.each(['D132', 'D139'] as const)('what Jenkins itself cannot use gets a new secret: %s', (code) => {
  expect(verdict(code, {}).kind).toBe('new secret')
})

test.each<readonly [DiagnosisCode, Verdict]>([
  ['D190', { kind: 'manual', reason: 'its cause could not be told', wayOut: 'Build the job once' }],
  ['D191', { kind: 'manual', reason: 'whether it works could not be told', wayOut: 'Build the job once' }],
])('what is not known to fail is not said to have a cause: %s', (code, expected) => {
  expect(verdict(code, { settledBy: ['build the job once'] })).toEqual(expected)
})

test('what a controller hides and nothing was seen to use is settled by a token alone', () => {
  const wayOut = 'Name the token to use: keyturn plan --token NAME'
  expect(verdict('D191', { uses: [], settledBy: ['name a repository'] })).toMatchObject({ wayOut })
})
