import { shownUsername } from '../../bitbucket/evidence-text.ts'
import { isGit } from '../answers.ts'
import { found } from '../found.ts'
import { changeUsername, GIT_USERNAME } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, no, YES } from '../sample-facts.ts'
import { isWrongNameInGit, nameEvidence } from '../wrong-name.ts'

const ID = 'wrong-username'

/** The username must be that of the profile page, in its case; the fixed username needs no knowledge of it. */
export const wrongUsername: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens: Bitbucket username or x-bitbucket-api-token-auth',
  examples: [
    {
      when: 'the fixed username is accepted',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'Alice',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'D107',
    },
    {
      when: 'the fixed username meets a missing permission',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'Alice',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': no('no access') },
      },
      gives: 'D107',
    },
    {
      when: 'the fixed username could not be checked',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        username: 'Alice',
        answers: { 'git-configured': no('unauthorized') },
      },
      gives: 'pass',
    },
    {
      when: 'it is accepted',
      given: { use: 'git-fetch', shape: API_TOKEN, username: 'alice', answers: { 'git-configured': YES } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (!isGit(facts.use) || facts.shape?.kind === 'access-token' || !isWrongNameInGit(facts.answers)) return undefined
    return found(facts, ID, 'D107', {
      details: { username: shownUsername(facts.username), right: GIT_USERNAME },
      evidence: nameEvidence(facts.answers),
      repairs: changeUsername(facts, GIT_USERNAME),
    })
  },
}
