import { expect, test } from 'vitest'
import type { Answers, ProbeId } from './facts.ts'
import { refusalInDoubt } from './lone-refusal.ts'
import { NOT_TOLD, no, YES } from './sample-facts.ts'

const REFUSED = no('unauthorized')
const DEAD = no('token invalid or expired')

test('before REST took API tokens as Bearer, their refusal is not in doubt', () => {
  expect(refusalInDoubt({ 'git-configured': REFUSED, 'rest-bearer': DEAD }, false)).toBe('git-configured')
})

test('an app password that works is refused under every other name', () => {
  const refused = { 'git-configured': REFUSED, 'git-sentinel': REFUSED, 'rest-email': REFUSED, 'rest-bearer': DEAD }
  expect(refusalInDoubt(refused, true, false)).toBe('git-configured')
})

test.each<{ readonly when: string; readonly given: Answers; readonly again: ProbeId | undefined }>([
  { when: 'git accepts it', given: { 'git-anonymous': REFUSED, 'git-configured': YES }, again: undefined },
  {
    when: 'it may fetch, and pushing is refused',
    given: { 'git-configured': YES, 'git-push': REFUSED },
    again: 'git-push',
  },
  {
    when: 'git refuses the stored name and takes the fixed one',
    given: { 'git-configured': REFUSED, 'git-sentinel': YES },
    again: 'git-configured',
  },
  {
    when: 'git refuses it under the fixed name, and REST knows it',
    given: { 'git-configured': REFUSED, 'git-sentinel': REFUSED, 'rest-email': no('scope missing') },
    again: 'git-sentinel',
  },
  {
    when: 'REST refuses it as it is stored, and knows it alone',
    given: { 'rest-anonymous': REFUSED, 'rest-configured': DEAD, 'rest-bearer': YES },
    again: 'rest-configured',
  },
  {
    when: 'everybody refuses it: under the e-mail a token without scopes would have been told so',
    given: { 'git-configured': REFUSED, 'rest-email': DEAD, 'rest-bearer': DEAD },
    again: 'rest-email',
  },
  {
    when: 'REST refuses it under the e-mail, which is how it is stored, and alone',
    given: { 'rest-configured': DEAD, 'rest-bearer': DEAD },
    again: 'rest-configured',
  },
  { when: 'only git was asked', given: { 'git-configured': REFUSED }, again: 'git-configured' },
  {
    when: 'REST says why',
    given: { 'git-configured': REFUSED, 'rest-email': no('no Bitbucket scopes') },
    again: undefined,
  },
  {
    when: 'only everybody was refused',
    given: { 'git-anonymous': REFUSED, 'git-configured': NOT_TOLD },
    again: undefined,
  },
])('$when: $again', ({ given, again }) => {
  expect(refusalInDoubt(given)).toBe(again)
})
