import { ACCESS_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import type { Evidence } from '../../model/answer.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { allEvidence, gitAnswer, isGit, isKnownWithoutRepository, isYes, refusedBecause } from '../answers.ts'
import { isEndOfAppPasswords } from '../app-password-evidence.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { askJenkins } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, findingsOf, NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'several-causes'
const FAILED = { number: 3, result: 'FAILURE', text: '' }

/** Something was refused, and what was asked does not say why. Names the causes that remain and what would tell them apart. */
export const severalCauses: Rule = {
  id: ID,
  judges: 'credential',
  source: 'git answers 401 with one text to a wrong username, a wrong token, and a token without scopes',
  examples: [
    {
      when: 'the owner of a refused token is not known',
      given: {
        use: 'git-fetch',
        shape: API_TOKEN,
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': no('token invalid or expired') },
      },
      gives: 'D190',
    },
    {
      when: 'Jenkins fails and its secret is not known',
      given: { use: 'git-fetch', jenkins: findingsOf({ lastBuild: FAILED }), answers: {} },
      gives: 'D190',
    },
    {
      when: 'Bitbucket accepts the credential and Jenkins still fails',
      given: { use: 'git-fetch', jenkins: findingsOf({ lastBuild: FAILED }), answers: { 'git-configured': YES } },
      gives: 'D190',
    },
    {
      when: 'the console shows a 401',
      given: { log: { findings: [{ id: 'L10', line: '' }] }, answers: {} },
      gives: 'D190',
    },
    {
      when: 'nothing was refused',
      given: { use: 'git-fetch', answers: { 'git-anonymous': no('unauthorized'), 'git-configured': NOT_TOLD } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    if (isKnownWithoutRepository(facts)) return undefined
    const refusals = refusalEvidence(facts)
    if (refusals.length === 0) return undefined
    const { causes, settledBy } = remaining(facts)
    return found(facts, ID, 'D190', { details: { causes: [...causes] }, evidence: refusals, settledBy })
  },
}

function refusalEvidence(facts: Facts): readonly Evidence[] {
  const { answers, jenkins, log } = facts
  const refused = Object.entries(answers).some(([probe, answer]) => probe !== 'git-anonymous' && answer.kind === 'no')
  const fails = jenkins !== undefined && jenkinsOutcome(jenkins) === 'fails'
  // A network that fails says nothing about the credential.
  if (log?.findings.some(({ id }) => id === 'L13') === true) return []
  const lines = (log?.findings ?? []).filter(({ id }) => id !== 'L3' && id !== 'L4' && id !== 'L5')
  return [
    ...(refused || fails ? allEvidence(answers) : []),
    ...(fails ? jenkinsEvidence(jenkins) : []),
    ...lines.map(({ id, line }) => ({ asked: `console log (${id})`, answered: line })),
  ]
}

interface Remaining {
  readonly causes: readonly string[]
  readonly settledBy: readonly string[]
}

function remaining(facts: Facts): Remaining {
  const { jenkins, answers, chain, shape } = facts
  const ended = isEndOfAppPasswords(facts)
  if (jenkins !== undefined && isYes(gitAnswer(answers))) return ofAccepted(jenkins, chain)
  if (ended)
    return {
      causes: ['D101', 'D111'],
      settledBy: [askJenkins(jenkins, ' --secret-stdin'), ...agentHome(jenkins, chain)],
    }
  if (shape === undefined)
    return {
      causes: ['D102', 'D103', 'D106', 'D107', 'D108', 'D109'],
      settledBy: [
        `give the secret, and the e-mail of its owner: ${askJenkins(jenkins, ' --secret-stdin --email ADDRESS')}`,
      ],
    }
  return ofToken(facts)
}

/** Bitbucket accepts what was given here, so Jenkins sends something else, or did so in its last build. */
function ofAccepted(jenkins: JenkinsFindings, chain: Facts['chain']): Remaining {
  const other = [
    'another secret is stored in Jenkins than the one given here',
    'the agent sends a credential of its own',
  ]
  // The test of the controller was made now, so that it is no matter of an old build.
  if (jenkins.checkUrl?.with.kind === 'failed') return { causes: other, settledBy: agentHome(jenkins, chain) }
  return {
    causes: ['the job has not been built since the credential was changed', ...other],
    settledBy: ['build the job again', ...agentHome(jenkins, chain)],
  }
}

function agentHome(jenkins: JenkinsFindings | undefined, chain: Facts['chain']): readonly string[] {
  return chain === undefined
    ? [`look at the account that runs the build: ${askJenkins(jenkins, ' --as-home FOLDER')}`]
    : []
}

function ofToken(facts: Facts): Remaining {
  const { email, username, shape, answers, use } = facts
  if (shape?.kind === 'unknown' && (facts.bearer === true || username === ACCESS_TOKEN_GIT_USERNAME))
    return { causes: ['D122', 'D123'], settledBy: ['ask for a new OAuth token, or replace it with an API token'] }
  if (shape?.kind !== 'api-token')
    return {
      causes: ['a password of the account', 'an app password of the older form', 'a secret of another system'],
      settledBy: ['replace it with an API token'],
    }
  if (email === undefined && username?.includes('@') !== true)
    return {
      causes: [...(!isGit(use) && username !== undefined ? ['D116'] : []), 'D102', 'D103', 'D108'],
      settledBy: ['repeat the command with --email ADDRESS, the e-mail of the Atlassian account that owns the token'],
    }
  if (isYes(answers['rest-repository']))
    return {
      causes: ['git refuses what REST accepts'],
      settledBy: ['ask again in ten minutes; then ask the support of Atlassian with this report'],
    }
  if (refusedBecause(answers.site, 'unauthorized', 'token invalid or expired'))
    return {
      causes: ['D103', 'D108'],
      settledBy: [
        'the list at https://id.atlassian.com/manage-profile/security/api-tokens shows the tokens that exist',
      ],
    }
  return {
    causes: ['D102', 'D103', 'D108'],
    settledBy: ['repeat the command with --atlassian-site https://NAME.atlassian.net'],
  }
}
