import { expect, it } from 'vitest'
import { diagnosisSentence } from '../../messages/diagnoses.ts'

it.each([
  ['D116', 'REST wants the e-mail as username (D116)'],
  ['D120', 'Bitbucket refuses before the credential counts (D120)'],
  ['D131', 'Git Credential Manager drops what it stored (D131)'],
  ['D113', 'Jenkins does not find the credential (D113)'],
  ['D132', 'Branch Source does not take the credential (D132)'],
  ['D106', 'git does not take the e-mail as username (D106)'],
  ['D105', 'a scope is missing (D105)'],
])('among several causes %s keeps the capital of a name, and no other: %s', (code, words) => {
  const sentence = diagnosisSentence({ code: 'D190', details: { causes: [code] } })
  expect(sentence).toBe(`What was asked does not tell them apart: ${words}.`)
})
