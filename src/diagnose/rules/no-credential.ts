import type { Evidence, Scope } from '../../model/answer.ts'
import type { Diagnosis, Repair } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { isYes, neededScopes } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { HelperHome } from '../helper-home.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import { createToken, GIT_USERNAME, otherwise, storeWithGit, unsetSetting } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { chainOf, findingsOf, NOT_TOLD, no, YES } from '../sample-facts.ts'
import { shellWord } from '../shell-word.ts'
import type { Source } from '../source-standing.ts'
import type { GitChain } from '../trace-git.ts'
import { unpin } from '../unpin.ts'

const ID = 'no-credential'

const { url: _, ...FETCHES_NOTHING } = findingsOf({ resolution: { kind: 'none selected' } })

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
      when: 'the job selects none, and everybody may fetch',
      given: { jenkins: findingsOf({ resolution: { kind: 'none selected' } }), answers: { 'git-anonymous': YES } },
      gives: 'pass',
    },
    {
      when: 'the job fetches over SSH',
      given: {
        jenkins: findingsOf({ resolution: { kind: 'none selected' }, sshUrl: 'git@bitbucket.org:acme/app.git' }),
      },
      gives: 'pass',
    },
    {
      when: 'it is a folder, which fetches nothing',
      given: { jenkins: { ...FETCHES_NOTHING, itemKind: 'folder' } },
      gives: 'pass',
    },
    {
      when: 'an organization folder selects none',
      given: {
        jenkins: { ...FETCHES_NOTHING, itemKind: 'organization', branchSource: { workspace: 'acme' } },
      },
      gives: 'D118',
    },
    {
      when: 'git finds none for a private repository',
      given: { chain: chainOf([]), answers: { 'git-anonymous': no('unauthorized') } },
      gives: 'D118',
    },
    {
      when: 'git finds none for pushing, and everybody can fetch',
      given: { use: 'git-push', chain: chainOf([]), answers: { 'git-anonymous': YES } },
      gives: 'D118',
    },
    {
      when: 'git finds none and needs none',
      given: { chain: chainOf([]), answers: { 'git-anonymous': YES } },
      gives: 'pass',
    },
    {
      when: 'git finds none, and Bitbucket was not reached',
      given: { chain: chainOf([]), answers: { 'git-anonymous': NOT_TOLD } },
      gives: 'pass',
    },
    { when: 'a prompt was refused', given: { log: { findings: [{ id: 'L11', line: '' }] } }, gives: 'D118' },
    {
      when: 'a helper has one under another name',
      given: {
        chain: chainOf([{ standing: 'not matched', username: 'alice' }]),
        answers: { 'git-anonymous': no('unauthorized') },
      },
      gives: 'pass',
    },
    {
      when: 'a helper has one for another path',
      given: {
        chain: chainOf([{ standing: 'not matched', barred: 'by its path' }]),
        answers: { 'git-anonymous': no('unauthorized') },
      },
      gives: 'D118',
    },
    {
      when: 'an askpass program would be asked',
      given: { chain: chainOf([{ kind: 'askpass' }]), answers: { 'git-anonymous': no('unauthorized') } },
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
    if (jenkins?.resolution.kind === 'none selected') return needsOne(jenkins, facts) ? ofJob(facts) : undefined
    if (chain !== undefined && jenkins === undefined) return ofChain(facts)
    const line = facts.log?.findings.find(({ id }) => id === 'L2' || id === 'L11' || id === 'L18')
    if (line === undefined || jenkins !== undefined) return undefined
    return found(facts, ID, 'D118', {
      evidence: [{ asked: 'console log', answered: line.line }],
      repairs: provide(facts),
    })
  },
}

/** Not for a secret in the URL, for a key, for what everybody may fetch, nor where nothing of Bitbucket is fetched. */
function needsOne({ url, urlHasSecret, sshUrl, branchSource }: JenkinsFindings, { answers }: Facts): boolean {
  const fetches = url !== undefined || branchSource !== undefined
  return fetches && !urlHasSecret && sshUrl === undefined && !isYes(answers['git-anonymous'])
}

function ofJob(facts: Facts): Diagnosis | undefined {
  const { jenkins } = facts
  if (jenkins === undefined) return undefined
  const select: Repair = {
    text: 'Select a credential of the kind "Username with password" in the job, under Source Code Management.',
    commands: [],
  }
  return found(facts, ID, 'D118', {
    details: notKnownPrivate(facts),
    evidence: jenkinsEvidence(jenkins),
    repairs: [select],
  })
}

