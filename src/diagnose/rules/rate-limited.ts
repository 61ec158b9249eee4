import type { Answer } from '../../model/answer.ts'
import { gitAnswer, isGit } from '../answers.ts'
import type { Facts } from '../facts.ts'
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
    {
      when: 'git refuses the pair, and REST, which would tell why, is limited',
      given: { use: 'git-fetch', answers: { 'git-configured': no('unauthorized'), 'rest-email': LIMITED } },
      gives: 'pass',
    },
    {
      when: 'nobody may ask REST any more, and the credential is answered',
      given: { use: 'rest', answers: { 'rest-anonymous': LIMITED, 'rest-configured': no('unauthorized') } },
      gives: 'pass',
    },
    { when: 'all is answered', given: { answers: { 'git-configured': YES } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const limited = limitedAnswer(facts)
    if (limited === undefined) return undefined
    return found(facts, ID, 'D128', {
      evidence: [limited.evidence],
      repairs: [
        {
          text: 'Wait up to an hour, then repeat the command. What asks so often is found with the name of the account: all its tokens share one budget.',
          commands: [],
        },
      ],
    })
  },
}

/** Only what the command itself would be told is its cause; beside it a limit leaves the question open. */
function limitedAnswer({ use, answers }: Facts): Answer | undefined {
  const told = isGit(use)
    ? [gitAnswer(answers) ?? answers['git-anonymous'], ...(use === 'git-push' ? [answers['git-push']] : [])]
    : [answers['rest-configured'] ?? answers['rest-anonymous']]
  return told.find((answer) => answer?.kind === 'unknown' && answer.reason === 'rate limited')
}
