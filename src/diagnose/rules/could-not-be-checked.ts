import { evidenceText } from '../../bitbucket/evidence-text.ts'
import { repositoryUrl } from '../../bitbucket/repository-url.ts'
import type { Answer } from '../../model/answer.ts'
import { allEvidence, isKnownWithoutRepository, isUnknown } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, findingsOf, NOT_TOLD } from '../sample-facts.ts'
import { shellWord } from '../shell-word.ts'

const ID = 'could-not-be-checked'

const { url: _, ...UNREAD } = findingsOf()
const NOT_THERE = {
  ...UNREAD,
  resolution: { kind: 'unknown', because: 'the configuration of the job could not be read' },
  gaps: ['http://jenkins.example.org/job/team/job/app: HTTP 404: no such job, or it is not shown'],
} as const
const FOLDER = { ...UNREAD, itemKind: 'folder', resolution: { kind: 'none selected' } } as const
const NO_SUCH_PATH: Answer = {
  kind: 'unknown',
  reason: 'unexpected reply',
  evidence: {
    asked: 'GET https://api.bitbucket.org/2.0/repositries/acme/app',
    answered: '404 Resource not found',
    status: 404,
  },
}

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
    { when: 'Jenkins shows no such job', given: { jenkins: NOT_THERE, answers: {} }, gives: 'D191' },
    { when: 'the job is a folder', given: { jenkins: FOLDER, answers: {} }, gives: 'D191' },
    {
      when: 'REST has no such path',
      given: { use: 'rest', restPath: '/2.0/repositries/acme/app', answers: { 'rest-anonymous': NO_SUCH_PATH } },
      gives: 'D191',
    },
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

function reasonsOf(facts: Facts): readonly string[] {
  const { answers, jenkins, repository } = facts
  const told = Object.values(answers).flatMap((answer) => (answer.kind === 'unknown' ? [answer.reason as string] : []))
  const reasons = [
    ...((unreadJob(jenkins) ?? fetchesNothing(jenkins))?.reasons ?? []),
    ...(isPathUnknown(facts) ? ['Bitbucket answers 404 to the path'] : told),
  ]
  if (reasons.length > 0) return [...new Set(reasons)]
  if (jenkins !== undefined) return ['the job has no build and the controller was not asked']
  const program = programAsked(facts)
  if (program !== undefined) return [`git asks ${program}, which keyturn does not run`]
  return [repository === undefined ? 'no repository is known to ask for' : 'nothing was asked']
}

function settledBy(facts: Facts): readonly string[] {
  const { answers, jenkins, repository } = facts
  if (isPathUnknown(facts)) return ['check the path, letter by letter: api.bitbucket.org was reached']
  const settled = [
    ...((unreadJob(jenkins) ?? fetchesNothing(jenkins))?.settledBy ?? []),
    ...(Object.values(answers).some(isUnknown) ? ['repeat the command when bitbucket.org can be reached'] : []),
  ]
  if (settled.length > 0) return settled
  if (jenkins !== undefined) return ['build the job once, then repeat the command']
  return repository === undefined
    ? [`name a private repository${facts.shape === undefined ? '' : ', and give the secret'}: ${askAboutOne(facts)}`]
    : [`give the secret: keyturn doctor ${shellWord(repositoryUrl(repository))} --username NAME --secret-stdin`]
}

/** By its URL alone the doctor would look for what git sends there, which is another credential than the one in question. */
function askAboutOne({ shape, bearer }: Facts): string {
  const given = shape === undefined ? '' : ` ${bearer ? '--bearer' : '--username NAME'} --secret-stdin`
  return `keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git${given}`
}

/** GIT_ASKPASS and its like, where git gets as far as that. */
function programAsked({ chain }: Facts): string | undefined {
  const sent = chain?.sources.filter(({ standing }) => standing.startsWith('sent')) ?? []
  return sent.find(({ kind, secret }) => kind === 'askpass' && secret === undefined)?.where
}

/** A repository that is hidden is answered 404 with a text of its own, which is a refusal; what is left is no path of REST. */
function isPathUnknown({ restPath, answers }: Facts): boolean {
  const unknown = Object.values(answers).filter(isUnknown)
  return restPath !== undefined && unknown.some(({ evidence }) => evidence.status === 404)
}

/** As `src/consumers/jenkins/examine.ts` words it: Jenkins answers 404 to a job that is hidden, too. */
const NO_SUCH_JOB = 'no such job, or it is not shown'

interface Unread {
  readonly reasons: readonly string[]
  readonly settledBy: readonly string[]
}

function unreadJob(jenkins: Facts['jenkins']): Unread | undefined {
  if (jenkins?.item === undefined || jenkins.itemKind !== undefined || jenkins.url !== undefined) return undefined
  const permit = 'or let the user of the API token see it: Item/Read and Item/ExtendedRead'
  if (jenkins.gaps.some((gap) => gap.endsWith(NO_SUCH_JOB)))
    return {
      reasons: [`the controller has no job ${evidenceText(jenkins.item)}, or does not show it`],
      settledBy: ['check the name of the job, with its folders: --job team/app', permit],
    }
  return {
    reasons: [`the controller does not show the configuration of the job ${evidenceText(jenkins.item)}`],
    settledBy: ['let the user of the API token read it: Overall/Read, Item/Read and Item/ExtendedRead'],
  }
}

/** Its configuration was read. What the script of a pipeline fetches stands in no configuration. */
function fetchesNothing(jenkins: Facts['jenkins']): Unread | undefined {
  if (jenkins?.item === undefined || jenkins.itemKind === undefined) return undefined
  if ([jenkins.url, jenkins.sshUrl, jenkins.branchSource].some((known) => known !== undefined)) return undefined
  const name = evidenceText(jenkins.item)
  return jenkins.itemKind === 'folder'
    ? {
        reasons: [`${name} is a folder, which fetches nothing`],
        settledBy: [`name a job in it: --job ${shellWord(`${name}/NAME`)}`],
      }
    : {
        reasons: [`the configuration of the job ${name} names no repository at Bitbucket`],
        settledBy: ['where a script of the job names a credential, name it too: --credential ID'],
      }
}
