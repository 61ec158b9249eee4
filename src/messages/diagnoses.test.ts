import { expect, test } from 'vitest'
import type { DiagnosisCode } from '../model/diagnosis.ts'
import { DIAGNOSIS_WORDS, diagnosisSentence, explainDiagnosis, isDiagnosisCode } from './diagnoses.ts'

const CODES = Object.keys(DIAGNOSIS_WORDS).filter(isDiagnosisCode)

test.each(CODES)('%s is worded as the house words things', (code) => {
  const { headline, why, sentence } = DIAGNOSIS_WORDS[code]
  const details = { username: 'alice', right: 'x', causes: ['D102', 'D108'], missing: ['read'], reasons: ['timed out'] }
  expect(headline).not.toMatch(/\.$/)
  expect(why).toMatch(/\. Source: .+\.$/)
  for (const text of [headline, why, sentence(details), sentence({})]) {
    expect(text).not.toMatch(/!|\b(please|simply|just|oops|sorry)\b|\b\w+n't\b/i)
    expect(text).not.toMatch(/undefined|\[object/)
  }
})

test('headlines tell codes apart', () => {
  const headlines = CODES.map((code) => DIAGNOSIS_WORDS[code].headline)
  expect(new Set(headlines).size).toBe(headlines.length)
})

test.each<{
  readonly code: DiagnosisCode
  readonly details: Record<string, string | readonly string[]>
  readonly says: string
}>([
  { code: 'D100', details: { use: 'git-fetch' }, says: 'Bitbucket accepts it for fetching with git.' },
  {
    code: 'D105',
    details: { use: 'git-push', missing: ['a', 'b'] },
    says: 'For pushing with git the token lacks a, b.',
  },
  { code: 'D118', details: { open: 'perhaps' }, says: 'Nothing on the way holds a credential for it.' },
  {
    code: 'D190',
    details: { causes: ['D102', 'the agent sends its own'] },
    says: 'What was asked does not tell them apart: the API token has no scopes (D102); the agent sends its own.',
  },
])('$code: $says', ({ code, details, says }) => {
  expect(diagnosisSentence({ code, details })).toBe(says)
})

test('an explanation names the code, the reason, the evidence, the repair and the source', () => {
  expect(explainDiagnosis('D119')).toEqual([
    'D119  The repository is public, so nothing was proved',
    '',
    'Git sends a credential only after it was asked for one with 401, which a public repository does not do.',
    '',
    'Told apart by: the anonymous request is answered, and pushing does not know the credential.',
    'Repair: ask with a private repository.',
    'Source: measured with git 2.39.5 (test/clients).',
    'More: docs/decision-table.md',
  ])
})
