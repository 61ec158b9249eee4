import { answersToCredential } from '../answers.ts'
import { isEmail } from '../branch-source-kind.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, APP_PASSWORD, findingsOf, no, YES } from '../sample-facts.ts'
import { BRANCH_SOURCE_PLUGIN, floorOf, isAtLeast } from '../version-floors.ts'

const ID = 'jenkins-old-plugin'
const SOURCE = { workspace: 'acme' }
const FAILED = { result: 'FAILURE', text: '' }
const REFUSED = "fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'"
const OLD = { [BRANCH_SOURCE_PLUGIN]: '936.4.1' }
const EMAIL = {
  kind: 'found',
  store: 'system',
  typeName: 'Username with password',
  username: 'ci@example.com',
  shadows: [],
} as const

/** Before 937.0.0 Branch Source sent one name to git and to REST; an API token needs two, so that no username makes both work. */
export const jenkinsOldPlugin: Rule = {
  id: ID,
  judges: 'credential',
  source: 'bitbucket-branch-source-plugin, JENKINS-75772 and pull request 1081',
  examples: [
    {
      when: 'a scan fails under the fixed username of git, and the plugin is older than API tokens',
      given: { jenkins: findingsOf({ branchSource: SOURCE, lastScan: FAILED, plugins: OLD }) },
      gives: 'D133',
    },
    {
      when: 'a branch fails under the e-mail, REST shows nobody the repository, and REST takes the token',
      given: {
        shape: API_TOKEN,
        jenkins: findingsOf({
          branchSource: SOURCE,
          resolution: EMAIL,
          lastBuild: { number: 1, result: 'FAILURE', text: REFUSED },
          plugins: OLD,
        }),
        answers: { 'rest-anonymous': no('no access'), 'rest-configured': YES },
      },
      gives: 'D133',
    },
    {
      when: 'a branch fails under the e-mail',
      given: {
        jenkins: findingsOf({
          branchSource: SOURCE,
          resolution: EMAIL,
          lastBuild: { number: 1, result: 'FAILURE', text: REFUSED },
          plugins: OLD,
        }),
      },
      gives: 'D133',
    },
    {
      when: 'the scan works',
      given: {
        jenkins: findingsOf({ branchSource: SOURCE, lastScan: { ...FAILED, result: 'SUCCESS' }, plugins: OLD }),
      },
      gives: 'pass',
    },
    {
      when: 'an app password is stored',
      given: {
        shape: APP_PASSWORD,
        jenkins: findingsOf({ branchSource: SOURCE, lastScan: FAILED, plugins: OLD }),
      },
      gives: 'pass',
    },
    {
      when: 'the scan was told that the secret is an app password',
      given: {
        jenkins: findingsOf({ branchSource: SOURCE, lastScan: FAILED, plugins: OLD }),
        log: { origin: 'scan', findings: [{ id: 'L7', line: '' }] },
      },
      gives: 'pass',
    },
    {
      when: 'the token itself is refused',
      given: {
        shape: API_TOKEN,
        jenkins: findingsOf({ branchSource: SOURCE, resolution: EMAIL, lastScan: FAILED, plugins: OLD }),
        answers: { 'rest-configured': no('no Bitbucket scopes') },
      },
      gives: 'pass',
    },
    {
      when: 'the plugin knows API tokens',
      given: {
        jenkins: findingsOf({
          branchSource: SOURCE,
          lastScan: FAILED,
          plugins: { [BRANCH_SOURCE_PLUGIN]: '937.3.9' },
        }),
      },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins } = facts
    const version = jenkins?.plugins[BRANCH_SOURCE_PLUGIN]
    const row = floorOf(BRANCH_SOURCE_PLUGIN)
    if (jenkins?.branchSource === undefined || version === undefined || row === undefined) return undefined
    if (isAtLeast(version, row.floor) || jenkinsOutcome(jenkins, facts) !== 'fails' || !isApiToken(facts))
      return undefined
    return found(facts, ID, 'D133', {
      details: { tool: row.name, version, floor: row.floor, recommended: row.recommended },
      evidence: [
        { asked: `Which version of ${row.name} is installed?`, answered: version },
        ...jenkinsEvidence(jenkins),
      ],
      repairs: [
        {
          text: `Upgrade ${row.name} to ${row.recommended} or later (Manage Jenkins, Plugins), restart, and store the e-mail of the owner as username. ${row.why}`,
          commands: [],
        },
      ],
    })
  },
}

/** A token of that kind was given, or is stored under a name that only such a token has; and nothing says that it is dead or ended. */
function isApiToken({ shape, jenkins, log, answers }: Facts): boolean {
  if (log?.findings.some(({ id }) => NOT_ITS_FAULT.has(id)) === true) return false
  const told = Object.values(answersToCredential(answers))
  if (told.some(({ kind, ...answer }) => kind === 'no' && !isOfName(answer))) return false
  if (shape !== undefined) return shape.kind === 'api-token' && shape.checksum === 'fits'
  const username = jenkins?.resolution.kind === 'found' ? jenkins.resolution.username : undefined
  return username === 'x-bitbucket-api-token-auth' || (username !== undefined && isEmail(username))
}

const NOT_ITS_FAULT: ReadonlySet<string> = new Set(['L7', 'L8', 'L13', 'L21', 'A4'])

function isOfName(answer: object): boolean {
  return 'reason' in answer && answer.reason === 'username is not the e-mail'
}
