import type { Evidence } from '../../model/answer.ts'
import type { Diagnosis, Repair } from '../../model/diagnosis.ts'
import { logEvidence } from '../console-log-table.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { networkProblem, networkRepairs } from '../network-problem.ts'
import type { Rule } from '../rule.ts'
import { chainOf, findingsOf, no, YES } from '../sample-facts.ts'

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
      when: 'the proxy of git is dead, and keyturn gets through without it',
      given: {
        chain: chainOf([{}], { cutOff: 'Failed to connect to 127.0.0.1 port 1: Connection refused' }),
        answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES },
      },
      gives: 'D135',
    },
    {
      when: 'git gets through',
      given: { chain: chainOf([{}]), answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES } },
      gives: 'pass',
    },
    {
      when: 'Bitbucket was reached',
      given: { jenkins: findingsOf({ lastBuild: FAILED }), log: { findings: [{ id: 'L10', line: '' }] } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins, chain } = facts
    if (jenkins === undefined && chain?.cutOff !== undefined) return ofGit(facts, chain.cutOff)
    const evidence = jenkins === undefined ? undefined : networkEvidence(facts)
    if (jenkins === undefined || evidence === undefined || jenkinsOutcome(jenkins, facts) === 'works') return undefined
    const problem = networkProblem(evidence.answered)
    return found(facts, ID, 'D135', {
      details: { problem: problem.words },
      evidence: [evidence, ...jenkinsEvidence(jenkins)],
      repairs: networkRepairs(problem.kind),
    })
  },
}

const OWN_WAY: Repair = {
  text: 'Look at the settings by which git, and nothing else, reaches the network: its proxy and its certificates.',
  commands: [
    "git config --show-origin --get-regexp '^(http|remote)[.](.*[.])?(proxy|ssl|curlopt|pinned)'",
    "env | grep -E '^(GIT_SSL|GIT_PROXY|ALL_PROXY|all_proxy)'",
  ],
}

/** Its proxy and its certificates are its own. */
function ofGit(facts: Facts, words: string): Diagnosis {
  const problem = networkProblem(words)
  return found(facts, ID, 'D135', {
    details: { problem: problem.words },
    evidence: [{ asked: 'git itself, without a credential', answered: words }],
    repairs: [OWN_WAY],
  })
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
