import type { Answer } from '../../model/answer.ts'
import type { Diagnosis, Repair } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { Secret } from '../../model/secret.ts'
import { gitAnswer, isRecognised, isRefusedPair, refusedBecause } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { stripUserinfo } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import { isRefusedForAnotherReason } from '../jenkins-words.ts'
import {
  beforeDefault,
  forgetInHelper,
  isDefaultOfNetrc,
  otherwise,
  replaceCredential,
  withoutRewrite,
} from '../repairs.ts'
import type { Rule } from '../rule.ts'
import {
  API_TOKEN,
  APP_PASSWORD,
  BLANK_TOKEN,
  CUT_TOKEN,
  chainOf,
  findingsOf,
  NOT_TOLD,
  no,
  UNKNOWN_SECRET,
  YES,
} from '../sample-facts.ts'
import { shellWord } from '../shell-word.ts'
import { type Source, sourceWords } from '../source-standing.ts'
import { setUrl } from '../unpin.ts'

const ID = 'older-credential-first'
const EARLIER = Secret.sealer(new Uint8Array(32))('earlier')
const NEWER = { kind: 'askpass', where: 'Jenkins credential "bb"', shape: API_TOKEN, standing: 'masked' } as const

/**
 * Git erases a stored credential after a 401 and never after a 410, so that a helper or netrc with an app password answers for ever
 * and the right credential behind it is never asked for.
 */
