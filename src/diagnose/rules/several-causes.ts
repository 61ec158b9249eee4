import { isLongSecret } from '../../bitbucket/token-shape.ts'
import { ACCESS_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import type { Evidence } from '../../model/answer.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import {
  allEvidence,
  answersToCredential,
  gitAnswer,
  isGit,
  isKnownWithoutRepository,
  isYes,
  refusedBecause,
} from '../answers.ts'
import { isEndOfAppPasswords } from '../app-password-evidence.ts'
import { FORBIDDEN } from '../console-log-remaining.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { askJenkins } from '../jenkins-commands.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_TOKEN, API_TOKEN, findingsOf, NOT_TOLD, no, YES } from '../sample-facts.ts'

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
      when: 'the build was answered 403, without a word of Bitbucket',
      given: {
        use: 'git-fetch',
        jenkins: findingsOf({ lastBuild: FAILED }),
        log: { origin: 'build', findings: [{ id: 'L8', line: '' }] },
        answers: {},
      },
      gives: 'D190',
    },
    {
      when: 'the console shows a 401',
      given: { log: { findings: [{ id: 'L10', line: '' }] }, answers: {} },
      gives: 'D190',
    },
    {
      when: 'an access token is refused by git, and REST could not be asked',
      given: {
        use: 'git-fetch',
        shape: ACCESS_TOKEN,
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': NOT_TOLD },
      },
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
    return found(facts, ID, 'D190', {
      details: { causes: [...causes] },
      evidence: refusals,
      settledBy: [...whatWasNotTold(facts), ...settledBy],
    })
  },
}

function refusalEvidence(facts: Facts): readonly Evidence[] {
  const { answers, jenkins, log } = facts
  const refused = Object.values(answersToCredential(answers)).some(({ kind }) => kind === 'no')
  const fails = jenkins !== undefined && jenkinsOutcome(jenkins, facts) === 'fails'
  // A network that fails says nothing about the credential.
  if (log?.findings.some(({ id }) => id === 'L13') === true) return []
  const lines = (log?.findings ?? []).filter(({ id }) => id !== 'L3' && id !== 'L4' && id !== 'L5')
  return [
    ...(refused || fails ? allEvidence(answers) : []),
    ...(fails ? jenkinsEvidence(jenkins) : []),
    ...lines.map(({ id, line }) => ({ asked: `console log (${id})`, answered: line })),
  ]
}

/** REST would have told them apart, and gave no answer that counts. */
function whatWasNotTold({ answers }: Facts): readonly string[] {
  const reasons = [answers['rest-email'], answers['rest-bearer'], answers['rest-repository']].flatMap((answer) =>
    answer?.kind === 'unknown' ? [answer.reason] : [],
  )
  const [reason] = reasons
  return reason === undefined ? [] : [`repeat the command when REST answers again (${reason})`]
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
      causes: isForbidden(facts) ? FORBIDDEN : ['D102', 'D103', 'D106', 'D107', 'D108', 'D109'],
      settledBy: [
        `give the secret, and the e-mail of its owner: ${askJenkins(jenkins, ' --secret-stdin --email ADDRESS')}`,
      ],
    }
  return ofToken(facts)
}

/** Git was answered 403 alone, without the text of Bitbucket that says why. */
function isForbidden({ log }: Facts): boolean {
  return log?.findings.some(({ id }) => id === 'L8') === true
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
  const isBearer = facts.bearer === true || username === ACCESS_TOKEN_GIT_USERNAME || isLongSecret(shape)
  if (shape?.kind === 'unknown' && isBearer)
    return { causes: ['D122', 'D123'], settledBy: ['ask for a new OAuth token, or replace it with an API token'] }
  if (shape?.kind === 'access-token') return ofAccessToken(facts)
  if (shape?.kind === 'app-password' && facts.appPasswordsWork === true)
    return { causes: ['D106', 'D107', 'D101'], settledBy: ['replace it with an API token; app passwords end'] }
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

/** It has no owner and no e-mail; REST takes it alone. */
function ofAccessToken({ answers }: Facts): Remaining {
  if (isYes(answers['rest-bearer']))
    return {
      causes: ['git refuses what REST accepts'],
      settledBy: ['ask again in ten minutes; then ask the support of Atlassian with this report'],
    }
  return {
    causes: ['D108', 'D115', 'D117'],
    settledBy: ['the settings of the repository, the project or the workspace list the access tokens that exist'],
  }
}
