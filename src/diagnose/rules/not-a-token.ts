import { isLongSecret } from '../../bitbucket/token-shape.ts'
import { ACCESS_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import { allEvidence, gitAnswer, isGit, isRecognised, isRefusedPair, refusedBecause } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, no, UNKNOWN_SECRET, YES } from '../sample-facts.ts'

const ID = 'not-a-token'
const REFUSED = no('unauthorized')

/** No token has its shape, and it is refused: what it was made for does not matter, for nothing of that shape signs in any more. */
export const notAToken: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/kb/getting-401-http-error-while-authenticating-to-bitbucket-cloud-rest-apis; account passwords ended on 2022-03-01',
  examples: [
    {
      when: 'git and REST refuse it',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        answers: { 'git-configured': REFUSED, 'git-sentinel': REFUSED, 'rest-bearer': REFUSED },
      },
      gives: 'D122',
    },
    {
      when: 'REST refuses it under its name and alone',
      given: { use: 'rest', shape: UNKNOWN_SECRET, answers: { 'rest-configured': REFUSED, 'rest-bearer': REFUSED } },
      gives: 'D122',
    },
    {
      when: 'Bitbucket names account passwords',
      given: { use: 'git-fetch', shape: UNKNOWN_SECRET, answers: { 'git-configured': no('account password') } },
      gives: 'D122',
    },
    {
      when: 'it has the form of an old app password and is refused as a wrong pair, not with 410',
      given: {
        use: 'git-fetch',
        shape: { ...UNKNOWN_SECRET, kind: 'app-password' },
        answers: { 'git-configured': REFUSED, 'rest-bearer': REFUSED },
      },
      gives: 'D122',
    },
    {
      when: 'it has the form of an old app password, and those still work, under the username alone',
      given: {
        use: 'rest',
        appPasswordsWork: true,
        shape: { ...UNKNOWN_SECRET, kind: 'app-password' },
        answers: { 'rest-configured': REFUSED, 'rest-bearer': REFUSED },
      },
      gives: 'pass',
    },
    {
      when: 'it may be an OAuth token: the name says so, and REST was not asked',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        username: ACCESS_TOKEN_GIT_USERNAME,
        answers: { 'git-configured': REFUSED, 'rest-bearer': REFUSED },
      },
      gives: 'pass',
    },
    {
      when: 'REST takes it alone, as it takes an OAuth token',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        answers: { 'git-configured': REFUSED, 'rest-bearer': YES },
      },
      gives: 'pass',
    },
    { when: 'it is a token', given: { shape: API_TOKEN, answers: { 'git-configured': REFUSED } }, gives: 'pass' },
    {
      when: 'it is as long as a token of OAuth, and is refused with one text for all',
      given: {
        use: 'rest',
        shape: { ...UNKNOWN_SECRET, length: 86 },
        username: 'ci',
        answers: { 'rest-configured': no('token invalid or expired') },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (!hasNoTokenShape(facts) || !isRefused(facts)) return undefined
    return found(facts, ID, 'D122', {
      evidence: [{ asked: 'What does the secret look like?', answered: 'no token' }, ...allEvidence(facts.answers)],
      repairs: replaceCredential(facts),
    })
  },
}

/** 20 letters and digits are the form of an old app password, and of many other secrets as well. */
function hasNoTokenShape({ shape, appPasswordsWork }: Facts): boolean {
  if (shape?.kind === 'app-password') return shape.checksum === 'none' && appPasswordsWork !== true
  return shape?.kind === 'unknown'
}

function isRefused(facts: Facts): boolean {
  const { answers, use } = facts
  const all = Object.values(answers)
  if (all.some((answer) => refusedBecause(answer, 'account password'))) return true
  const asked = isGit(use) ? gitAnswer(answers) : answers['rest-configured']
  if (!isRefusedPair(asked) || mayBeOAuth(facts)) return false
  return !isRecognised(answers['rest-bearer']) && !isRecognised(answers['rest-email'])
}

/** Tokens of OAuth have no shape either; only their length, their names and the challenge of REST tell of them. */
function mayBeOAuth({ answers, username, bearer, shape }: Facts): boolean {
  return (
    bearer === true ||
    isLongSecret(shape) ||
    username === ACCESS_TOKEN_GIT_USERNAME ||
    Object.values(answers).some((answer) => refusedBecause(answer, 'OAuth token expired'))
  )
}
