import { allEvidence, refusedBecause } from '../answers.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { no, YES } from '../sample-facts.ts'

const ID = 'over-user-limit'

export const overUserLimit: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/kb/fix-error-your-push-failed-because-the-account-has-exceeded-its-user-limit',
  examples: [
    {
      when: 'pushing is refused with the alert',
      given: { use: 'git-push', answers: { 'git-configured': YES, 'git-push': no('over user limit') } },
      gives: 'D129',
    },
    {
      when: 'only fetching is wanted',
      given: { use: 'git-fetch', answers: { 'git-anonymous': YES, 'git-push': no('over user limit') } },
      gives: 'pass',
    },
    { when: 'pushing works', given: { use: 'git-push', answers: { 'git-push': YES } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const { answers, use, repository } = facts
    if (use !== 'git-push' || !refusedBecause(answers['git-push'], 'over user limit')) return undefined
    const workspace = repository?.workspace ?? 'the workspace'
    return found(facts, ID, 'D129', {
      details: { workspace },
      evidence: allEvidence(answers),
      repairs: [
        {
          text: `An administrator of ${workspace} pays for more users or removes some: https://bitbucket.org/${repository?.workspace ?? 'WORKSPACE'}/workspace/settings/plans.`,
          commands: [],
        },
      ],
    })
  },
}
