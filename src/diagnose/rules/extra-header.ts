import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import type { Repair } from '../../model/diagnosis.ts'
import { evidenceOf, gitAnswer, isRecognised, isYes, neededScopes } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { changeUsername, createToken, otherwise, replaceCredential, storeWithGit, unsetSetting } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { APP_PASSWORD, chainOf, no, YES } from '../sample-facts.ts'
import type { Source } from '../source-standing.ts'

const ID = 'extra-header'
const HEADER = { kind: 'extra header', where: '/home/ci/.gitconfig:3', shape: APP_PASSWORD } as const

/** A header has no case, and a value pattern of git config has one: letter by letter, for its regular expressions have no flag. */
const AUTHORIZATION = `^${[...'authorization'].map((letter) => `[${letter.toUpperCase()}${letter}]`).join('')}:`

/** An Authorization header from the configuration goes out with the first request and replaces what URL, netrc and helper hold. */
export const extraHeader: Rule = {
  id: ID,
  judges: 'route',
  source:
    'git-config, http.extraHeader; measured with git 2.39.5: the header is sent instead of every other credential',
  examples: [
    {
      when: 'it holds an app password',
      given: { chain: chainOf([HEADER]), answers: { 'git-configured': no('app password removed') } },
      gives: 'D112',
    },
    { when: 'it is refused', given: { chain: chainOf([HEADER]), chainAnswer: no('unauthorized') }, gives: 'D112' },
    { when: 'it works', given: { chain: chainOf([HEADER]), answers: { 'git-configured': YES } }, gives: 'pass' },
    {
      when: 'there is none',
      given: { chain: chainOf([{}]), answers: { 'git-configured': no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const header = facts.chain?.sources.find(
      ({ kind, standing }) => kind === 'extra header' && standing === 'sent first',
    )
    const answer = facts.chainAnswer ?? gitAnswer(facts.answers)
    if (header === undefined || answer?.kind !== 'no' || isRecognised(answer)) return undefined
    return found(facts, ID, 'D112', {
      details: { where: header.where, ...(header.setting === undefined ? {} : { setting: header.setting.key }) },
      evidence: [
        { asked: 'What does git send first?', answered: `the header of ${header.where}, ${header.why}` },
        ...(facts.chainAnswer === undefined
          ? evidenceOf(facts.answers, 'git-configured', 'git-push')
          : [facts.chainAnswer.evidence]),
      ],
      repairs: repairs(facts, header),
      ...(header.place === undefined ? {} : { place: header.place }),
    })
  },
}

/** Accepted under it, the secret is right and only the name is wrong. */
function fixedName({ shape }: Source): string {
  return shape?.kind === 'access-token' ? ACCESS_TOKEN_GIT_USERNAME : API_TOKEN_GIT_USERNAME
}

function repairs(facts: Facts, header: Source): readonly Repair[] {
  const behind = facts.chain?.sources.some(({ standing }) => standing === 'masked') === true
  const replace = replaceCredential(header.place === undefined ? facts : { ...facts, place: header.place })
  if (header.setting === undefined)
    return [{ text: `Remove the header where it is set: ${header.where}.`, commands: [] }]
  // Other headers may be set under the same name: only the Authorization goes.
  const remove = unsetSetting(
    header.setting,
    'Remove the header; git then sends the credential behind it.',
    AUTHORIZATION,
  )
  if (behind || facts.chain === undefined) return [remove]
  if (header.place !== undefined && isYes(facts.answers['git-sentinel']) && header.bearer !== true)
    return changeUsername({ ...facts, place: header.place }, fixedName(header))
  const elsewhere = [
    createToken(neededScopes(facts.use)),
    { ...remove, text: 'Remove the header.' },
    storeWithGit(facts.chain.url),
  ]
  // A file of the whole machine is no place that keyturn changes.
  if (header.place === undefined) return elsewhere
  return [...replace, ...otherwise(elsewhere, 'Or store a credential elsewhere, without the header.')]
}
