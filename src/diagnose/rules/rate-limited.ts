import type { Answer } from '../../model/answer.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'rate-limited'
const LIMITED: Answer = { kind: 'unknown', reason: 'rate limited', evidence: NOT_TOLD.evidence }

/** No statement about the credential; it comes after every rule that has a statement. */
export const rateLimited: Rule = {
  id: ID,
  judges: 'credential',
  source: 'support.atlassian.com/bitbucket-cloud/docs/api-request-limits; 429 as text/plain, without Retry-After',
  examples: [
    { when: 'git is limited', given: { answers: { 'git-configured': LIMITED } }, gives: 'D128' },
    { when: 'REST is limited', given: { use: 'rest', answers: { 'rest-configured': LIMITED } }, gives: 'D128' },
    {
      when: 'another answer could not be had',
      given: { answers: { 'git-anonymous': no('unauthorized'), 'git-configured': NOT_TOLD } },
      gives: 'pass',
    },
    { when: 'all is answered', given: { answers: { 'git-configured': YES } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const limited = Object.values(facts.answers).filter(
      (answer) => answer.kind === 'unknown' && answer.reason === 'rate limited',
    )
    if (limited.length === 0) return undefined
    return found(facts, ID, 'D128', {
      evidence: limited.map(({ evidence }) => evidence),
      repairs: [
        {
          text: 'Wait up to an hour, then repeat the command. What asks so often is found with the name of the account: all its tokens share one budget.',
          commands: [],
        },
      ],
    })
  },
}
