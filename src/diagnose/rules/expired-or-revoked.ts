import { allEvidence, gitAnswer, isGit, isRefusedPair } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { isRefusedByGit } from '../open-question.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, API_TOKEN, no, UNKNOWN_SECRET, YES } from '../sample-facts.ts'

const ID = 'expired-or-revoked'
const DEAD = no('token invalid or expired')
const REFUSED = no('unauthorized')

/**
 * A whole token that git refuses under the fixed username and REST refuses both under the e-mail and alone. The e-mail must have been
 * asked: only there has a token without Bitbucket scopes a text of its own.
 */
export const expiredOrRevoked: Rule = {
  id: ID,
  judges: 'credential',
  source: 'REST 401 "Token is invalid, expired, or not supported for this endpoint." under the e-mail and as Bearer',
  examples: [
    {
      when: 'git, e-mail and Bearer refuse it',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        answers: { 'git-configured': REFUSED, 'rest-email': DEAD, 'rest-bearer': DEAD },
      },
      gives: 'D108',
    },
    {
      when: 'the e-mail is not known',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-configured': REFUSED, 'rest-bearer': DEAD } },
      gives: 'pass',
    },
    {
      when: 'the same, at a time when REST had one text for every fault of a token',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        genericTexts: true,
        answers: { 'git-configured': REFUSED, 'rest-email': DEAD, 'rest-bearer': DEAD },
      },
      gives: 'pass',
    },
    {
      when: 'Bearer is accepted',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        answers: { 'git-configured': REFUSED, 'rest-email': DEAD, 'rest-bearer': YES },
      },
      gives: 'pass',
    },
    {
      when: 'an access token is refused by git and as Bearer',
      given: { use: 'git-fetch', shape: ACCESS_TOKEN, answers: { 'git-configured': REFUSED, 'rest-bearer': REFUSED } },
      gives: 'D108',
    },
    {
      when: 'REST refuses it under its e-mail and alone',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'a@example.com',
        answers: { 'rest-configured': DEAD, 'rest-bearer': DEAD },
      },
      gives: 'D108',
    },
    {
      when: 'the secret is of no known kind',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        answers: { 'git-configured': REFUSED, 'rest-email': REFUSED, 'rest-bearer': REFUSED },
      },
      gives: 'pass',
    },
    {
      when: 'the checksum was not looked at because REST was not asked',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-configured': REFUSED } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (!isDead(facts)) return undefined
    return found(facts, ID, 'D108', {
      evidence: allEvidence(facts.answers),
      repairs: replaceCredential(facts),
      settledBy: [
        'whether it expired or was revoked: the list at https://id.atlassian.com/manage-profile/security/api-tokens shows the tokens that exist and when they expire',
        'a token that is still in that list was made without scopes (D102) or for another app (D103), or the e-mail is not that of its owner, or the account of its owner is deactivated; REST has had one text for all of these',
      ],
    })
  },
}

function isDead(facts: Facts): boolean {
  const { answers, shape, use } = facts
  if (shape?.kind !== 'api-token' && shape?.kind !== 'access-token') return false
  if (isGit(use) && gitAnswer(answers) !== undefined && !isRefusedByGit(answers)) return false
  if (!isRefusedPair(alone(facts))) return false
  // One text for every fault: a token that is whole may as well have no scopes.
  return shape.kind === 'access-token' || (facts.genericTexts !== true && isRefusedPair(byEmail(facts)))
}

function alone({ answers, bearer }: Facts) {
  return answers['rest-bearer'] ?? (bearer === true ? answers['rest-configured'] : undefined)
}

function byEmail({ answers, username }: Facts) {
  return answers['rest-email'] ?? (username?.includes('@') === true ? answers['rest-configured'] : undefined)
}
