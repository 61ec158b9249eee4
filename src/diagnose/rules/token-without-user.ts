import { evidenceText } from '../../bitbucket/evidence-text.ts'
import { evidenceOf, refusedBecause } from '../answers.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, no, YES } from '../sample-facts.ts'

const ID = 'token-without-user'

export const tokenWithoutUser: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/using-access-tokens; 403 with x-credential-type: repo_access_token',
  examples: [
    {
      when: 'the tool asks for the user of an access token',
      given: {
        use: 'rest',
        shape: ACCESS_TOKEN,
        restPath: '/2.0/user',
        answers: { 'rest-configured': no('needs a resource') },
      },
      gives: 'D125',
    },
    {
      when: 'git was asked, and /2.0/user only beside it',
      given: {
        use: 'git-fetch',
        shape: ACCESS_TOKEN,
        answers: { 'git-configured': YES, 'rest-bearer': no('needs a resource') },
      },
      gives: 'pass',
    },
    {
      when: 'it is refused',
      given: { use: 'rest', shape: ACCESS_TOKEN, answers: { 'rest-configured': no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (!refusedBecause(facts.answers['rest-configured'], 'needs a resource')) return undefined
    return found(facts, ID, 'D125', {
      details: { path: evidenceText(facts.restPath ?? '/2.0/user') },
      evidence: evidenceOf(facts.answers, 'rest-configured'),
      repairs: [
        {
          text: 'Check the token with its repository instead: https://api.bitbucket.org/2.0/repositories/WORKSPACE/REPOSITORY. A tool that cannot do without a user needs an API token.',
          commands: [],
        },
      ],
    })
  },
}
