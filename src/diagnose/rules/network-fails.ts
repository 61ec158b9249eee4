import type { Evidence } from '../../model/answer.ts'
import { logEvidence } from '../console-log-table.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { networkProblem, networkRepairs } from '../network-problem.ts'
import type { Rule } from '../rule.ts'
import { findingsOf } from '../sample-facts.ts'

const ID = 'network-fails'
const FAILED = { number: 3, result: 'FAILURE', text: '' }
const L13 = { id: 'L13', line: 'Could not resolve host: bitbucket.org' } as const
const NO_HOST = {
  kind: 'failed',
  words: "fatal: unable to access 'https://bitbucket.org/': Could not resolve host",
} as const

/** What fails before Bitbucket is reached says nothing of a credential. */
export const networkFails: Rule = {
  id: ID,
  judges: 'route',
  source: 'git, http.c; curl, lib/strerror.c',
  examples: [
    {
      when: 'the last build did not reach Bitbucket',
      given: { jenkins: findingsOf({ lastBuild: FAILED }), log: { findings: [L13] } },
      gives: 'D135',
    },
    {
      when: 'the controller does not reach it, with and without the credential',
      given: { jenkins: findingsOf({ checkUrl: { without: NO_HOST, with: NO_HOST } }) },
      gives: 'D135',
    },
    {
      when: 'the controller connects since',
      given: {
        jenkins: findingsOf({
          lastBuild: FAILED,
          checkUrl: { without: { kind: 'failed', words: '' }, with: { kind: 'connected' } },
        }),
        log: { findings: [{ id: 'L10', line: '' }] },
      },
      gives: 'pass',
    },
    {
      when: 'Bitbucket was reached',
      given: { jenkins: findingsOf({ lastBuild: FAILED }), log: { findings: [{ id: 'L10', line: '' }] } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins } = facts
    const evidence = jenkins === undefined ? undefined : networkEvidence(facts)
    if (jenkins === undefined || evidence === undefined || jenkinsOutcome(jenkins) === 'works') return undefined
    const problem = networkProblem(evidence.answered)
    return found(facts, ID, 'D135', {
      details: { problem: problem.words },
      evidence: [evidence, ...jenkinsEvidence(jenkins)],
      repairs: networkRepairs(problem.kind),
    })
  },
}

const NETWORK =
  /Could not resolve|Connection timed out|SSL certificate problem|certificate verification failed|Proxy CONNECT aborted|CONNECT tunnel failed|returned error: 407|Failed to connect to|Connection refused/

function networkEvidence({ jenkins, log }: Facts): Evidence | undefined {
  const line = log?.findings.find(({ id }) => id === 'L13')
  if (line !== undefined) return logEvidence(line)
  const outcome = jenkins?.checkUrl?.with.kind === 'failed' ? jenkins.checkUrl.with : jenkins?.checkUrl?.without
  // "Failed to connect to repository" is how the form begins, whatever the cause.
  const words = outcome?.kind === 'failed' ? outcome.words.replace('Failed to connect to repository', '') : ''
  return NETWORK.test(words) ? { asked: 'the controller, with git', answered: words.trim() } : undefined
}
