import type { RestAnswer } from '../../bitbucket/client.ts'
import type { Answer } from '../../model/answer.ts'
import { allEvidence, isYes, refusedBecause } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, API_TOKEN, no, UNKNOWN_SECRET, YES } from '../sample-facts.ts'

const ID = 'header-dropped'
const AS_ANONYMOUS: RestAnswer = { ...no('unauthorized'), challenge: 'Basic' }
const REALM_OAUTH: RestAnswer = { ...no('unauthorized'), challenge: 'OAuth' }
const NOBODY = no('no access')

/**
 * A token that was sent as Bearer and is refused gets a sentence, or the challenge OAuth. Only a request without any credential is
 * asked for Basic.
 */
export const headerDropped: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'docs/bitbucket-authentication.md: REST challenges a wrong Bearer with the realm OAuth, and names the type of a known credential in x-credential-type',
  examples: [
    {
      when: 'a token as Bearer is answered as if nothing had been sent',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': AS_ANONYMOUS },
      },
      gives: 'D126',
    },
    {
      when: 'REST hides the repository as it hides it from everybody, and does not know the caller',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        answers: { 'rest-anonymous': NOBODY, 'rest-configured': NOBODY, 'rest-bearer': AS_ANONYMOUS },
      },
      gives: 'D126',
    },
    {
      when: 'the caller is known and may not see the repository',
      given: {
        use: 'rest',
        shape: API_TOKEN,
        answers: { 'rest-anonymous': NOBODY, 'rest-configured': NOBODY, 'rest-bearer': YES },
      },
      gives: 'pass',
    },
    {
      when: 'a Bearer is refused as such',
      given: {
        use: 'git-fetch',
        shape: ACCESS_TOKEN,
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': REALM_OAUTH },
      },
      gives: 'pass',
    },
    {
      when: 'git accepts it',
      given: {
        use: 'git-fetch',
        shape: UNKNOWN_SECRET,
        answers: { 'git-configured': YES, 'rest-bearer': AS_ANONYMOUS },
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { answers } = facts
    if (!isAsAnonymous(answers['rest-bearer']) && !(facts.bearer === true && isAsAnonymous(answers['rest-configured'])))
      return undefined
    if (isYes(answers['git-configured']) || isKnownSomewhere(facts)) return undefined
    return found(facts, ID, 'D126', {
      evidence: allEvidence(answers),
      repairs: [
        {
          text: 'Look at what stands between this machine and Bitbucket: a proxy (HTTPS_PROXY, http.proxy), a gateway that checks TLS, a redirect. It takes the header "Authorization" away.',
          commands: [],
        },
      ],
    })
  },
}

function isAsAnonymous(answer: Answer | RestAnswer | undefined): boolean {
  return (
    refusedBecause(answer, 'unauthorized') &&
    answer !== undefined &&
    'challenge' in answer &&
    answer.challenge === 'Basic'
  )
}

/** Some reply names the credential, so that the header arrived. */
function isKnownSomewhere({ answers }: Facts): boolean {
  return Object.values(answers).some(
    (answer) =>
      ('credentialType' in answer && answer.credentialType !== undefined) ||
      refusedBecause(
        answer,
        'token invalid or expired',
        'no Bitbucket scopes',
        'username is not the e-mail',
        'app password removed',
        'account password',
      ),
  )
}