function ofChain(facts: Facts): Diagnosis | undefined {
  const { chain, answers } = facts
  const anonymous = answers['git-anonymous']
  // A credential under another name than the pinned one is a matter of the rule `username-pinned`.
  if (chain === undefined || !chain.sources.every(isOutOfReach) || anonymous === undefined || needsNone(facts))
    return undefined
  return found(facts, ID, 'D118', {
    details: { url: chain.url, ...heldBy(chain), ...notKnownPrivate(facts) },
    evidence: [
      {
        asked: 'Which credential would git send?',
        answered: 'none: no header, no userinfo, no netrc entry, no helper that answers',
      },
      ...chain.sources.map(({ where, why }) => ({
        asked: `What does ${where} hold?`,
        answered: `a credential that git does not get: ${why}`,
      })),
      ...outOfOrder(chain),
      anonymous.evidence,
    ],
    repairs: provide(facts),
  })
}

/** Nobody pushes without a credential. Where Bitbucket said nothing, the repository may be one that everybody may fetch. */
function needsNone({ use, answers }: Facts): boolean {
  return use !== 'git-push' && answers['git-anonymous']?.kind !== 'no'
}

function notKnownPrivate({ answers }: Facts): { readonly open?: 'perhaps' } {
  return answers['git-anonymous']?.kind === 'no' ? {} : { open: 'perhaps' }
}

function heldBy({ sources }: GitChain): { readonly held?: string } {
  const [held] = sources.filter(({ secret }) => secret !== undefined)
  return held === undefined ? {} : { held: held.where }
}

/** A password without a username, or a credential for another path: git goes on as if there were none. */
function isOutOfReach(source: Source): boolean {
  return source.barred !== undefined || isNameless(source) || isEmptyUserinfo(source)
}

function isNameless({ standing, kind, username, dropped }: Source): boolean {
  return standing === 'not matched' && kind === 'helper' && username === undefined && dropped !== true
}

function isEmptyUserinfo({ kind, secret }: Source): boolean {
  return kind === 'url userinfo' && secret === undefined
}

function outOfOrder({ steps = [] }: GitChain): readonly Evidence[] {
  return steps.flatMap((step) =>
    'outcome' in step && step.outcome !== 'silent'
      ? [{ asked: `What does ${step.where} say?`, answered: step.why }]
      : [],
  )
}

function provide(facts: Facts): readonly Repair[] {
  const { chain } = facts
  if (chain === undefined)
    return [createToken(neededScopes(facts.use)), storeWithGit('https://bitbucket.org/WORKSPACE/REPOSITORY.git')]
  if (chain.sources.length === 1 && chain.sources.every(isNameless)) return [nameTheUser(chain)]
  const { keeps } = chain
  if (keeps?.kind === 'blocked' && chain.sources.some(({ barred }) => barred === 'by a helper before it'))
    return [withoutHelper(keeps)]
  return [...anew(facts, chain), ...wholeHost(chain)]
}

function anew(facts: Facts, chain: GitChain): readonly Repair[] {
  return [
    createToken([...neededScopes(facts.use), ...checkedByManager(chain)]),
    ...(chain.pinned === undefined || isTyped(chain) ? [] : unpin(chain, chain.pinned)),
    storeWithGit(chain.url, chain),
  ]
}

function withoutHelper({ where, line }: Extract<HelperHome, { kind: 'blocked' }>): Repair {
  return {
    text: `Remove the helper that keeps git from the next one: ${where}.`,
    commands: line === undefined ? [] : [`sed -i ${line.number}d ${shellWord(line.file)}`],
  }
}

/** What is stored may be for another repository of the host, so this way is the second. */
function wholeHost({ sources }: GitChain): readonly Repair[] {
  const setting = sources.find(({ barred }) => barred === 'by its path')?.setting
  if (setting === undefined) return []
  return otherwise([unsetSetting(setting, 'let git ask for the whole host, as it does by default.')], 'Or')
}

/** The URL was typed with its username: git is asked without it by the last command as well. */
function isTyped({ pinned }: GitChain): boolean {
  return pinned?.from === 'url' && pinned.remote === undefined
}

function nameTheUser({ home }: GitChain): Repair {
  const account = home === undefined ? '' : `HOME=${shellWord(home)} `
  return {
    text: 'The helper gives a password and no username. Name the username of API tokens beside it.',
    commands: [`${account}git config --global credential.https://bitbucket.org.username ${GIT_USERNAME}`],
  }
}

/** It checks what it keeps with /2.0/user, and drops a token that may not read it. */
function checkedByManager({ keeps }: GitChain): readonly Scope[] {
  return keeps?.kind === 'kept' && keeps.isManager ? ['read:user:bitbucket'] : []
}
