import { evidenceOf, isRecognised, isYes } from '../answers.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'public-repository'

/** Git sends no credential for a public repository, so that fetching works with any credential and with none. */
export const publicRepository: Rule = {
  id: ID,
  judges: 'credential',
  source: 'measured with git 2.39.5: without a 401 challenge no credential is ever sent',
  examples: [
    {
      when: 'everybody can fetch it and pushing is refused',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': no('unauthorized') } },
      gives: 'D119',
    },
    {
      when: 'pushing could not be asked',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': NOT_TOLD } },
      gives: 'D119',
    },
    {
      when: 'pushing knows the credential',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': no('scope missing') } },
      gives: 'pass',
    },
    {
      when: 'it is private',
      given: { use: 'git-fetch', answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { answers } = facts
    if (facts.use !== 'git-fetch' || !isYes(answers['git-anonymous']) || isRecognised(answers['git-push']))
      return undefined
    return found(facts, ID, 'D119', {
      evidence: evidenceOf(answers, 'git-anonymous', 'git-push', 'git-sentinel'),
      settledBy: ['repeat the command with the URL of a private repository that the credential must reach'],
    })
  },
}
