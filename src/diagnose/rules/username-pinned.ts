import type { Evidence } from '../../model/answer.ts'
import type { Diagnosis } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { evidenceOf, gitAnswer, isRecognised, isRefusedPair, refusedBecause } from '../answers.ts'
import { isEndOfAppPasswords } from '../app-password-evidence.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { PinnedUsername } from '../git-target.ts'
import { askJenkins } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { isKnownAsSent } from '../jenkins-words.ts'
import { isRefusedByGit } from '../open-question.ts'
import { planAndApply } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, APP_PASSWORD, chainOf, findingsOf, no, YES } from '../sample-facts.ts'
import type { Source } from '../source-standing.ts'
import type { GitChain } from '../trace-git.ts'
import { unpin } from '../unpin.ts'

const ID = 'username-pinned'
const PINNED: PinnedUsername = {
  username: 'olduser',
  from: 'url',
  where: '/home/ci/app/.git/config:7',
  remote: 'origin',
}
const REFUSED = { kind: 'failed', words: 'fatal: Authentication failed' } as const
const LACKS_SCOPE = {
  kind: 'failed',
  words: 'remote: Your credentials lack one or more required privilege scopes.',
} as const
const ENDED = { kind: 'failed', words: 'remote: CHANGE-3222 App passwords are deprecated' } as const
const FAILED = { number: 3, result: 'FAILURE', text: '' }

