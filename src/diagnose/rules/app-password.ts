import { evidenceText } from '../../bitbucket/evidence-text.ts'
import { appPasswordEvidence } from '../app-password-evidence.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, APP_PASSWORD, chainOf, findingsOf, NOT_TOLD, no, UNKNOWN_SECRET, YES } from '../sample-facts.ts'

const ID = 'app-password'
const LOG_410 = { findings: [{ id: 'L7', line: 'remote: CHANGE-3222' }] } as const

const ENDED = { kind: 'failed', words: 'remote: CHANGE-3222 App passwords are deprecated' } as const
const WORDS_401 = 'fatal: Authentication failed'

export const appPassword: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222: app passwords ended on 2026-07-28; git answers 410, REST 401',
  examples: [
    { when: 'its shape says so', given: { shape: APP_PASSWORD }, gives: 'D101' },
    {
      when: 'git answers 410',
      given: { shape: UNKNOWN_SECRET, answers: { 'git-configured': no('app password removed') } },
      gives: 'D101',
    },
    { when: 'REST says so', given: { answers: { 'rest-configured': no('app password removed') } }, gives: 'D101' },
    {
      when: 'it has the older form, and git answers 401, which no app password gets any more',
      given: { shape: { ...APP_PASSWORD, checksum: 'none' }, answers: { 'git-configured': no('unauthorized') } },
      gives: 'pass',
    },
    {
      when: 'it has the older form, and Bitbucket is out of order',
      given: { shape: { ...APP_PASSWORD, checksum: 'none' }, answers: { 'git-configured': NOT_TOLD } },
      gives: 'pass',
    },
    {
      when: 'app passwords still work, and git refuses it as a wrong pair',
      given: { appPasswordsWork: true, shape: APP_PASSWORD, answers: { 'git-configured': no('unauthorized') } },
      gives: 'pass',
    },
    {
      when: 'app passwords still work, and Bitbucket is out of order',
      given: { appPasswordsWork: true, shape: APP_PASSWORD, answers: { 'git-configured': NOT_TOLD } },
      gives: 'pass',
    },
    {
      when: 'app passwords still work, and one was sent as Bearer, which none ever was',
      given: {
        use: 'rest',
        bearer: true,
        appPasswordsWork: true,
        shape: APP_PASSWORD,
        answers: { 'rest-configured': no('token invalid or expired') },
      },
      gives: 'D101',
    },
    {
      when: 'REST hides the repository as from everybody, and names no credential',
      given: {
        use: 'rest',
        bearer: true,
        shape: APP_PASSWORD,
        answers: { 'rest-anonymous': no('no access'), 'rest-configured': no('no access') },
      },
      gives: 'D101',
    },
    {
      when: 'it is still accepted for pushing to a public repository',
      given: { shape: APP_PASSWORD, answers: { 'git-push': YES } },
      gives: 'pass',
    },
    {
      when: 'they have ended, and git refuses it as a wrong pair: it was revoked before',
      given: { shape: APP_PASSWORD, answers: { 'git-configured': no('unauthorized') } },
      gives: 'D101',
    },
    { when: 'it is still accepted', given: { shape: APP_PASSWORD, answers: { 'git-configured': YES } }, gives: 'pass' },
    {
      when: 'a build got 410 and the agent holds nothing else',
      given: { jenkins: findingsOf(), log: LOG_410, chain: chainOf([]) },
      gives: 'D101',
    },
    {
      when: 'a build got 410, the URL of the job holds a secret, and the job names no credential',
      given: { jenkins: findingsOf({ urlHasSecret: true, resolution: { kind: 'none selected' } }), log: LOG_410 },
      gives: 'D101',
    },
    {
      when: 'a build got 410, and the URL of the job holds a secret before its credential',
      given: { jenkins: findingsOf({ urlHasSecret: true }), log: LOG_410, chain: chainOf([]) },
      gives: 'pass',
    },
    {
      when: 'there is no build, and the controller is answered 410 with the credential only',
      given: { jenkins: findingsOf({ checkUrl: { without: { kind: 'failed', words: WORDS_401 }, with: ENDED } }) },
      gives: 'D101',
    },
    {
      when: 'the controller is answered 410 without the credential as well, so that it may be its own',
      given: { jenkins: findingsOf({ checkUrl: { without: ENDED, with: ENDED } }) },
      gives: 'pass',
    },
    {
      when: 'the controller was not asked without the credential',
      given: { jenkins: findingsOf({ checkUrl: { without: { kind: 'not asked' }, with: ENDED } }) },
      gives: 'pass',
    },
    {
      when: 'a build got 410 and the agent was not examined',
      given: { jenkins: findingsOf(), log: LOG_410 },
      gives: 'pass',
    },
    {
      when: 'a build got 410 but the credential is a token',
      given: { jenkins: findingsOf(), shape: API_TOKEN, log: LOG_410, chain: chainOf([]) },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const evidence = appPasswordEvidence(facts)
    if (evidence === undefined) return undefined
    const { username, jenkins, chain } = facts
    return found(facts, ID, 'D101', {
      details: username === undefined ? {} : { username: evidenceText(username) },
      evidence: [...evidence, ...(jenkins === undefined ? [] : jenkinsEvidence(jenkins))],
      repairs: replaceCredential(facts),
      ...placeOf(facts, chain?.sources[0]?.place),
    })
  },
}

function placeOf(facts: Facts, place: Facts['place']): Pick<Facts, 'place'> {
  return facts.place === undefined && facts.jenkins === undefined && place !== undefined ? { place } : {}
}
