import { repositoryUrl } from '../../bitbucket/repository-url.ts'
import { allEvidence, isKnownWithoutRepository, isUnknown } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, findingsOf, NOT_TOLD } from '../sample-facts.ts'
import { shellWord } from '../shell-word.ts'

const ID = 'could-not-be-checked'

/** The last row: no answer is not a refusal, and silence is not a success. */
export const couldNotBeChecked: Rule = {
  id: ID,
  judges: 'credential',
  source: 'a time-out, a rate limit or a surprise is no statement about the credential',
  examples: [
    {
      when: 'there was no answer',
      given: { use: 'git-fetch', shape: API_TOKEN, answers: { 'git-configured': NOT_TOLD } },
      gives: 'D191',
    },
    { when: 'nothing could be asked', given: { answers: {} }, gives: 'D191' },
    { when: 'Jenkins has no build and no test', given: { jenkins: findingsOf(), answers: {} }, gives: 'D191' },
  ],
  decide: (facts) => {
    const { answers, jenkins, log } = facts
    const network = (log?.findings ?? []).filter(({ id }) => id === 'L13' || id === 'L21')
    return found(facts, ID, 'D191', {
      details: { reasons: reasonsOf(facts), ...(isKnownWithoutRepository(facts) ? { known: 'yes' } : {}) },
      evidence: [
        ...allEvidence(answers),
        ...(jenkins === undefined ? [] : jenkinsEvidence(jenkins)),
        ...network.map(({ line }) => ({ asked: 'console log', answered: line })),
      ],
      settledBy: settledBy(facts),
    })
  },
}

function reasonsOf({ answers, jenkins, repository }: Facts): readonly string[] {
  const told = Object.values(answers).flatMap((answer) => (answer.kind === 'unknown' ? [answer.reason as string] : []))
  if (told.length > 0) return [...new Set(told)]
  if (jenkins !== undefined) return ['the job has no build and the controller was not asked']
  return [repository === undefined ? 'no repository is known to ask for' : 'nothing was asked']
}

function settledBy({ answers, jenkins, repository }: Facts): readonly string[] {
  if (Object.values(answers).some(isUnknown)) return ['repeat the command when bitbucket.org can be reached']
  if (jenkins !== undefined) return ['build the job once, then repeat the command']
  return repository === undefined
    ? ['name a private repository: keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git']
    : [`give the secret: keyturn doctor ${shellWord(repositoryUrl(repository))} --username NAME --secret-stdin`]
}
