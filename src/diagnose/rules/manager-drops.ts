import type { Repair } from '../../model/diagnosis.ts'
import { evidenceOf, gitAnswer, isYes, neededScopes } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { createToken, forgetInHelper, otherwise, storeWithGit } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, chainOf, no, YES } from '../sample-facts.ts'
import type { Source } from '../source-standing.ts'

const ID = 'manager-drops'
const DROPPED = { standing: 'not matched', dropped: true, where: 'credential helper "manager"' } as const

/** The manager checks what it stored with `GET /2.0/user`, as Bearer and as Basic with git's username, on every `get`. */
export const managerDrops: Rule = {
  id: ID,
  judges: 'route',
  source:
    'Git Credential Manager, BitbucketHostProvider.cs: ValidateCredentialsWork; github.com/git-ecosystem/git-credential-manager/issues/1991',
  examples: [
    {
      when: 'git takes the token that the manager drops',
      given: {
        shape: API_TOKEN,
        chain: chainOf([DROPPED]),
        answers: { 'git-configured': YES, 'rest-bearer': no('scope missing') },
      },
      gives: 'D131',
    },
    {
      when: 'git does not take it either',
      given: { shape: API_TOKEN, chain: chainOf([DROPPED]), answers: { 'git-configured': no('unauthorized') } },
      gives: 'pass',
    },
    {
      when: 'a store gives the same token before it',
      given: {
        shape: API_TOKEN,
        chain: chainOf([{ standing: 'sent first' }, DROPPED]),
        answers: { 'git-configured': YES },
      },
      gives: 'pass',
    },
    { when: 'the manager answers', given: { chain: chainOf([{}]), answers: { 'git-configured': YES } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const dropped = facts.chain?.sources.find((source) => source.dropped === true)
    const isExamined = dropped !== undefined && dropped.secret?.fingerprint === facts.fingerprint
    if (!isExamined || isAnswered(facts) || facts.jenkins !== undefined || !isYes(gitAnswer(facts.answers)))
      return undefined
    return found(facts, ID, 'D131', {
      details: { where: dropped.where },
      evidence: [
        { asked: `What does ${dropped.where} answer?`, answered: 'nothing; with its check switched off, the token' },
        ...evidenceOf(facts.answers, 'git-configured', 'git-push', 'rest-email', 'rest-bearer'),
      ],
      repairs: repairs(facts, dropped),
    })
  },
}

/** By another source, which may hold the same token. */
function isAnswered({ chain }: Facts): boolean {
  return chain?.sources.some(({ standing }) => standing.startsWith('sent')) === true
}

function repairs(facts: Facts, dropped: Source): readonly Repair[] {
  const { chain } = facts
  const account = chain?.home === undefined ? '' : `HOME='${chain.home.replaceAll("'", `'\\''`)}' `
  const off: Repair = {
    text: 'Switch the check of the manager off; git itself tells when a credential is refused.',
    commands: [`${account}git config --global credential.bitbucketValidateStoredCredentials false`],
  }
  if (chain === undefined) return [off]
  const renew = [
    createToken([...neededScopes(facts.use), 'read:user:bitbucket']),
    forgetInHelper(dropped, chain.home),
    storeWithGit(chain.url, chain),
  ]
  return [off, ...otherwise(renew, 'Or create a token that passes the check.')]
}
