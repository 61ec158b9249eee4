import type { Diagnosis, DiagnosisCode } from '../../model/diagnosis.ts'
import { allEvidence, isYes, refusedBecause } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'no-bitbucket-scopes'
const TOLD = no('no Bitbucket scopes')

/**
 * Bitbucket has one text for both mistakes of the token page. A site of the user tells them apart: it accepts a token without scopes
 * and refuses one with scopes.
 */
export const noBitbucketScopes: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'REST 401 "API Token provided has no Bitbucket scopes"; support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud',
  examples: [
    {
      when: 'the site accepts it',
      given: { shape: API_TOKEN, answers: { 'rest-email': TOLD, site: YES } },
      gives: 'D102',
    },
    {
      when: 'the site refuses it',
      given: { shape: API_TOKEN, answers: { 'rest-email': TOLD, site: no('unauthorized') } },
      gives: 'D103',
    },
    { when: 'no site was named', given: { shape: API_TOKEN, answers: { 'rest-email': TOLD } }, gives: 'D104' },
    {
      when: 'the site could not be reached',
      given: { shape: API_TOKEN, answers: { 'rest-configured': TOLD, site: NOT_TOLD } },
      gives: 'D104',
    },
    {
      when: 'Bitbucket used its older, generic text and the site accepts it',
      given: { shape: API_TOKEN, answers: { 'rest-email': no('token invalid or expired'), site: YES } },
      gives: 'D102',
    },
    {
      when: 'Bitbucket used its generic text and the site refuses it',
      given: { shape: API_TOKEN, answers: { 'rest-email': no('token invalid or expired'), site: no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { answers } = facts
    const told = Object.values(answers).some((answer) => refusedBecause(answer, 'no Bitbucket scopes'))
    if (isYes(answers.site)) return of(facts, 'D102')
    if (!told) return undefined
    return of(facts, refusedBecause(answers.site, 'unauthorized', 'token invalid or expired') ? 'D103' : 'D104')
  },
}

function of(facts: Facts, code: DiagnosisCode): Diagnosis {
  const settledBy =
    code === 'D104'
      ? [
          'repeat the command with --atlassian-site https://NAME.atlassian.net: a site of yours accepts a token without scopes and refuses one for another app',
        ]
      : undefined
  return found(facts, ID, code, {
    evidence: allEvidence(facts.answers),
    // The repair is the same for both, so that the open question delays nobody.
    repairs: replaceCredential(facts),
    ...(settledBy === undefined ? {} : { settledBy }),
  })
}
