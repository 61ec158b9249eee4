import { allEvidence, refusedBecause } from '../answers.ts'
import { found } from '../found.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, no, UNKNOWN_SECRET } from '../sample-facts.ts'

const ID = 'oauth-ended'
const ENDED = no('OAuth token expired')

export const oauthEnded: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'developer.atlassian.com/cloud/bitbucket/oauth-2: access tokens live for two hours; REST 401 "Access token expired."',
  examples: [
    {
      when: 'REST says that it expired',
      given: { use: 'rest', shape: UNKNOWN_SECRET, answers: { 'rest-configured': ENDED } },
      gives: 'D123',
    },
    {
      when: 'git refuses it, and REST says why',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': ENDED },
      },
      gives: 'D123',
    },
    {
      when: 'it is an access token of a repository, which a person replaces',
      given: { use: 'rest', shape: ACCESS_TOKEN, answers: { 'rest-configured': ENDED } },
      gives: 'pass',
    },
    {
      when: 'it is refused without that text',
      given: { use: 'rest', shape: UNKNOWN_SECRET, answers: { 'rest-configured': no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const isEnded = Object.values(facts.answers).some((answer) => refusedBecause(answer, 'OAuth token expired'))
    if (!isEnded || facts.shape?.kind === 'access-token') return undefined
    const renew = {
      text: 'The tool asks for a new one with its OAuth consumer, which is not affected. If the token was pasted into a setting, that setting cannot work for longer than two hours; an API token takes its place.',
      commands: [],
    }
    return found(facts, ID, 'D123', {
      evidence: allEvidence(facts.answers),
      repairs: [renew, ...replaceCredential(facts)],
    })
  },
}
