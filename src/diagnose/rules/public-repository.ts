import { evidenceOf, gitAnswer, isYes } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, chainOf, NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'public-repository'
const LIMITED = { kind: 'unknown', reason: 'rate limited', evidence: NOT_TOLD.evidence } as const

/** Git sends no credential for a public repository, so that fetching works with any credential and with none. */
export const publicRepository: Rule = {
  id: ID,
  judges: 'credential',
  source: 'measured with git 2.39.5: without a 401 challenge no credential is ever sent',
  examples: [
    {
      when: 'everybody can fetch it and pushing is refused',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': no('unauthorized') } },
      gives: 'D119',
    },
    {
      when: 'pushing is not for this account',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': no('no access') } },
      gives: 'D119',
    },
    {
      when: 'pushing could not be asked',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': NOT_TOLD } },
      gives: 'D119',
    },
    {
      when: 'pushing misses a scope: the token is known, and what it may read is not',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': no('scope missing') } },
      gives: 'D119',
    },
    {
      when: 'an account that has used up its requests is in a header, which goes out at once',
      given: {
        use: 'git-fetch',
        chain: chainOf([{ kind: 'extra header' }]),
        answers: { 'git-anonymous': YES, 'git-push': LIMITED },
      },
      gives: 'pass',
    },
    {
      when: 'the account has used up its requests, and git would not name it',
      given: { use: 'git-fetch', answers: { 'git-anonymous': YES, 'git-push': LIMITED } },
      gives: 'D119',
    },
    {
      when: 'pushing is accepted',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-anonymous': YES, 'git-push': YES } },
      gives: 'pass',
    },
    {
      when: 'it is private',
      given: { use: 'git-fetch', answers: { 'git-anonymous': no('unauthorized'), 'git-configured': YES } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { answers } = facts
    const isOpen = facts.use === 'git-fetch' ? isOpenOnGit(facts) : facts.use === 'rest' && isOpenOnRest(facts)
    if (!isOpen) return undefined
    return found(facts, ID, 'D119', {
      evidence: evidenceOf(answers, 'git-anonymous', 'git-push', 'git-sentinel', 'rest-anonymous', 'rest-configured'),
      settledBy: ['repeat the command with the URL of a private repository that the credential must reach'],
    })
  },
}

function isOpenOnGit({ answers, chain }: Facts): boolean {
  const [first] = chain?.sources ?? []
  const answer = gitAnswer(answers)
  const isLimited = answer?.kind === 'unknown' && answer.reason === 'rate limited'
  if (isLimited && first?.kind === 'extra header' && first.standing === 'sent first') return false
  return isYes(answers['git-anonymous']) && !isYes(answers['git-push'])
}

/** REST names the type of a credential that it knows, on a public repository too. */
function isOpenOnRest({ answers }: Facts): boolean {
  const configured = answers['rest-configured']
  const isNamed = configured !== undefined && 'credentialType' in configured && configured.credentialType !== undefined
  return isYes(answers['rest-anonymous']) && (configured === undefined || isYes(configured)) && !isNamed
}
