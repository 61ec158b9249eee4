import type { Diagnosis } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { branchSourceKind, isEmail } from '../branch-source-kind.ts'
import { newTokenForScan, scanAgain } from '../branch-source-repairs.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import { changeUsername } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, APP_PASSWORD, findingsOf } from '../sample-facts.ts'
import { BRANCH_SOURCE_PLUGIN, isAtLeast, REFUSES_PLAIN_PAIRS } from '../version-floors.ts'

const ID = 'jenkins-branch-source'
const REFUSED = { kind: 'failed', words: 'Selected credentials does not match any criteria' } as const
const MISSING = { kind: 'failed', words: 'Credentials bb not found.' } as const
const PLUGINS = { [BRANCH_SOURCE_PLUGIN]: '937.3.9' }
const EMAIL = {
  kind: 'found',
  store: 'system',
  typeName: 'Username with password',
  username: 'ci@example.com',
  shadows: [],
} as const

/** Since 937.3.4 a pair that is no API token is left out for Bitbucket Cloud: REST goes on without a credential, and says nothing. */
export const jenkinsBranchSource: Rule = {
  id: ID,
  judges: 'credential',
  source: 'bitbucket-branch-source-plugin, pull request 1220, and BitbucketUserAPITokenCredentialMatcher',
  examples: [
    {
      when: 'the form of the plugin does not take it',
      given: { jenkins: findingsOf({ branchSource: { workspace: 'acme', check: REFUSED } }) },
      gives: 'D132',
    },
    {
      when: 'the form was not shown, and the name that is stored is no e-mail',
      given: { shape: API_TOKEN, jenkins: findingsOf({ branchSource: { workspace: 'acme' }, plugins: PLUGINS }) },
      gives: 'D132',
    },
    {
      when: 'the form was not shown, and the token that was given is an API token under the e-mail',
      given: {
        shape: API_TOKEN,
        jenkins: findingsOf({ branchSource: { workspace: 'acme' }, plugins: PLUGINS, resolution: EMAIL }),
      },
      gives: 'pass',
    },
    {
      when: 'the form takes it',
      given: { jenkins: findingsOf({ branchSource: { workspace: 'acme', check: { kind: 'connected' } } }) },
      gives: 'pass',
    },
    {
      when: 'the form does not know the id',
      given: { jenkins: findingsOf({ branchSource: { workspace: 'acme', check: MISSING } }) },
      gives: 'pass',
    },
    {
      when: 'the plugin takes every pair',
      given: {
        shape: API_TOKEN,
        jenkins: findingsOf({ branchSource: { workspace: 'acme' }, plugins: { [BRANCH_SOURCE_PLUGIN]: '937.3.3' } }),
      },
      gives: 'pass',
    },
    {
      when: 'what is stored is an app password',
      given: {
        shape: APP_PASSWORD,
        jenkins: findingsOf({ branchSource: { workspace: 'acme', check: REFUSED } }),
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins, shape } = facts
    if (jenkins?.branchSource === undefined || jenkins.resolution.kind !== 'found') return undefined
    // What is wrong with the secret itself is said by its own rule; the form refuses it too.
    if (shape !== undefined && (shape.kind !== 'api-token' || shape.checksum === 'does not fit')) return undefined
    return isRefused(facts, jenkins) ? refused(facts, jenkins) : undefined
  },
}

/** The controller's own check looks at what is stored; the lengths are looked at here only where it is not shown. */
function isRefused({ shape }: Facts, jenkins: JenkinsFindings): boolean {
  const check = jenkins.branchSource?.check
  if (check !== undefined) return check.kind === 'failed' && /does not match|Invalid credentials/i.test(check.words)
  const version = jenkins.plugins[BRANCH_SOURCE_PLUGIN]
  if (shape === undefined || version === undefined || !isAtLeast(version, REFUSES_PLAIN_PAIRS)) return false
  const username = usernameOf(jenkins)
  return username !== undefined && branchSourceKind({ username, secret: { shape } }) === 'plain pair'
}

function refused(facts: Facts, jenkins: JenkinsFindings): Diagnosis {
  const username = usernameOf(jenkins)
  const isNamed = username !== undefined && isEmail(username)
  const problem = isNamed
    ? `Its password has not the 192 characters of an API token`
    : `Its username is ${username ?? 'not shown'}, and not the e-mail of the owner`
  return found(facts, ID, 'D132', {
    details: { problem, id: jenkins.credentialId ?? '' },
    evidence: jenkinsEvidence(jenkins),
    repairs: isNamed || facts.email === undefined ? newTokenForScan(facts) : renamed(facts, facts.email),
  })
}

function renamed(facts: Facts, email: string): Diagnosis['repairs'] {
  return [...changeUsername(facts, email), scanAgain(facts)]
}

function usernameOf({ resolution }: JenkinsFindings): string | undefined {
  return resolution.kind === 'found' ? resolution.username : undefined
}
