import { allEvidence, gitAnswer, isYes, refusedBecause } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { giveAccess } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, no, YES } from '../sample-facts.ts'

const ID = 'no-access'

export const noAccess: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html; REST 404 "You may not have access to this repository"',
  examples: [
    { when: 'git says so', given: { use: 'git-fetch', answers: { 'git-configured': no('no access') } }, gives: 'D115' },
    {
      when: 'git may fetch and not push',
      given: { use: 'git-push', answers: { 'git-configured': YES, 'git-push': no('no access') } },
      gives: 'D115',
    },
    {
      when: 'everybody may fetch, and pushing was asked only to see whether the credential is known',
      given: { use: 'git-fetch', answers: { 'git-anonymous': YES, 'git-push': no('no access') } },
      gives: 'pass',
    },
    {
      when: 'git gives its 401 for everything and REST knows the owner but not the repository',
      given: {
        use: 'git-fetch',
        answers: {
          'git-configured': no('unauthorized'),
          'rest-email': no('scope missing'),
          'rest-repository': no('no access'),
        },
      },
      gives: 'D115',
    },
    {
      when: 'git gives its 401 for pushing to a pair that fetches: a missing scope would be told',
      given: {
        use: 'git-push',
        answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES, 'git-push': no('unauthorized') },
      },
      gives: 'D115',
    },
    {
      when: 'git refuses the pair for pushing to a repository that everybody may fetch',
      given: { use: 'git-push', answers: { 'git-anonymous': YES, 'git-push': no('unauthorized') } },
      gives: 'pass',
    },
    { when: 'REST says so', given: { use: 'rest', answers: { 'rest-configured': no('no access') } }, gives: 'D115' },
    {
      when: 'git gives its 401 for everything, and REST does not show the repository to an access token',
      given: {
        use: 'git-fetch',
        shape: ACCESS_TOKEN,
        repository: { workspace: 'acme', slug: 'app' },
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': no('no access') },
      },
      gives: 'D115',
    },
    {
      when: 'REST shows the repository',
      given: { use: 'git-fetch', answers: { 'git-configured': no('unauthorized'), 'rest-repository': YES } },
      gives: 'pass',
    },
    {
      when: 'only an anonymous question was refused',
      given: { use: 'git-fetch', answers: { 'git-anonymous': no('no access') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (!isWithoutAccess(facts)) return undefined
    const { repository } = facts
    return found(facts, ID, 'D115', {
      details: repository === undefined ? {} : { repository: `${repository.workspace}/${repository.slug}` },
      evidence: allEvidence(facts.answers),
      repairs: giveAccess(facts),
    })
  },
}

function isWithoutAccess({ use, answers }: Facts): boolean {
  if (use === 'git-fetch' && isYes(answers['git-anonymous'])) return false
  const asked = [
    gitAnswer(answers),
    answers['git-sentinel'],
    answers['rest-repository'],
    answers['rest-configured'],
    answers['rest-bearer'],
  ]
  if (use === 'git-push' && isYes(answers['git-configured']) && refusedBecause(answers['git-push'], 'unauthorized'))
    return true
  return (use === 'git-push' ? [...asked, answers['git-push']] : asked).some((answer) =>
    refusedBecause(answer, 'no access'),
  )
}
