import { shownUsername } from '../../bitbucket/evidence-text.ts'
import { evidenceOf, isGit, isRecognised, isRefusedPair, refusedBecause } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { changeUsername } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, API_TOKEN, no, YES } from '../sample-facts.ts'

const ID = 'rest-username'

/** REST wants the opposite of git: the e-mail, never the username. */
export const restUsername: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens; REST 401 "API token must be used with an atlassian registered email"',
  examples: [
    {
      when: 'REST asks for the e-mail',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': no('username is not the e-mail') },
      },
      gives: 'D116',
    },
    {
      when: 'the name is refused and the secret alone accepted',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': no('token invalid or expired'), 'rest-bearer': YES },
      },
      gives: 'D116',
    },
    {
      when: 'REST asks for the e-mail, and does not yet take Bearer',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': no('username is not the e-mail'), 'rest-bearer': no('token invalid or expired') },
      },
      gives: 'D116',
    },
    {
      when: 'an access token was sent as Basic',
      given: {
        use: 'rest',
        shape: ACCESS_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': no('unauthorized'), 'rest-bearer': YES },
      },
      gives: 'pass',
    },
    {
      when: 'nothing is accepted',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': no('token invalid or expired'), 'rest-bearer': no('token invalid or expired') },
      },
      gives: 'pass',
    },
    {
      when: 'the token is dead under the e-mail as well',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': no('username is not the e-mail'), 'rest-email': no('no Bitbucket scopes') },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (isGit(facts.use) || facts.shape?.kind === 'access-token' || !isWrongName(facts)) return undefined
    // The address of another account would be written, and refused as the name before it.
    const email = isRefusedPair(facts.answers['rest-email']) ? undefined : facts.email
    return found(facts, ID, 'D116', {
      details: { username: shownUsername(facts.username) },
      evidence: evidenceOf(facts.answers, 'rest-configured', 'rest-email', 'rest-bearer'),
      repairs:
        email === undefined || facts.place === undefined
          ? [
              {
                text: 'Use the e-mail of the Atlassian account that owns the token as the username, with the same secret; or send the token alone as Bearer.',
                commands: [],
              },
            ]
          : changeUsername(facts, email).slice(0, 1),
    })
  },
}

function isWrongName({ answers }: Facts): boolean {
  const configured = answers['rest-configured']
  const better = [answers['rest-email'], answers['rest-bearer']]
  if (better.some(isRecognised))
    return isRefusedPair(configured) || refusedBecause(configured, 'username is not the e-mail')
  // The text itself tells that the token is alive; only its scopes can be wrong beside the name.
  return (
    refusedBecause(configured, 'username is not the e-mail') &&
    !refusedBecause(answers['rest-email'], 'no Bitbucket scopes')
  )
}
