import { shownUsername } from '../../bitbucket/evidence-text.ts'
import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import { evidenceOf, gitAnswer, isGit, isRecognised, isRefusedPair } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { changeUsername } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, API_TOKEN, no, UNKNOWN_SECRET, YES } from '../sample-facts.ts'
import { isWrongNameInGit, nameEvidence } from '../wrong-name.ts'

const ID = 'username-of-other-kind'

/** Access tokens and API tokens have fixed usernames of their own, and tools mix them up. */
export const usernameOfOtherKind: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/using-access-tokens (x-token-auth) and …/using-api-tokens (x-bitbucket-api-token-auth)',
  examples: [
    {
      when: 'an access token has the name of an API token',
      given: {
        use: 'git-fetch',
        shape: ACCESS_TOKEN,
        username: API_TOKEN_GIT_USERNAME,
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'D117',
    },
    {
      when: 'an API token has the name of an access token',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: ACCESS_TOKEN_GIT_USERNAME,
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'D117',
    },
    {
      when: 'a token of OAuth goes with the name of an access token',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        username: 'alice',
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': YES },
      },
      gives: 'D117',
    },
    {
      when: 'REST takes an access token as Bearer only',
      given: {
        use: 'rest',
        shape: ACCESS_TOKEN,
        username: 'ci',
        answers: { 'rest-configured': no('unauthorized'), 'rest-bearer': YES },
      },
      gives: 'D117',
    },
    {
      when: 'REST takes a token of OAuth as Bearer only',
      given: {
        use: 'rest',
        shape: UNKNOWN_SECRET,
        username: 'ci',
        answers: {
          'rest-configured': no('token invalid or expired'),
          'rest-email': no('token invalid or expired'),
          'rest-bearer': YES,
        },
      },
      gives: 'D117',
    },
    {
      when: 'the name fits',
      given: {
        use: 'git-fetch',
        shape: ACCESS_TOKEN,
        username: ACCESS_TOKEN_GIT_USERNAME,
        answers: { 'git-configured': YES },
      },
      gives: 'pass',
    },
    {
      when: 'an API token has a wrong Bitbucket username',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'ci',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => (isGit(facts.use) ? inGit(facts) : onRest(facts)),
}

function inGit(facts: Facts) {
  if (isOAuthUnderOtherName(facts)) return underOtherName(facts, ACCESS_TOKEN_GIT_USERNAME, 'an OAuth token')
  const isAccess = facts.shape?.kind === 'access-token'
  const isMixedUp = isAccess || facts.username === ACCESS_TOKEN_GIT_USERNAME
  if (!isMixedUp || !isWrongNameInGit(facts.answers)) return undefined
  return isAccess
    ? underOtherName(facts, ACCESS_TOKEN_GIT_USERNAME, 'an access token')
    : underOtherName(facts, API_TOKEN_GIT_USERNAME, 'an API token')
}

/** A secret without a shape that REST takes alone: nothing but a token of OAuth is like that. */
function isOAuthUnderOtherName({ shape, answers, username }: Facts): boolean {
  const isOther = shape?.kind === 'unknown' && username !== ACCESS_TOKEN_GIT_USERNAME
  return isOther && isRefusedPair(gitAnswer(answers)) && isRecognised(answers['rest-bearer'])
}

function underOtherName(facts: Facts, right: string, kind: string) {
  return found(facts, ID, 'D117', {
    details: { username: shownUsername(facts.username), right, kind },
    evidence: [...nameEvidence(facts.answers), ...evidenceOf(facts.answers, 'rest-bearer')],
    repairs: changeUsername(facts, right),
  })
}

function onRest(facts: Facts) {
  const { answers, shape } = facts
  const isAccess = shape?.kind === 'access-token'
  if (!isAccess && (shape?.kind !== 'unknown' || isRecognised(answers['rest-email']))) return undefined
  if (!isRefusedPair(answers['rest-configured']) || !isRecognised(answers['rest-bearer'])) return undefined
  return found(facts, ID, 'D117', {
    details: {
      username: shownUsername(facts.username),
      right: 'no username, as Bearer',
      kind: isAccess ? 'an access token' : 'an OAuth token',
    },
    evidence: evidenceOf(answers, 'rest-configured', 'rest-bearer'),
    repairs: [
      {
        text: 'Send the token alone, in the header "Authorization: Bearer"; REST takes access tokens and OAuth tokens in no other way.',
        commands: [],
      },
    ],
  })
}
