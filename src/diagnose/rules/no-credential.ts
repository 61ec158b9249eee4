import type { Diagnosis, Repair } from '../../model/diagnosis.ts'
import { isYes, neededScopes } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import { createToken, storeWithGit } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { chainOf, findingsOf, no, YES } from '../sample-facts.ts'

const ID = 'no-credential'

/** Without a credential the git plugin sets `echo` as askpass, so that Jenkins reports "Authentication failed" all the same. */
export const noCredential: Rule = {
  id: ID,
  judges: 'route',
  source:
    'git-client, CliGitAPIImpl.java: GIT_ASKPASS=echo without a credential; git, credential.c: terminal prompts disabled',
  examples: [
    {
      when: 'the job selects none',
      given: { jenkins: findingsOf({ resolution: { kind: 'none selected' } }) },
      gives: 'D118',
    },
    {
      when: 'git finds none for a private repository',
      given: { chain: chainOf([]), answers: { 'git-anonymous': no('unauthorized') } },
      gives: 'D118',
    },
    {
      when: 'git finds none and needs none',
      given: { chain: chainOf([]), answers: { 'git-anonymous': YES } },
      gives: 'pass',
    },
    { when: 'a prompt was refused', given: { log: { findings: [{ id: 'L11', line: '' }] } }, gives: 'D118' },
    {
      when: 'a helper has one under another name',
      given: { chain: chainOf([{ standing: 'not matched' }]), answers: { 'git-anonymous': no('unauthorized') } },
      gives: 'pass',
    },
    {
      when: 'git finds one',
      given: { chain: chainOf([{}]), answers: { 'git-anonymous': no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins, chain } = facts
    if (jenkins?.resolution.kind === 'none selected') return jenkins.urlHasSecret ? undefined : ofJob(facts)
    if (chain !== undefined && jenkins === undefined) return ofChain(facts)
    const line = facts.log?.findings.find(({ id }) => id === 'L2' || id === 'L11' || id === 'L18')
    if (line === undefined || jenkins !== undefined) return undefined
    return found(facts, ID, 'D118', {
      evidence: [{ asked: 'console log', answered: line.line }],
      repairs: provide(facts),
    })
  },
}

function ofJob(facts: Facts): Diagnosis | undefined {
  const { jenkins } = facts
  if (jenkins === undefined) return undefined
  const select: Repair = {
    text: 'Select a credential of the kind "Username with password" in the job, under Source Code Management.',
    commands: [],
  }
  return found(facts, ID, 'D118', { evidence: jenkinsEvidence(jenkins), repairs: [select] })
}

function ofChain(facts: Facts): Diagnosis | undefined {
  const { chain, answers } = facts
  // A credential under another name than the pinned one is a matter of the rule `username-pinned`.
  const sent = chain !== undefined && chain.sources.length > 0
  if (chain === undefined || sent || answers['git-anonymous'] === undefined || isYes(answers['git-anonymous']))
    return undefined
  return found(facts, ID, 'D118', {
    details: { url: chain.url },
    evidence: [
      {
        asked: 'Which credential would git send?',
        answered: 'none: no header, no userinfo, no netrc entry, no helper that answers',
      },
      answers['git-anonymous'].evidence,
    ],
    repairs: provide(facts),
  })
}

function provide(facts: Facts): readonly Repair[] {
  return [
    createToken(neededScopes(facts.use)),
    storeWithGit(facts.chain?.url ?? 'https://bitbucket.org/WORKSPACE/REPOSITORY.git'),
  ]
}