export const olderCredentialFirst: Rule = {
  id: ID,
  judges: 'route',
  source:
    'git, http.c: credential_reject only under 401; measured with git 2.39.5: a stored app password answers 410 on every run',
  examples: [
    {
      when: 'a helper holds an app password before the Jenkins credential',
      given: { jenkins: findingsOf(), chain: chainOf([{ shape: APP_PASSWORD }, NEWER]) },
      gives: 'D111',
    },
    {
      when: 'the URL of the job holds a secret',
      given: { jenkins: findingsOf({ urlHasSecret: true, lastBuild: { number: 3, result: 'FAILURE', text: '' } }) },
      gives: 'D111',
    },
    {
      when: 'the URL of the job holds a secret that Bitbucket knows, and the workspace wants two-step verification',
      given: {
        jenkins: findingsOf({ urlHasSecret: true, lastBuild: { number: 3, result: 'FAILURE', text: '' } }),
        log: { origin: 'build', findings: [{ id: 'A24', line: '' }] },
      },
      gives: 'pass',
    },
    {
      when: 'netrc holds one before a helper',
      given: {
        chain: chainOf([
          { kind: 'netrc', shape: APP_PASSWORD },
          { shape: API_TOKEN, standing: 'sent next' },
        ]),
      },
      gives: 'D111',
    },
    {
      when: 'a store holds an app password in the line before a token',
      given: { chain: chainOf([{ shape: APP_PASSWORD }, { shape: API_TOKEN, standing: 'masked' }]) },
      gives: 'D111',
    },
    {
      when: 'netrc is refused with 401, and the helper that git asked then is refused too',
      given: {
        chain: chainOf([
          { kind: 'netrc', shape: API_TOKEN, secret: EARLIER },
          { shape: API_TOKEN, standing: 'sent next' },
        ]),
        fingerprint: '#000000000002',
        answers: { 'git-configured': no('unauthorized') },
      },
      gives: 'pass',
    },
    {
      when: 'the first is refused',
      given: { chain: chainOf([{ shape: API_TOKEN }, NEWER]), chainAnswer: no('unauthorized') },
      gives: 'D111',
    },
    {
      when: 'the first works',
      given: { chain: chainOf([{ shape: API_TOKEN }, NEWER]), chainAnswer: YES },
      gives: 'pass',
    },
    {
      when: 'a helper holds a password of the account before a token',
      given: { chain: chainOf([{ shape: UNKNOWN_SECRET }, NEWER]), chainAnswer: no('account password') },
      gives: 'D111',
    },
    { when: 'nothing newer is behind it', given: { chain: chainOf([{ shape: APP_PASSWORD }]) }, gives: 'pass' },
    {
      when: 'only a program is behind it whose answer nobody knows',
      given: { chain: chainOf([{ shape: APP_PASSWORD }, { kind: 'askpass', standing: 'masked' }]) },
      gives: 'pass',
    },
    {
      when: 'netrc of the agent was answered 401, and git asked for the credential of the job',
      given: {
        jenkins: findingsOf(),
        chain: chainOf([
          { kind: 'netrc', shape: { ...APP_PASSWORD, checksum: 'none' }, secret: EARLIER },
          { kind: 'askpass', where: 'Jenkins credential "bb"', standing: 'sent next' },
        ]),
      },
      gives: 'pass',
    },
    {
      when: 'the credential of the job is behind it, which Jenkins does not show',
      given: {
        jenkins: findingsOf(),
        chain: chainOf([
          { shape: APP_PASSWORD },
          { kind: 'askpass', where: 'Jenkins credential "bb"', standing: 'masked' },
        ]),
      },
      gives: 'D111',
    },
    {
      when: 'what is behind it is damaged too',
      given: {
        chain: chainOf([{ shape: CUT_TOKEN }, { ...NEWER, shape: CUT_TOKEN }]),
        chainAnswer: no('unauthorized'),
      },
      gives: 'pass',
    },
    {
      when: 'what was given by hand for the job behind it is damaged: Jenkins may hold another',
      given: { jenkins: findingsOf(), chain: chainOf([{ shape: APP_PASSWORD }, { ...NEWER, shape: CUT_TOKEN }]) },
      gives: 'D111',
    },
    {
      when: 'app passwords still work, and nobody could ask',
      given: {
        appPasswordsWork: true,
        chain: chainOf([{ kind: 'url userinfo', shape: APP_PASSWORD }, NEWER]),
        answers: { 'git-configured': NOT_TOLD },
      },
      gives: 'pass',
    },
    {
      when: 'what is behind it has white space at an edge',
      given: { chain: chainOf([{ shape: APP_PASSWORD }, { ...NEWER, shape: BLANK_TOKEN }]) },
      gives: 'pass',
    },
    {
      when: 'a dead token is before an app password, and those still work',
      given: {
        appPasswordsWork: true,
        chain: chainOf([{ shape: API_TOKEN }, { ...NEWER, shape: APP_PASSWORD }]),
        chainAnswer: no('unauthorized'),
      },
      gives: 'D111',
    },
    {
      when: 'both are app passwords',
      given: { chain: chainOf([{ shape: APP_PASSWORD }, { ...NEWER, shape: APP_PASSWORD }]) },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (facts.jenkins?.urlHasSecret === true) return secretInUrl(facts, facts.jenkins)
    const first = facts.chain?.sources.find(({ standing }) => standing === 'sent first')
    if (first === undefined || first.kind === 'extra header' || first.kind === 'askpass') return undefined
    const answer = facts.chainAnswer ?? gitAnswer(facts.answers)
    const newer = newerBehind(first, facts)
    const { appPasswordsWork } = facts
    if (newer === undefined || hasGoneOn(first, facts) || !isDead(first, answer, appPasswordsWork)) return undefined
    return found(facts, ID, 'D111', {
      details: {
        where: first.where,
        kind: first.kind,
        behind: newer.where,
        forEver: isForEver(first, answer, appPasswordsWork) ? 'yes' : 'no',
      },
      evidence: [
        {
          asked: 'What does git send first?',
          answered: `${sourceWords(first)} (${first.shape?.kind ?? 'unknown kind'}): ${first.why}`,
        },
        { asked: 'What is never asked for?', answered: `${sourceWords(newer)}: ${newer.why}` },
        ...(answer === undefined ? [] : [answer.evidence]),
      ],
      repairs: repairs(facts, first, newer),
      ...(first.place === undefined ? {} : { place: first.place }),
    })
  },
}

/** Netrc was answered 401, so that git did ask the next one, and that one was examined; on an agent, that is the credential of the job. */
function hasGoneOn({ kind, secret }: Source, { fingerprint, jenkins, chainAnswer }: Facts): boolean {
  if (kind !== 'netrc' || secret === undefined) return false
  if (jenkins !== undefined) return chainAnswer === undefined
  return fingerprint !== undefined && secret.fingerprint !== fingerprint
}

/** `user:secret@` in the job's URL: git asks nobody, so that the credential of the job is never used. */
function secretInUrl(facts: Facts, jenkins: JenkinsFindings): Diagnosis | undefined {
  // Without a credential of the job there is nothing behind it.
  if (jenkinsOutcome(jenkins, facts) !== 'fails' || jenkins.resolution.kind === 'none selected') return undefined
  // Bitbucket knows it, and would refuse the credential of the job as well.
  if (isRefusedForAnotherReason(facts, jenkins)) return undefined
  const where = `the URL of ${jenkins.item ?? 'the job'}`
  return found(facts, ID, 'D111', {
    details: {
      where,
      kind: 'url userinfo',
      behind: `Jenkins credential "${jenkins.credentialId ?? ''}"`,
      forEver: 'yes',
    },
    evidence: [
      { asked: 'What does git send first?', answered: `${where} holds a username and a secret` },
      ...jenkinsEvidence(jenkins),
    ],
    repairs: [stripUserinfo(jenkins)],
  })
}

/** Another secret that is whole and not an app password; what a Jenkins credential holds is known from hearsay alone. */
function newerBehind(first: Source, { chain, jenkins, appPasswordsWork }: Facts): Source | undefined {
  return chain?.sources.find(
    (source) =>
      source !== first &&
      source.standing !== 'not matched' &&
      (source.shape !== undefined || jenkins !== undefined) &&
      (source.shape?.kind !== 'app-password' || appPasswordsWork === true) &&
      (jenkins !== undefined || isWhole(source)) &&
      !(source.secret !== undefined && first.secret?.equals(source.secret) === true),
  )
}

function isWhole({ shape }: Source): boolean {
  const isAltered =
    shape?.checksum === 'does not fit' || shape?.percentEncoded || shape?.blankEdges || shape?.surrounded
  return isAltered !== true
}

function isDead(first: Source, answer: Answer | undefined, appPasswordsWork?: true): boolean {
  if (isRecognised(answer)) return false
  return isRefusedPair(answer) || isForEver(first, answer, appPasswordsWork)
}

function isForEver({ shape }: Source, answer: Answer | undefined, appPasswordsWork?: true): boolean {
  return (shape?.kind === 'app-password' && appPasswordsWork !== true) || refusedBecause(answer, 'app password removed')
}

function repairs(facts: Facts, first: Source, newer: Source): readonly Repair[] {
  const here = first.place === undefined ? facts : { ...facts, place: first.place }
  if (first.remote !== undefined && facts.chain !== undefined)
    return [
      setUrl(
        facts.chain,
        first.remote.name,
        first.remote.isPushUrl,
        'Take the username and the secret out of the URL of the remote; what is stored then answers.',
      ),
      ...otherwise(replaceCredential(here), 'Or replace the old credential there.'),
    ]
  if (first.kind === 'url userinfo' && first.place === undefined) return [withoutRewrite(first) ?? askWithout(facts)]
  if (first.kind !== 'helper') return isDefaultOfNetrc(first) ? beforeDefault(facts, first) : replaceCredential(here)
  const forget = forgetOnly(first, newer) ?? forgetInHelper(first, facts.chain?.home)
  const kept = facts.jenkins === undefined ? [] : [STORE_WRITES]
  if (first.place === undefined) return [forget, ...kept]
  return [forget, ...kept, ...otherwise(replaceCredential(here), 'Or replace the old credential there.')]
}

/** It was typed, and stands in no file. */
function askWithout({ chain }: Facts): Repair {
  const url = chain?.url ?? 'https://bitbucket.org/WORKSPACE/REPOSITORY.git'
  return {
    text: 'Ask git with the URL without userinfo; what is stored then answers.',
    commands: [`git ls-remote ${shellWord(url)}`],
  }
}

/** `git credential reject` erases by username, in every helper: under one name it would erase the newer one as well. */
function forgetOnly(first: Source, newer: Source): Repair | undefined {
  const line = /:(\d+)$/.exec(first.where)?.[1]
  const isOneName = first.username === undefined || first.username === newer.username
  if (newer.kind !== 'helper' || !isOneName) return undefined
  if (line === undefined || first.place?.at.kind !== 'file') return forgetAlone(first, newer)
  return {
    text: `Delete line ${line}, the old credential; ${newer.where} then answers.`,
    commands: [`sed -i ${line}d ${shellWord(first.place.at.path)}`],
  }
}

function forgetAlone(first: Source, newer: Source): Repair | undefined {
  if (first.helper === undefined) return undefined
  const alone = `git -c credential.helper= -c ${shellWord(`credential.helper=${first.helper}`)} credential reject`
  const { commands } = forgetInHelper(first, undefined)
  return {
    text: `Make this helper alone forget the old credential; ${newer.where} then answers.`,
    commands: commands.map((command) => command.replace('git credential reject', alone)),
  }
}

const STORE_WRITES: Repair = {
  text: 'The helper "store" writes the credential of the next build that succeeds into its file, in plain text. Without a helper on that account, nothing is kept there.',
  commands: [],
}
