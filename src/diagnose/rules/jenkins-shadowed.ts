import { appPasswordEvidence } from '../app-password-evidence.ts'
import { found } from '../found.ts'
import { deleteNearer } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { findingsOf } from '../sample-facts.ts'

const ID = 'jenkins-shadowed'
const SHADOWED = {
  kind: 'found',
  store: 'folder team',
  typeName: 'Username with password',
  username: 'alice',
  shadows: ['system'],
} as const
const FAILED = { number: 3, result: 'FAILURE', text: '' }

/** The nearest folder wins, so that a new secret in the system store never reaches the job. */
export const jenkinsShadowed: Rule = {
  id: ID,
  judges: 'route',
  source:
    'credentials plugin, CredentialsProvider.java and CredentialsMatchers.firstOrNull: item, folders upwards, then system',
  examples: [
    {
      when: 'a folder holds the same id and the job fails',
      given: { jenkins: findingsOf({ resolution: SHADOWED, lastBuild: FAILED }) },
      gives: 'D114',
    },
    {
      when: 'a folder holds the same id and the job works',
      given: { jenkins: findingsOf({ resolution: SHADOWED, lastBuild: { ...FAILED, result: 'SUCCESS' } }) },
      gives: 'pass',
    },
    { when: 'only the system holds the id', given: { jenkins: findingsOf({ lastBuild: FAILED }) }, gives: 'pass' },
  ],
  decide: (facts) => {
    const { jenkins } = facts
    if (jenkins?.resolution.kind !== 'found' || jenkins.resolution.shadows.length === 0) return undefined
    if (jenkinsOutcome(jenkins) !== 'fails') return undefined
    const { store, shadows } = jenkins.resolution
    const id = jenkins.credentialId ?? ''
    return found(facts, ID, 'D114', {
      details: { id, store, hidden: [...shadows], job: jenkins.item ?? '' },
      evidence: jenkinsEvidence(jenkins),
      repairs: [
        // Where the nearer one is known to be an app password, its own diagnosis says how to replace it.
        ...(appPasswordEvidence(facts) === undefined ? replaceCredential(facts) : []),
        ...(store.startsWith('folder ') ? [deleteNearer(jenkins, store, id)] : []),
      ],
    })
  },
}
