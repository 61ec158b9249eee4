import { evidenceOf, isGit, isRecognised, isRefusedPair } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, API_TOKEN, no, YES } from '../sample-facts.ts'

const ID = 'bearer-refused'
const DEAD = no('token invalid or expired')

/** The form in which the secret is sent is refused, and not the secret. */
export const bearerRefused: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens, "Using Bearer authentication": since August 2026; refused before (github.com/avivsinai/bitbucket-cli/issues/30)',
  examples: [
    {
      when: 'REST refuses it alone and takes it under the e-mail',
      given: { use: 'rest', shape: API_TOKEN, bearer: true, answers: { 'rest-configured': DEAD, 'rest-email': YES } },
      gives: 'D121',
    },
    {
      when: 'it is refused under the e-mail as well',
      given: { use: 'rest', shape: API_TOKEN, bearer: true, answers: { 'rest-configured': DEAD, 'rest-email': DEAD } },
      gives: 'pass',
    },
    {
      when: 'it was sent under a name',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        username: 'alice',
        answers: { 'rest-configured': DEAD, 'rest-email': YES },
      },
      gives: 'pass',
    },
    {
      when: 'an access token goes in no other way',
      given: { use: 'rest', shape: ACCESS_TOKEN, bearer: true, answers: { 'rest-configured': DEAD } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { answers, use } = facts
    const refused = isSentAlone(facts) && isRefusedPair(answers['rest-configured'])
    if (isGit(use) || !refused || !isRecognised(answers['rest-email'])) return undefined
    return found(facts, ID, 'D121', {
      evidence: evidenceOf(answers, 'rest-configured', 'rest-email'),
      repairs: [
        {
          text: 'Let the tool send it as Basic, with the e-mail of the Atlassian account that owns the token as username. With curl: "login E-MAIL password TOKEN" in a netrc file of mode 0600, and --netrc-file.',
          commands: [],
        },
      ],
    })
  },
}

function isSentAlone({ bearer, username }: Facts): boolean {
  return bearer === true || username === undefined
}
