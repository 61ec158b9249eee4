import type { Evidence } from '../../model/answer.ts'
import { evidenceOf, isGit, isYes } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { findingsOf, NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'all-right'
const BUILD = { number: 4, text: '' }

export const allRight: Rule = {
  id: ID,
  judges: 'credential',
  source: 'info/refs of git over HTTPS answers 200 to an authenticated request, after an anonymous one was refused',
  examples: [
    {
      when: 'git accepts it for fetching',
      given: { use: 'git-fetch', answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES } },
      gives: 'D100',
    },
    {
      when: 'git accepts it for pushing',
      given: {
        use: 'git-push',
        answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES, 'git-push': YES },
      },
      gives: 'D100',
    },
    {
      when: 'pushing could not be checked',
      given: {
        use: 'git-push',
        answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES, 'git-push': NOT_TOLD },
      },
      gives: 'pass',
    },
    { when: 'REST accepts it', given: { use: 'rest', answers: { 'rest-configured': YES } }, gives: 'D100' },
    {
      when: 'REST answers everybody',
      given: { use: 'rest', answers: { 'rest-anonymous': YES, 'rest-configured': YES } },
      gives: 'pass',
    },
    {
      when: 'everybody can fetch, and it is accepted for pushing',
      given: { use: 'git-fetch', answers: { 'git-anonymous': YES, 'git-push': YES } },
      gives: 'D100',
    },
    {
      when: 'everybody can fetch, and it misses a scope for pushing',
      given: { use: 'git-fetch', answers: { 'git-anonymous': YES, 'git-push': no('scope missing') } },
      gives: 'pass',
    },
    {
      when: 'the last build of the job succeeded',
      given: { use: 'git-fetch', jenkins: findingsOf({ lastBuild: { ...BUILD, result: 'SUCCESS' } }), answers: {} },
      gives: 'D100',
    },
    {
      when: 'Bitbucket accepts it but the build fails',
      given: {
        use: 'git-fetch',
        jenkins: findingsOf({ lastBuild: { ...BUILD, result: 'FAILURE' } }),
        answers: { 'git-configured': YES },
      },
      gives: 'pass',
    },
    {
      when: 'the controller connects with it and not without it',
      given: {
        use: 'git-fetch',
        jenkins: findingsOf({ checkUrl: { without: { kind: 'failed', words: '' }, with: { kind: 'connected' } } }),
        answers: {},
      },
      gives: 'D100',
    },
    { when: 'only everybody can fetch', given: { use: 'git-fetch', answers: { 'git-anonymous': YES } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const evidence = proof(facts)
    return evidence === undefined ? undefined : found(facts, ID, 'D100', { details: { use: facts.use }, evidence })
  },
}

function proof(facts: Facts): readonly Evidence[] | undefined {
  const { jenkins, answers } = facts
  if (jenkins !== undefined) return jenkinsOutcome(jenkins, facts) === 'works' ? jenkinsEvidence(jenkins) : undefined
  return isAccepted(facts)
    ? evidenceOf(answers, 'git-anonymous', 'git-configured', 'git-push', 'rest-anonymous', 'rest-configured')
    : undefined
}

/** What everybody may read proves nothing, unless Bitbucket names the credential that came along. */
function isOpenToAll(answers: Facts['answers']): boolean {
  const configured = answers['rest-configured']
  const isNamed = configured !== undefined && 'credentialType' in configured && configured.credentialType !== undefined
  return isYes(answers['rest-anonymous']) && !isNamed
}

function isAccepted({ use, answers }: Facts): boolean {
  if (!isGit(use)) return isYes(answers['rest-configured']) && !isOpenToAll(answers)
  if (use === 'git-push') return isYes(answers['git-push'])
  return isYes(answers['git-anonymous']) ? isYes(answers['git-push']) : isYes(answers['git-configured'])
}
