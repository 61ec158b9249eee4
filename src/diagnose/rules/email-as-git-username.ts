import { isGit } from '../answers.ts'
import { found } from '../found.ts'
import { changeUsername, GIT_USERNAME } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, no, YES } from '../sample-facts.ts'
import { isWrongNameInGit, nameEvidence } from '../wrong-name.ts'

const ID = 'email-as-git-username'

export const emailAsGitUsername: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens; measured in dimileeh/agent-workspace-fabric#467: e-mail 401, fixed username 200',
  examples: [
    {
      when: 'the e-mail is refused and the fixed username is accepted',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'ci@example.com',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'D106',
    },
    {
      when: 'both are refused',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'ci@example.com',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': no('unauthorized') },
      },
      gives: 'pass',
    },
    {
      when: 'the e-mail is used for REST',
      given: { use: 'rest', shape: API_TOKEN, username: 'ci@example.com', answers: { 'rest-configured': YES } },
      gives: 'pass',
    },
    {
      when: 'the username is not an e-mail',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'ci',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (!isGit(facts.use) || facts.shape?.kind === 'access-token') return undefined
    if (facts.username?.includes('@') !== true || !isWrongNameInGit(facts.answers)) return undefined
    return found(facts, ID, 'D106', {
      details: { right: GIT_USERNAME },
      evidence: nameEvidence(facts.answers),
      repairs: changeUsername(facts, GIT_USERNAME),
    })
  },
}