/** `user@` in the URL decides the username before any credential is looked up; Jenkins then sends only the credential's password. */
export const usernamePinned: Rule = {
  id: ID,
  judges: 'route',
  source:
    'git, credential.c: the username of the URL goes into the question; measured with git 2.39.5 and an askpass as Jenkins writes it',
  examples: [
    {
      when: 'the URL of a failing job names a user',
      given: { jenkins: findingsOf({ urlUsername: 'olduser', lastBuild: FAILED }) },
      gives: 'D110',
    },
    {
      when: 'the URL of a failing job names a user and holds a secret',
      given: { jenkins: findingsOf({ urlUsername: 'olduser', urlHasSecret: true, lastBuild: FAILED }) },
      gives: 'pass',
    },
    {
      when: 'the job works with it',
      given: { jenkins: findingsOf({ urlUsername: 'alice', lastBuild: { ...FAILED, result: 'SUCCESS' } }) },
      gives: 'pass',
    },
    {
      when: 'the job fails and the secret is an app password',
      given: { shape: APP_PASSWORD, jenkins: findingsOf({ urlUsername: 'olduser', lastBuild: FAILED }) },
      gives: 'pass',
    },
    {
      when: 'the controller is told the end of app passwords, whatever the name',
      given: { jenkins: findingsOf({ urlUsername: 'olduser', checkUrl: { without: REFUSED, with: ENDED } }) },
      gives: 'pass',
    },
    {
      when: 'the controller is told that a scope is missing: the name was taken',
      given: { jenkins: findingsOf({ urlUsername: 'alice', checkUrl: { without: REFUSED, with: LACKS_SCOPE } }) },
      gives: 'pass',
    },
    {
      when: 'the helper has the credential under another name',
      given: {
        chain: chainOf([{ standing: 'not matched', username: 'x-bitbucket-api-token-auth' }], { pinned: PINNED }),
      },
      gives: 'D110',
    },
    {
      when: 'a helper names another user than the one that the store holds',
      given: {
        chain: chainOf([{ standing: 'not matched', username: 'alice' }], {
          pinned: { username: 'olduser', from: 'helper', where: '/home/ci/.gitconfig:2' },
        }),
        answers: { 'git-anonymous': no('unauthorized') },
      },
      gives: 'D110',
    },
    {
      when: 'netrc gives the secret and the URL the wrong name',
      given: {
        shape: API_TOKEN,
        username: 'olduser',
        chain: chainOf([{ kind: 'netrc', username: 'alice', sentAs: 'olduser' }], { pinned: PINNED }),
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'D110',
    },
    {
      when: 'credential.username pins a name that libcurl does not know',
      given: {
        shape: API_TOKEN,
        username: 'alice',
        chain: chainOf([{ kind: 'netrc', username: 'alice' }], { pinned: { ...PINNED, from: 'credential.username' } }),
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': YES },
      },
      gives: 'pass',
    },
    {
      when: 'the URL ends the username with a colon and nothing behind it',
      given: {
        chain: chainOf([{ kind: 'url userinfo', username: 'olduser' }, { standing: 'masked' }], { pinned: PINNED }),
      },
      gives: 'D110',
    },
    {
      when: 'what is stored is for another path',
      given: { chain: chainOf([{ standing: 'not matched', barred: 'by its path' }], { pinned: PINNED }) },
      gives: 'pass',
    },
    {
      when: 'the pinned name is accepted',
      given: {
        chain: chainOf([{ kind: 'netrc', username: 'alice', sentAs: 'olduser' }], { pinned: PINNED }),
        answers: { 'git-configured': YES },
      },
      gives: 'pass',
    },
    {
      when: 'the console shows userinfo and a 401',
      given: {
        log: {
          findings: [
            { id: 'L6', line: '', captured: 'alice' },
            { id: 'L10', line: '' },
          ],
        },
      },
      gives: 'D110',
    },
  ],
  decide: (facts) => {
    if (isKnownDead(facts)) return undefined
    if (facts.jenkins !== undefined) return ofJob(facts, facts.jenkins)
    if (facts.chain?.pinned !== undefined) return ofChain(facts, facts.chain, facts.chain.pinned)
    return ofLog(facts)
  },
}

/** A dead secret fails under every name, so the name is not the cause; the planner changes both together. */
function isKnownDead({ shape, answers }: Facts): boolean {
  if (shape?.kind === 'app-password' || shape?.checksum === 'does not fit') return true
  if (refusedBecause(gitAnswer(answers), 'app password removed')) return true
  return answers['git-sentinel'] !== undefined && isRefusedByGit(answers)
}

function ofJob(facts: Facts, jenkins: JenkinsFindings): Diagnosis | undefined {
  const { urlUsername, urlHasSecret, resolution } = jenkins
  const own = resolution.kind === 'found' ? resolution.username : undefined
  const isOther = facts.log?.findings.some(({ id }) => id === 'L8' || id === 'L13') === true
  // With a secret beside it, the name is that of the secret.
  if (
    urlUsername === undefined ||
    urlHasSecret ||
    urlUsername === own ||
    isOther ||
    isEndOfAppPasswords(facts) ||
    isKnownAsSent(facts, jenkins) ||
    jenkinsOutcome(jenkins, facts) !== 'fails'
  )
    return undefined
  return found(facts, ID, 'D110', {
    details: { username: urlUsername, job: jenkins.item ?? '', ...(own === undefined ? {} : { own }) },
    evidence: [
      {
        asked: `What does the URL of ${jenkins.item ?? 'the job'} say?`,
        answered: `https://${urlUsername}@…: this name is sent, the name in the credential is not`,
      },
      ...jenkinsEvidence(jenkins),
      ...evidenceOf(facts.answers, 'git-configured', 'git-sentinel'),
    ],
    repairs: planAndApply(
      { ...facts, jenkins },
      'Take the username out of the URL of the job; the credential then decides.',
    ),
  })
}

function ofChain(facts: Facts, chain: GitChain, pinned: PinnedUsername): Diagnosis | undefined {
  const first = chain.sources.find(({ standing }) => standing === 'sent first')
  const notMatched = chain.sources.find(isUnderAnotherName)
  const isMissed = first === undefined && notMatched !== undefined
  const isWrongName =
    first?.sentAs !== undefined &&
    first.sentAs === facts.username &&
    isRefusedPair(gitAnswer(facts.answers)) &&
    isRecognised(facts.answers['git-sentinel'])
  const isEmpty = first !== undefined && isWithoutSecret(first) && chain.sources.length > 1
  if (!isMissed && !isWrongName && !isEmpty) return undefined
  const own = (isEmpty ? chain.sources[1] : (first ?? notMatched))?.username
  return found(facts, ID, 'D110', {
    details: { username: pinned.username, where: pinned.where, ...(own === undefined ? {} : { own }) },
    evidence: [
      { asked: 'Which username does git ask for?', answered: `${nameWords(pinned.username)}, from ${pinned.where}` },
      ...storedUnder(isEmpty ? chain.sources[1] : notMatched),
      ...evidenceOf(facts.answers, 'git-configured', 'git-sentinel'),
    ],
    repairs: unpin(chain, pinned),
  })
}

function nameWords(username: string): string {
  return /^#[0-9a-f]{12}$/.test(username) ? `${username}, a secret where the username belongs` : username
}

function isUnderAnotherName({ standing, dropped, barred }: Source): boolean {
  return standing === 'not matched' && dropped !== true && barred === undefined
}

/** `alice:@` in the URL: to git an empty password is a password. */
function isWithoutSecret({ kind, secret }: Source): boolean {
  return kind === 'url userinfo' && secret === undefined
}

function storedUnder(source: Source | undefined): readonly Evidence[] {
  if (source === undefined) return []
  const name = source.username ?? 'another name'
  return [{ asked: 'What is stored?', answered: `${source.where} holds a credential for ${name}` }]
}

function ofLog(facts: Facts): Diagnosis | undefined {
  const lines = facts.log?.findings ?? []
  const pinned = lines.find(({ id }) => id === 'L6')
  const refused =
    lines.some(({ id }) => id === 'L9' || id === 'L10') &&
    !lines.some(({ id }) => id === 'L7' || id === 'L8' || id === 'L13')
  if (pinned === undefined || !refused) return undefined
  return found(facts, ID, 'D110', {
    details: { username: pinned.captured ?? '' },
    evidence: [{ asked: 'console log', answered: pinned.line }],
    repairs: planAndApply(facts, 'Take the username out of the URL of the job; the credential then decides.'),
    settledBy: [askJenkins(facts.jenkins)],
  })
}
