import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { isRecognised } from '../answers.ts'
import { newTokenForScan } from '../branch-source-repairs.ts'
import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { chainOf, findingsOf, no } from '../sample-facts.ts'

const ID = 'jenkins-blank-secret'
const FAILED = { number: 3, result: 'FAILURE', text: '' }
const REFUSED = { kind: 'failed', words: 'fatal: Authentication failed' } as const
const ACCOUNT_PASSWORD = {
  kind: 'failed',
  words: 'remote: Bitbucket Cloud recently stopped supporting account passwords for Git authentication.',
} as const
const BLANK = { shortest: 0, longest: 15 }

/** Shorter than every secret that Bitbucket issued: the oldest app passwords have 20 characters. */
const SHORTEST_SECRET = 20

/** Jenkins shows a credential with a mark in place of its secret; posted back, the mark is stored as the secret, with status 200. */
export const jenkinsBlankSecret: Rule = {
  id: ID,
  judges: 'credential',
  source: 'credentials-plugin, CredentialsStoreAction; executed with XStream2 and Secret of Jenkins core 2.568',
  examples: [
    {
      when: 'one block is stored, and the job fails',
      given: { jenkins: findingsOf({ storedSecret: BLANK, lastBuild: FAILED }) },
      gives: 'D139',
    },
    {
      when: 'git on the controller is told of account passwords',
      given: { jenkins: findingsOf({ storedSecret: BLANK, checkUrl: { without: REFUSED, with: ACCOUNT_PASSWORD } }) },
      gives: 'D122',
    },
    {
      when: 'the build was told of account passwords',
      given: { jenkins: findingsOf({ storedSecret: BLANK, lastBuild: { ...FAILED, text: ACCOUNT_PASSWORD.words } }) },
      gives: 'D122',
    },
    {
      when: 'a whole token is stored',
      given: { jenkins: findingsOf({ storedSecret: { shortest: 192, longest: 207 }, lastBuild: FAILED }) },
      gives: 'pass',
    },
    {
      when: 'an app password of the older form is stored',
      given: { jenkins: findingsOf({ storedSecret: { shortest: 16, longest: 31 }, lastBuild: FAILED }) },
      gives: 'pass',
    },
    {
      when: 'the job works all the same',
      given: { jenkins: findingsOf({ storedSecret: BLANK, lastBuild: { ...FAILED, result: 'SUCCESS' } }) },
      gives: 'pass',
    },
    {
      when: 'the agent sends one of its own, which Bitbucket knows and does not let in',
      given: {
        jenkins: findingsOf({ storedSecret: BLANK, lastBuild: FAILED }),
        chain: chainOf([{ kind: 'netrc' }]),
        chainAnswer: no('no access'),
      },
      gives: 'pass',
    },
    { when: 'the length was not shown', given: { jenkins: findingsOf({ lastBuild: FAILED }) }, gives: 'pass' },
  ],
  decide: (facts) => {
    const { jenkins, chainAnswer } = facts
    // Git stops there, and never asks for the credential of the job.
    if (chainAnswer?.kind === 'no' && isRecognised(chainAnswer)) return undefined
    if (jenkins?.storedSecret === undefined || jenkins.storedSecret.longest >= SHORTEST_SECRET) return undefined
    if (jenkinsOutcome(jenkins, facts) === 'works') return undefined
    const isPassword = namesAccountPasswords(jenkins)
    return found(facts, ID, isPassword ? 'D122' : 'D139', {
      details: isPassword ? {} : { id: jenkins.credentialId ?? '' },
      evidence: [
        {
          asked: 'How long is the stored secret?',
          answered: `at most ${jenkins.storedSecret.longest} characters: one block of its ciphertext`,
        },
        ...jenkinsEvidence(jenkins),
      ],
      repairs: jenkins.branchSource === undefined ? replaceCredential(facts) : newTokenForScan(facts),
    })
  },
}

/** Said to a secret that has the form of no token, and not to an empty one. */
function namesAccountPasswords({ checkUrl, lastBuild }: JenkinsFindings): boolean {
  const words = checkUrl?.with.kind === 'failed' ? checkUrl.with.words : (lastBuild?.text ?? '')
  return /stopped supporting account passwords/i.test(words)
}
