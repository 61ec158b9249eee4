import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { findingsOf } from '../sample-facts.ts'

const ID = 'jenkins-owned-by-code'
const FAILED = { number: 3, result: 'FAILURE', text: '' }
const OWNED = { sources: ['/var/jenkins_home/jenkins.yaml'] }

/** A change through the page, or by keyturn, lasts until Jenkins is started again. */
export const jenkinsOwnedByCode: Rule = {
  id: ID,
  judges: 'owner',
  source: 'configuration-as-code-plugin, issue 384 and pull request 556',
  examples: [
    {
      when: 'the job fails with a credential that the YAML holds',
      given: { jenkins: findingsOf({ ownedByCode: OWNED, lastBuild: FAILED }) },
      gives: 'D138',
    },
    {
      when: 'it was not built',
      given: { jenkins: findingsOf({ ownedByCode: { sources: [] } }) },
      gives: 'D138',
    },
    {
      when: 'the job works',
      given: { jenkins: findingsOf({ ownedByCode: OWNED, lastBuild: { ...FAILED, result: 'SUCCESS' } }) },
      gives: 'pass',
    },
    { when: 'no YAML holds it', given: { jenkins: findingsOf({ lastBuild: FAILED }) }, gives: 'pass' },
  ],
  decide: (facts) => {
    const { jenkins } = facts
    if (jenkins?.ownedByCode === undefined || jenkinsOutcome(jenkins, facts) === 'works') return undefined
    const { sources } = jenkins.ownedByCode
    return found(facts, ID, 'D138', {
      details: { id: jenkins.credentialId ?? '', sources: [...sources] },
      evidence: [
        {
          asked: 'Where is the configuration of the controller loaded from?',
          answered: sources.length === 0 ? 'from YAML; its export holds the id' : sources.join(', '),
        },
        ...jenkinsEvidence(jenkins).slice(0, 1),
      ],
      repairs: [
        {
          text: `Write the new username and the new secret where the YAML takes them from (${sources[0] ?? 'the file, or the variable that it names'}), and load it again: Manage Jenkins, Configuration as Code, Reload.`,
          commands: [],
        },
      ],
    })
  },
}
