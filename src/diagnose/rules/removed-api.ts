import { evidenceText } from '../../bitbucket/evidence-text.ts'
import { evidenceOf, refusedBecause } from '../answers.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { no, YES } from '../sample-facts.ts'

const ID = 'removed-api'

export const removedApi: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'developer.atlassian.com/cloud/bitbucket/rest/intro; github.com/avivsinai/bitbucket-cli/issues/70: 403 "Forbidden"',
  examples: [
    {
      when: 'a path of API 1.0 is forbidden',
      given: { use: 'rest', restPath: '/1.0/user', answers: { 'rest-configured': no('forbidden') } },
      gives: 'D124',
    },
    {
      when: 'a path of API 2.0 is forbidden',
      given: { use: 'rest', restPath: '/2.0/user', answers: { 'rest-configured': no('forbidden') } },
      gives: 'pass',
    },
    {
      when: 'the credential is refused before the path is looked at',
      given: { use: 'rest', restPath: '/1.0/user', answers: { 'rest-configured': no('unauthorized') } },
      gives: 'pass',
    },
    {
      when: 'it is answered',
      given: { use: 'rest', restPath: '/1.0/user', answers: { 'rest-configured': YES } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { restPath: path = '', answers } = facts
    if (path === '' || path.startsWith('/2.0/') || !refusedBecause(answers['rest-configured'], 'forbidden'))
      return undefined
    return found(facts, ID, 'D124', {
      details: { path: evidenceText(path) },
      evidence: evidenceOf(answers, 'rest-configured'),
      repairs: [{ text: `Ask https://api.bitbucket.org${evidenceText(newPath(path))} instead.`, commands: [] }],
    })
  },
}

function newPath(path: string): string {
  return `/2.0${path.replace(/^\/1\.0(?=\/)/, '')}`
}
