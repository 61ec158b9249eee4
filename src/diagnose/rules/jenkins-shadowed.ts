import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { isRecognised } from '../answers.ts'
import { appPasswordEvidence, isEnd } from '../app-password-evidence.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { deleteNearer } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { isRefusedForAnotherReason } from '../jenkins-words.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { chainOf, findingsOf, no } from '../sample-facts.ts'

const ID = 'jenkins-shadowed'
const SHADOWED = {
  kind: 'found',
  store: 'folder team',
  typeName: 'Username with password',
  username: 'alice',
  shadows: ['system'],
} as const
const FAILED = { number: 3, result: 'FAILURE', text: '' }
const REFUSED = { kind: 'failed', words: 'fatal: Authentication failed' } as const
const TWO_STEP = {
  kind: 'failed',
  words: 'remote: To access this repository, enable two-step authentication.',
} as const

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
    {
      when: 'Bitbucket knows the nearer one, and the workspace wants two-step verification',
      given: { jenkins: findingsOf({ resolution: SHADOWED, checkUrl: { without: REFUSED, with: TWO_STEP } }) },
      gives: 'pass',
    },
    {
      when: 'Bitbucket knows the nearer one, and it may not see the repository',
      given: {
        jenkins: findingsOf({ resolution: SHADOWED, lastBuild: FAILED }),
        log: { origin: 'build', findings: [{ id: 'A25', line: '' }] },
      },
      gives: 'pass',
    },
    {
      when: 'the agent sends one of its own, which is refused',
      given: {
        jenkins: findingsOf({ resolution: SHADOWED, lastBuild: FAILED }),
        chain: chainOf([{ kind: 'netrc' }]),
        chainAnswer: no('no access'),
      },
      gives: 'pass',
    },
    {
      when: 'the agent sends one of its own, which may not see the repository, and the nearer one is dead as well',
      given: {
        jenkins: findingsOf({ resolution: SHADOWED, lastBuild: FAILED, checkUrl: { without: REFUSED, with: REFUSED } }),
        chain: chainOf([{ kind: 'netrc' }]),
        chainAnswer: no('no access'),
      },
      gives: 'pass',
    },
    {
      when: 'the build was answered 410, and the controller with the nearer one 401: the agent sends an app password of its own',
      given: {
        jenkins: findingsOf({ resolution: SHADOWED, lastBuild: FAILED, checkUrl: { without: REFUSED, with: REFUSED } }),
        log: { origin: 'build', findings: [{ id: 'L7', line: '' }] },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins } = facts
    if (jenkins?.resolution.kind !== 'found' || jenkins.resolution.shadows.length === 0) return undefined
    if (jenkinsOutcome(jenkins, facts) !== 'fails' || !isNearerRefused(facts, jenkins)) return undefined
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

/** An app password that the controller does not have. */
function isEndOnAgent({ log }: Facts, { checkUrl, lastBuild }: JenkinsFindings): boolean {
  const hasEnded = lastBuild !== undefined && log?.findings.some(({ id }) => id === 'L7') === true
  return hasEnded && checkUrl?.with.kind === 'failed' && !isEnd(checkUrl.with)
}

/** Hiding another one is a fault where the nearer one is refused for what it is. */
function isNearerRefused(facts: Facts, jenkins: JenkinsFindings): boolean {
  const { chainAnswer } = facts
  // After anything but a 401, git stops with what the agent sends, whatever the controller is answered.
  const isOfAgent =
    chainAnswer?.kind === 'no' && (isRecognised(chainAnswer) || jenkins.checkUrl?.with.kind !== 'failed')
  return !isOfAgent && !isEndOnAgent(facts, jenkins) && !isRefusedForAnotherReason(facts, jenkins)
}
