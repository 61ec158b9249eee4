import { answersToCredential, evidenceOf, isYes, refusedBecause } from '../answers.ts'
import { keepOrphans, newTokenForScan } from '../branch-source-repairs.ts'
import { logEvidence } from '../console-log-table.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, findingsOf, no, YES } from '../sample-facts.ts'

const ID = 'jenkins-scan-workspace'
const ORGANIZATION = findingsOf({ itemKind: 'organization', branchSource: { workspace: 'acme' } })
const L19 = { id: 'L19', line: 'Looking up repositories of user acme', captured: 'acme' } as const

/** Branch Source swallows the refusal of the workspace, takes it for a user, lists less, and deletes what it no longer lists. */
export const jenkinsScanWorkspace: Rule = {
  id: ID,
  judges: 'credential',
  source: 'bitbucket-branch-source-plugin, BitbucketSCMNavigator.visitSources and issue 476',
  examples: [
    {
      when: 'the token lists the repositories and may not read the workspace',
      given: {
        shape: API_TOKEN,
        jenkins: ORGANIZATION,
        answers: { 'rest-configured': YES, 'rest-workspace': no('scope missing') },
      },
      gives: 'D137',
    },
    {
      when: 'the last scan took the workspace for a user',
      given: { jenkins: ORGANIZATION, log: { origin: 'scan', result: 'SUCCESS', findings: [L19] } },
      gives: 'D137',
    },
    {
      when: 'so it did, and REST lists to everybody what is public',
      given: {
        jenkins: ORGANIZATION,
        answers: { 'rest-anonymous': YES },
        log: { origin: 'scan', result: 'SUCCESS', findings: [L19] },
      },
      gives: 'D137',
    },
    {
      when: 'it may read both',
      given: {
        shape: API_TOKEN,
        jenkins: ORGANIZATION,
        answers: { 'rest-configured': YES, 'rest-workspace': YES },
        log: { origin: 'scan', result: 'SUCCESS', findings: [L19] },
      },
      gives: 'pass',
    },
    {
      when: 'the scan had no credential',
      given: {
        jenkins: ORGANIZATION,
        log: { origin: 'scan', findings: [{ id: 'L18', line: '' }, L19] },
      },
      gives: 'pass',
    },
    {
      when: 'the list was refused too',
      given: { jenkins: ORGANIZATION, log: { origin: 'scan', findings: [{ id: 'L16', line: '' }, L19] } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins, answers, log } = facts
    if (jenkins?.branchSource === undefined) return undefined
    const line = log?.findings.find(({ id }) => id === 'L19')
    if (!isRefusedNow(facts) && (line === undefined || !isOnlyTheWorkspace(facts))) return undefined
    return found(facts, ID, 'D137', {
      details: {
        workspace: jenkins.branchSource.workspace,
        ...(isRefusedNow(facts) ? {} : { known: 'from the scan' }),
      },
      evidence: [
        ...evidenceOf(answers, 'rest-configured', 'rest-workspace'),
        ...(line === undefined ? [] : [logEvidence(line)]),
      ],
      missing: ['read:workspace:bitbucket'],
      repairs: [keepOrphans(), ...newTokenForScan(facts)],
    })
  },
}

function isRefusedNow({ answers }: Facts): boolean {
  return isYes(answers['rest-configured']) && refusedBecause(answers['rest-workspace'], 'scope missing')
}

/** What the scan said, as long as nobody was asked today. */
function isOnlyTheWorkspace({ answers, log }: Facts): boolean {
  const isOnly = log?.findings.every(({ id }) => id === 'L19') === true
  return isOnly && Object.keys(answersToCredential(answers)).length === 0
}
