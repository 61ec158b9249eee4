import { evidenceOf, isGit, isYes, scopesToCreate } from '../answers.ts'
import { found } from '../found.ts'
import { createToken } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, findingsOf, no, YES } from '../sample-facts.ts'

const ID = 'rest-without-credential'

/** curl with `--netrc` says nothing when the file has no entry for the host, and asks without a credential. */
export const restWithoutCredential: Rule = {
  id: ID,
  judges: 'route',
  source:
    'curl, lib/netrc.c: an entry counts for its very host, and that of REST is api.bitbucket.org; REST answers 404 to nobody',
  examples: [
    {
      when: 'REST shows nothing to nobody',
      given: { use: 'rest', answers: { 'rest-anonymous': no('no access') } },
      gives: 'D118',
    },
    { when: 'the path is about the caller', given: { use: 'rest', answers: {} }, gives: 'D118' },
    { when: 'everybody may read it', given: { use: 'rest', answers: { 'rest-anonymous': YES } }, gives: 'pass' },
    {
      when: 'the path was removed, whoever asks',
      given: { use: 'rest', answers: { 'rest-anonymous': no('endpoint removed') } },
      gives: 'pass',
    },
    {
      when: 'one was sent',
      given: { use: 'rest', shape: API_TOKEN, answers: { 'rest-anonymous': no('no access') } },
      gives: 'pass',
    },
    { when: 'Jenkins does not show what it sends', given: { use: 'rest', jenkins: findingsOf({}) }, gives: 'pass' },
    { when: 'git is asked', given: { use: 'git-fetch', answers: {} }, gives: 'pass' },
  ],
  decide: (facts) => {
    const { use, shape, jenkins, log, place, answers, email } = facts
    if (isGit(use) || shape !== undefined || jenkins !== undefined || log !== undefined || place !== undefined)
      return undefined
    const everybody = answers['rest-anonymous']
    const isShut = everybody?.kind === 'no' && (everybody.reason === 'no access' || everybody.reason === 'unauthorized')
    if (isYes(everybody) || (everybody !== undefined && !isShut)) return undefined
    return found(facts, ID, 'D118', {
      details: { rest: 'yes' },
      evidence: [
        ...evidenceOf(answers, 'rest-anonymous'),
        { asked: 'What does curl find in ~/.netrc?', answered: 'no entry for api.bitbucket.org, and no "default"' },
      ],
      repairs: [
        createToken(scopesToCreate({ use, restPath: facts.restPath ?? '/2.0/user' })),
        {
          text: `Write a line to ~/.netrc: machine api.bitbucket.org login ${email ?? 'E-MAIL'} password, and the token. An entry for bitbucket.org counts for git alone.`,
          commands: [],
        },
      ],
    })
  },
}
