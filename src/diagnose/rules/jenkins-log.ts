import type { Scope } from '../../model/answer.ts'
import type { Diagnosis, DiagnosisCode } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { neededScopes } from '../answers.ts'
import { newTokenForScan } from '../branch-source-repairs.ts'
import type { LogReading } from '../console-log.ts'
import { decideLog } from '../console-log-table.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { askJenkins } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { toldLast } from '../jenkins-words.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, findingsOf, no } from '../sample-facts.ts'

const ID = 'jenkins-log'
const SCAN = findingsOf({
  itemKind: 'multibranch',
  branchSource: { workspace: 'acme', check: { kind: 'connected' } },
  lastScan: { result: 'FAILURE', text: '' },
})
const FAILED = { number: 3, result: 'FAILURE', text: '' }
const UNAUTHORIZED = {
  kind: 'failed',
  words: "fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
} as const
const WITHOUT_SCOPE = {
  kind: 'failed',
  words: 'remote: Your credentials lack one or more required privilege scopes.',
} as const
const REFUSED = { id: 'L16', line: '' } as const

/**
 * Bitbucket says in words of its own why it refuses, and Jenkins prints them. What the controller is told today counts; what a build or
 * a scan was told, only where nothing newer is known. A scan sends the credential of Jenkins and nothing else.
 */
export const jenkinsLogTells: Rule = {
  id: ID,
  judges: 'credential',
  source: 'git prints what Bitbucket says as "remote:"; bitbucket-branch-source-plugin, BitbucketRequestException',
  examples: [
    {
      when: 'git on the controller is told that a scope is missing',
      given: { jenkins: findingsOf({ checkUrl: { without: UNAUTHORIZED, with: WITHOUT_SCOPE } }) },
      gives: 'D105',
    },
    {
      when: 'the last build was told that the address is not allowed',
      given: {
        jenkins: findingsOf({ lastBuild: FAILED }),
        log: { origin: 'build', findings: [{ id: 'A23', line: '' }] },
      },
      gives: 'D120',
    },
    {
      when: 'the last build was told so, and the controller connects since',
      given: {
        jenkins: findingsOf({
          lastBuild: FAILED,
          checkUrl: { without: UNAUTHORIZED, with: { kind: 'connected' } },
        }),
        log: { origin: 'build', findings: [{ id: 'A23', line: '' }] },
      },
      gives: 'pass',
    },
    {
      when: 'a build was refused, and not told why',
      given: {
        jenkins: findingsOf({ lastBuild: FAILED }),
        log: { origin: 'build', findings: [{ id: 'L10', line: '' }] },
      },
      gives: 'pass',
    },
    {
      when: 'REST said that it is an app password',
      given: { jenkins: SCAN, log: { origin: 'scan', findings: [{ id: 'L7', line: '' }, REFUSED] } },
      gives: 'D101',
    },
    {
      when: 'REST said that it wants the e-mail',
      given: { jenkins: SCAN, log: { origin: 'scan', findings: [{ id: 'A3', line: '' }, REFUSED] } },
      gives: 'D116',
    },
    {
      when: 'REST said that there are no scopes',
      given: { jenkins: SCAN, log: { origin: 'scan', findings: [{ id: 'A4', line: '' }, REFUSED] } },
      gives: 'D104',
    },
    {
      when: 'REST said 401 and nothing more',
      given: { jenkins: SCAN, log: { origin: 'scan', findings: [REFUSED] } },
      gives: 'D190',
    },
    {
      when: 'the secret was given, so that Bitbucket was asked itself',
      given: {
        jenkins: SCAN,
        shape: API_TOKEN,
        answers: { 'rest-configured': no('token invalid or expired') },
        log: { origin: 'scan', findings: [REFUSED] },
      },
      gives: 'pass',
    },
    {
      when: 'the scan went well',
      given: {
        jenkins: { ...SCAN, lastScan: { result: 'SUCCESS', text: '' } },
        log: { origin: 'scan', findings: [] },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins, shape } = facts
    if (jenkins?.resolution.kind !== 'found' || shape !== undefined || jenkinsOutcome(jenkins, facts) !== 'fails')
      return undefined
    const log = toldLast(facts, jenkins)
    if (log === undefined || log.findings.length === 0) return undefined
    const [told] = decideLog({ ...facts, log })
    if (told === undefined || !counts(told, log)) return undefined
    return ofJob({ ...facts, jenkins }, told)
  },
}

/** Said in words by Bitbucket. That git was sent an app password does not say which credential that was; a scan has only one. */
const SAID: ReadonlySet<DiagnosisCode> = new Set(['D105', 'D115', 'D120', 'D128', 'D129', 'D130'])
const SAID_TO_SCAN: ReadonlySet<DiagnosisCode> = new Set(['D101', 'D104', 'D116', 'D190'])

function counts({ code }: Diagnosis, { origin }: LogReading): boolean {
  return SAID.has(code) || (origin === 'scan' && SAID_TO_SCAN.has(code))
}

type OfJenkins = Facts & { readonly jenkins: JenkinsFindings }

/** The words of the log, with the repair that the controller's URL and the name of the job make possible. */
function ofJob(facts: OfJenkins, { code, details, evidence, missing, repairs }: Diagnosis): Diagnosis {
  const settledBy = code === 'D190' ? [withSecret(facts.jenkins)] : undefined
  return found(facts, ID, code, {
    details,
    evidence: [...evidence, ...jenkinsEvidence(facts.jenkins)],
    ...(missing === undefined ? {} : { missing }),
    repairs: REPLACED.has(code) ? replaced(facts, missing ?? []) : repairs,
    ...(settledBy === undefined ? {} : { settledBy }),
  })
}

const REPLACED: ReadonlySet<DiagnosisCode> = new Set(['D101', 'D104', 'D105', 'D116'])

function replaced(facts: OfJenkins, missing: readonly Scope[]): Diagnosis['repairs'] {
  if (facts.jenkins.branchSource !== undefined) return newTokenForScan(facts)
  return replaceCredential(facts, [...new Set([...neededScopes(facts.use), ...missing])].sort())
}

function withSecret(jenkins: JenkinsFindings): string {
  return `give the secret, and the e-mail of its owner: ${askJenkins(jenkins, ' --secret-stdin --email ADDRESS')}`
}
