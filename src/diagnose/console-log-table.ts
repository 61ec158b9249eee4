import type { Evidence } from '../model/answer.ts'
import type { Diagnosis, DiagnosisCode, Repair } from '../model/diagnosis.ts'
import type { LogClass, LogFinding, LogReading } from './console-log.ts'
import { ofAgent, remainingOfLog, settling } from './console-log-remaining.ts'
import { cleanUrl, isOfJenkins, listIds, newTokenAfterLog, selectInJob, storeInJenkins } from './console-log-repairs.ts'
import type { Facts } from './facts.ts'
import { found } from './found.ts'
import { askJenkins } from './jenkins-commands.ts'
import { networkProblem, networkRepairs } from './network-problem.ts'
import { isEmail } from './open-question.ts'
import { createToken } from './repairs.ts'
import type { Rule, RuleExample } from './rule.ts'

const READ = 'read:repository:bitbucket'
const WRITE = 'write:repository:bitbucket'
const READ_WORKSPACE = 'read:workspace:bitbucket'

/** What a rule about a log sees: the line that it is about, and the rest of what was read. */
interface Seen {
  readonly line: LogFinding
  readonly log: LogReading
  has(...ids: readonly LogClass[]): boolean
}

type Told = Pick<Diagnosis, 'code'> & Partial<Pick<Diagnosis, 'details' | 'repairs' | 'missing' | 'settledBy'>>

interface LogRule {
  readonly id: string
  readonly source: string
  readonly classes: readonly LogClass[]
  readonly examples: readonly RuleExample[]
  readonly tell: (seen: Seen) => Told | undefined
}

function logRule({ id, source, classes, examples, tell }: LogRule): Rule {
  return {
    id,
    judges: 'credential',
    source,
    examples,
    decide: (facts) => {
      const { log } = facts
      const line = log?.findings.find((finding) => classes.includes(finding.id))
      if (log === undefined || line === undefined) return undefined
      const has = (...ids: readonly LogClass[]): boolean => log.findings.some((each) => ids.includes(each.id))
      const told = tell({ line, log, has })
      if (told === undefined) return undefined
      const { code, ...parts } = told
      return found(facts, id, code, { evidence: [logEvidence(line)], ...parts })
    },
  }
}

export function logEvidence({ line, number }: LogFinding): Evidence {
  return { asked: number === undefined ? 'console log' : `console log, line ${number}`, answered: line }
}

const example = (
  when: string,
  gives: DiagnosisCode | 'pass',
  findings: readonly (Omit<LogFinding, 'line'> & { readonly line?: string })[],
  rest: Partial<LogReading> = {},
): RuleExample => ({
  when,
  given: { log: { ...rest, findings: findings.map((finding) => ({ line: '', ...finding })) } },
  gives,
})

/** Bitbucket said what it refuses; a username or a network is then not what is wrong. */
const SAID_WHY: readonly LogClass[] = ['L7', 'L8', 'L12', 'L13', 'A23', 'A24', 'A25', 'A26', 'A27', 'A3', 'A4']
const BUILD: Partial<LogReading> = { origin: 'build', credentialId: 'bb' }

const network = logRule({
  id: 'log-network',
  source: 'git, http.c and remote-curl.c; curl, lib/strerror.c',
  classes: ['L13'],
  examples: [
    example('the name of the host does not resolve', 'D135', [
      { id: 'L13', line: 'Could not resolve host: bitbucket.org' },
    ]),
    example('the network comes before everything else', 'D135', [{ id: 'L13' }, { id: 'L10' }]),
    example('Bitbucket answered', 'pass', [{ id: 'L10' }]),
  ],
  tell: ({ line }) => {
    const problem = networkProblem(line.line)
    return { code: 'D135', details: { problem: problem.words }, repairs: networkRepairs(problem.kind) }
  },
})

const appPassword = logRule({
  id: 'log-app-password',
  source: 'developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
  classes: ['L7'],
  examples: [
    example('git says 410', 'D101', [{ id: 'L7' }]),
    example('a scan says it', 'D101', [{ id: 'L7' }, { id: 'L16' }], { origin: 'scan' }),
    example('the job names no credential', 'D101', [{ id: 'L7' }, { id: 'L2' }], { origin: 'build' }),
    example('the job names one, or the agent sent its own', 'D101', [{ id: 'L7' }], BUILD),
    example('nothing was answered 410', 'pass', [{ id: 'L10' }], BUILD),
    example(
      'the URL of the job holds a secret, and a credential waits behind it',
      'D111',
      [{ id: 'L7' }, { id: 'L6', captured: 'alice', userinfo: 'name and secret' }],
      BUILD,
    ),
  ],
  tell: ({ log, has }) => {
    const inUrl = log.findings.some(({ userinfo }) => userinfo === 'name and secret')
    if (inUrl && log.credentialId !== undefined) return secretInUrl(log)
    // A build may send what its agent keeps before it asks for the credential of the job: both are app passwords here.
    const isOfAgent = log.origin === 'build' && !has('L16')
    return {
      code: 'D101',
      repairs: newTokenAfterLog(log, [READ, WRITE]),
      ...(isOfAgent ? { settledBy: ofAgent(log) } : {}),
    }
  },
})

const SECRET_IN_URL = { where: 'the secret in the URL of the job', behind: 'its credential', forEver: 'yes' }

function secretInUrl(log: LogReading): Told {
  return { code: 'D111', details: SECRET_IN_URL, repairs: [cleanUrl(log)] }
}

const BLOCKED: Partial<Record<LogClass, string>> = {
  A23: 'address not allowed',
  A24: 'two-step verification required',
}

const blocked = logRule({
  id: 'log-blocked',
  source: 'confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html',
  classes: ['A23', 'A24'],
  examples: [
    example('the address is not allowed', 'D120', [{ id: 'A23' }, { id: 'L8' }]),
    example('two-step verification is wanted', 'D120', [{ id: 'A24' }, { id: 'L8' }]),
    example('a 403 without that text', 'pass', [{ id: 'L8' }]),
  ],
  tell: ({ line }) => ({
    code: 'D120',
    details: { reason: BLOCKED[line.id] ?? '' },
    repairs: [
      {
        text:
          line.id === 'A23'
            ? 'An administrator of the workspace adds the address of that machine to the allowlist (workspace settings, Access controls).'
            : 'The owner of the token turns on two-step verification: https://id.atlassian.com/manage-profile/security/two-step-verification.',
        commands: [],
      },
    ],
  }),
})

const overLimit = logRule({
  id: 'log-user-limit',
  source:
    'support.atlassian.com/bitbucket-cloud/kb/fix-error-your-push-failed-because-the-account-has-exceeded-its-user-limit',
  classes: ['A26'],
  examples: [
    example('the workspace has too many users', 'D129', [{ id: 'A26' }]),
    example('it comes with a 403', 'D129', [{ id: 'A26' }, { id: 'L8' }]),
    example('a 403 without that text', 'pass', [{ id: 'L8' }]),
  ],
  tell: ({ log }) => ({
    code: 'D129',
    details: { workspace: repositoryOf(log)?.split('/')[0] ?? 'The workspace' },
    repairs: [
      {
        text: 'An administrator of the workspace changes the plan, or takes users out: https://bitbucket.org/WORKSPACE/workspace/settings/plans.',
        commands: [],
      },
    ],
  }),
})

const lockedOut = logRule({
  id: 'log-locked-out',
  source: 'bitbucket.org/site/master/issues/14735',
  classes: ['A27'],
  examples: [
    example('too many attempts', 'D130', [{ id: 'A27' }]),
    example('it comes with a 403', 'D130', [{ id: 'A27' }, { id: 'L8' }]),
    example('a 403 without that text', 'pass', [{ id: 'L8' }]),
  ],
  tell: () => ({
    code: 'D130',
    repairs: [{ text: 'Stop what repeats the dead credential, wait 15 minutes, and build again once.', commands: [] }],
  }),
})

const noAccess = logRule({
  id: 'log-no-access',
  source: 'git, remote-curl.c; confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html',
  classes: ['A25', 'L12'],
  examples: [
    example('git says that the repository is not found', 'D115', [{ id: 'L12' }]),
    example('Bitbucket says that it is not there or not to be seen', 'D115', [{ id: 'A25' }, { id: 'L8' }]),
    example('a missing scope', 'pass', [{ id: 'L8' }]),
  ],
  tell: ({ log }) => {
    const repository = repositoryOf(log)
    return {
      code: 'D115',
      details: { repository: repository ?? 'the repository' },
      repairs: [
        {
          text: `Check the spelling of ${repository ?? 'the repository'} in the URL first. Then an administrator of the workspace gives the owner of the token the read permission: https://bitbucket.org/${repository ?? 'WORKSPACE/REPOSITORY'}/admin/permissions.`,
          commands: [],
        },
      ],
    }
  },
})

const scopeMissing = logRule({
  id: 'log-scope-missing',
  source: 'support.atlassian.com/bitbucket-cloud/docs/api-token-permissions',
  classes: ['A21'],
  examples: [
    example('Bitbucket says so', 'D105', [{ id: 'A21' }, { id: 'L8' }]),
    example('a scope is named by REST', 'D105', [{ id: 'A21', captured: '"read:pullrequest:bitbucket"' }]),
    example('a 403 without that text', 'pass', [{ id: 'L8' }]),
    example('another text was said as well', 'pass', [{ id: 'A21' }, { id: 'L8' }, { id: 'A23' }]),
  ],
  tell: ({ line, log, has }) => {
    if (has('A23', 'A24', 'A25', 'A26', 'A27')) return undefined
    const named = [...(line.captured ?? '').matchAll(/"([\w:]+)"/g)].map(([, scope = '']) => scope)
    const missing = named.length > 0 ? named : isOfJenkins(log) ? [READ] : [`${READ} (for pushing, ${WRITE} too)`]
    const wanted = [...new Set([READ, ...named, ...(isOfJenkins(log) ? [] : [WRITE])])]
    return {
      code: 'D105',
      details: { missing, use: log.origin === 'scan' ? 'rest' : isOfJenkins(log) ? 'git-fetch' : 'git' },
      missing: missing.filter((scope) => !scope.includes(' ')),
      repairs: newTokenAfterLog(log, wanted),
    }
  },
})

const rateLimit = logRule({
  id: 'log-rate-limit',
  source: 'support.atlassian.com/bitbucket-cloud/docs/api-request-limits',
  classes: ['L21'],
  examples: [
    example('git says 429', 'D128', [{ id: 'L21' }]),
    example('a scan is limited', 'D128', [{ id: 'L21' }, { id: 'L22' }]),
    example('an app password', 'pass', [{ id: 'L7' }]),
  ],
  tell: () => ({
    code: 'D128',
    repairs: [
      {
        text: 'Wait an hour, then build again. Scan less often, or by webhook: all tokens of one account share one budget.',
        commands: [],
      },
    ],
  }),
})

const idNotFound = logRule({
  id: 'log-id-not-found',
  source: 'git-plugin, GitSCM; bitbucket-branch-source-plugin; credentials-binding-plugin, CredentialNotFoundException',
  classes: ['L1', 'L18', 'L20'],
  examples: [
    example('the git plugin finds none', 'D113', [{ id: 'L1', captured: 'bb' }, { id: 'L10' }]),
    example('a scan goes on without one', 'D113', [{ id: 'L18' }, { id: 'L22' }]),
    example('a step finds none', 'D113', [{ id: 'L20', captured: 'bb' }]),
    example('it was found', 'pass', [{ id: 'L10' }]),
  ],
  tell: ({ line }) => {
    const isOfOtherType = /where '.+' was expected/.test(line.line)
    return {
      code: 'D113',
      details: {
        id: line.captured ?? '',
        ...(line.id === 'L18' ? { through: 'a scan' } : {}),
        ...(isOfOtherType ? { through: 'a step that wants another kind' } : {}),
      },
      repairs: [listIds()],
    }
  },
})

const branchSource = logRule({
  id: 'log-branch-source',
  source: 'bitbucket-branch-source-plugin, pull request 1220',
  classes: ['L17'],
  examples: [
    example('a branch finds no credential of a kind that is taken', 'D132', [{ id: 'L17', captured: 'bb' }]),
    example('beside an exception of the checkout', 'D132', [{ id: 'L17', captured: 'bb' }, { id: 'L22' }]),
    example('the scan had no credential at all', 'pass', [{ id: 'L17', captured: 'bb' }, { id: 'L18' }]),
  ],
  tell: ({ line, log, has }) =>
    has('L18')
      ? undefined
      : {
          code: 'D132',
          details: {
            problem: `No credential with the id "${line.captured ?? ''}" has the form of an API token: an e-mail, and 192 characters`,
          },
          repairs: [
            ...storeInJenkins({ ...log, origin: 'scan', credentialId: line.captured ?? 'of the job' }),
            listIds(),
          ],
        },
})

const noScopes = logRule({
  id: 'log-no-scopes',
  source: 'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens',
  classes: ['A4'],
  examples: [
    example('REST says that there are none', 'D104', [{ id: 'A4' }, { id: 'L16' }], { origin: 'scan' }),
    example('without the status', 'D104', [{ id: 'A4' }]),
    example('REST says nothing', 'pass', [{ id: 'L16' }]),
  ],
  tell: ({ log }) => ({
    code: 'D104',
    repairs: newTokenAfterLog(log, [READ, 'read:pullrequest:bitbucket', READ_WORKSPACE]),
  }),
})

const wantsEmail = logRule({
  id: 'log-rest-username',
  source: 'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens',
  classes: ['A3'],
  examples: [
    example('REST says that it wants the e-mail', 'D116', [{ id: 'A3' }, { id: 'L16' }], { origin: 'scan' }),
    example('without the status', 'D116', [{ id: 'A3' }]),
    example('REST says nothing', 'pass', [{ id: 'L16' }]),
  ],
  tell: ({ log }) => ({
    code: 'D116',
    details: { username: 'a username that is not the e-mail' },
    repairs: storeInJenkins({ ...log, origin: 'scan' }),
  }),
})

const noCredential = logRule({
  id: 'log-no-credential',
  source:
    'git-client, CliGitAPIImpl: GIT_ASKPASS=echo without a credential; git, credential.c: terminal prompts disabled',
  classes: ['L2', 'L11'],
  examples: [
    example('the job names none', 'D118', [{ id: 'L2' }, { id: 'L10' }], { origin: 'build' }),
    example('a prompt was refused', 'D190', [{ id: 'L11', captured: 'Username' }]),
    example('the job names none, and a prompt was refused', 'D118', [{ id: 'L2' }, { id: 'L11' }], { origin: 'build' }),
    example('the agent sent one of its own', 'pass', [{ id: 'L2' }, { id: 'L7' }]),
    example('the URL holds one', 'pass', [{ id: 'L2' }, { id: 'L6', userinfo: 'name and secret' }]),
    example('a key is what was missing', 'pass', [{ id: 'L2' }, { id: 'L15' }], { origin: 'build' }),
  ],
  tell: ({ line, log, has }) => {
    if (line.id === 'L11') return { code: 'D190', details: { causes: [...WITHOUT_ANSWER] }, settledBy: [settling(log)] }
    const isSent =
      has(...SAID_WHY) || isOverSsh(has) || log.findings.some(({ userinfo }) => userinfo === 'name and secret')
    return isSent ? undefined : { code: 'D118', repairs: selectInJob(log) }
  },
})

/** Git asks in vain where nothing is stored, where nothing is stored under the name of the URL, and where a header or netrc was refused. */
const WITHOUT_ANSWER = ['D118', 'D110', 'D112'] as const

const usernamePinned = logRule({
  id: 'log-username-pinned',
  source: 'git, credential.c: the username of the URL goes into the question',
  classes: ['L6'],
  examples: [
    example('a username in the URL, and a 401', 'D190', [{ id: 'L6', captured: 'alice' }, { id: 'L10' }], BUILD),
    example('an e-mail in the URL, and a 401', 'D110', [{ id: 'L6', captured: 'a@example.com' }, { id: 'L10' }], BUILD),
    example('the fixed username', 'pass', [{ id: 'L6', captured: 'x-bitbucket-api-token-auth' }, { id: 'L10' }], BUILD),
    example('Bitbucket knows the credential', 'pass', [{ id: 'L6', captured: 'alice' }, { id: 'L8' }], BUILD),
    example('the job names no credential', 'pass', [{ id: 'L6', captured: 'alice' }, { id: 'L2' }, { id: 'L10' }]),
  ],
  tell: ({ line, log, has }) => {
    if (has(...SAID_WHY) || has('L1', 'L2', 'L18') || FIXED.has(line.captured ?? '')) return undefined
    if (line.userinfo === 'name and secret') return log.credentialId === undefined ? undefined : secretInUrl(log)
    // It may be the right one; an e-mail never is.
    if (!isEmail(line.captured))
      return { code: 'D190', details: { causes: ['D110', ...remainingOfLog(log).causes] }, settledBy: [settling(log)] }
    return {
      code: 'D110',
      details: { username: line.captured ?? '' },
      repairs: [cleanUrl(log)],
      settledBy: [askJenkins(undefined)],
    }
  },
})

const FIXED: ReadonlySet<string> = new Set(['x-bitbucket-api-token-auth', 'x-token-auth'])

const overSsh = logRule({
  id: 'log-ssh',
  source: 'git-client-plugin, CliGitAPIImpl; OpenSSH, ssh_userauth2',
  classes: ['L15'],
  examples: [
    example('the key is refused', 'D136', [{ id: 'L15' }]),
    example('the job names no key', 'D136', [{ id: 'L2' }, { id: 'L15' }], { origin: 'build' }),
    example('the key is refused after it was set', 'D136', [{ id: 'L15' }, { id: 'L3' }]),
    example('another remote is refused over HTTPS', 'pass', [{ id: 'L15' }, { id: 'L10' }]),
  ],
  tell: ({ has }) =>
    isOverSsh(has) ? { code: 'D136', repairs: [...(has('L2') ? [SELECT_KEY] : []), LOOK_FOR_KEY] } : undefined,
})

/** The key was refused, and nothing was refused over HTTPS. */
function isOverSsh(has: (...ids: readonly LogClass[]) => boolean): boolean {
  return has('L15') && !has('L7', 'L8', 'L9', 'L10', 'L12', 'L16')
}

const SELECT_KEY: Repair = {
  text: 'The job names no credential: select one of the kind "SSH Username with private key" in it, under Source Code Management.',
  commands: [],
}

const LOOK_FOR_KEY: Repair = {
  text: 'Look whether the public key is known to Bitbucket: https://bitbucket.org/account/settings/ssh-keys/, or the access keys of the repository.',
  commands: ['ssh -T git@bitbucket.org'],
}

const workspaceNotRead = logRule({
  id: 'log-workspace',
  source: 'bitbucket-branch-source-plugin, issue 476, and BitbucketSCMNavigator',
  classes: ['L19'],
  examples: [
    example('a scan takes the workspace for a user', 'D137', [{ id: 'L19', captured: 'acme' }], { origin: 'scan' }),
    example('and ends with success', 'D137', [{ id: 'L19', captured: 'acme' }], { origin: 'scan', result: 'SUCCESS' }),
    example('everything was refused', 'pass', [{ id: 'L19', captured: 'acme' }, { id: 'L16' }], { origin: 'scan' }),
    example('there was no credential', 'pass', [{ id: 'L19', captured: 'acme' }, { id: 'L18' }], { origin: 'scan' }),
  ],
  tell: ({ line, has }) =>
    has(...SAID_WHY) || has('L16', 'L17', 'L18', 'L22')
      ? undefined
      : {
          code: 'D137',
          details: { workspace: line.captured ?? '', known: 'from the scan' },
          repairs: workspaceRepairs(),
        },
})

export function workspaceRepairs(): Diagnosis['repairs'] {
  return [
    {
      text: 'Start no other scan before that, and keep what is there: under "Orphaned Item Strategy" of the folder, take out the mark at "Discard old items".',
      commands: [],
    },
    createToken([READ, 'read:pullrequest:bitbucket', READ_WORKSPACE]),
    {
      text: 'Store it in the Jenkins credential of the folder, under the Atlassian e-mail of its owner, and scan again.',
      commands: [],
    },
  ]
}

const REFUSALS: readonly LogClass[] = ['L8', 'L9', 'L10', 'L14', 'L16', 'A14', 'L22', 'L3', 'L4', 'L5']

const severalCauses = logRule({
  id: 'log-several-causes',
  source:
    'git answers 401 with one text to a wrong username, a dead token and a token without scopes; docs/bitbucket-authentication.md',
  classes: REFUSALS,
  examples: [
    example('a 401 of git', 'D190', [{ id: 'L10' }]),
    example('a 401 of JGit', 'D190', [{ id: 'L14' }]),
    example('a 403 of git, without a text of Bitbucket', 'D190', [{ id: 'L8' }]),
    example('Branch Source sent the fixed username', 'D190', [{ id: 'L4' }, { id: 'L10' }], BUILD),
    example('a scan was refused', 'D190', [{ id: 'L16' }, { id: 'L22' }], { origin: 'scan' }),
    example('REST shows the repository to nobody', 'D190', [{ id: 'A14' }, { id: 'L22' }], { origin: 'scan' }),
    example('nothing was refused', 'pass', []),
  ],
  tell: ({ log }) => {
    const { causes, settledBy } = remainingOfLog(log)
    return { code: 'D190', details: { causes: [...causes] }, settledBy }
  },
})

/** The order is the order of trust: the first is the cause. */
export const LOG_TABLE: readonly Rule[] = [
  ...[network, appPassword, blocked, overLimit, lockedOut, noAccess, scopeMissing, rateLimit, idNotFound, branchSource],
  ...[noScopes, wantsEmail, noCredential, usernamePinned, overSsh, workspaceNotRead, severalCauses],
]

/** Every fault that the log shows, the most trusted first. What only says that it was refused is no second fault. */
export function decideLog(facts: Facts & { readonly log: LogReading }): readonly Diagnosis[] {
  const diagnoses = LOG_TABLE.flatMap((rule) => rule.decide(facts) ?? [])
  const told = diagnoses.filter(({ code }, index) => diagnoses.findIndex((other) => other.code === code) === index)
  const open = told.filter(({ code }) => code === 'D190').map((diagnosis) => withAllLines(diagnosis, facts.log))
  const named = told.filter(({ code }) => code !== 'D190')
  if (named.length > 0) return named
  return open.length > 0 ? open : [nothingKnown(facts)]
}

function withAllLines(diagnosis: Diagnosis, { findings }: LogReading): Diagnosis {
  return { ...diagnosis, evidence: findings.map(logEvidence) }
}

function nothingKnown(facts: Facts & { readonly log: LogReading }): Diagnosis {
  const { result } = facts.log
  const ended = result === undefined ? '' : `, which ends with ${result}`
  return found(facts, 'log-nothing-known', 'D191', {
    details: { reasons: [`no line that keyturn knows occurs in the log${ended}`] },
    settledBy: [
      'give the whole log, from its first line to its last',
      `ask the controller: ${askJenkins(undefined)}`,
      'ask git: keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git',
    ],
  })
}

function repositoryOf({ url }: LogReading): string | undefined {
  const match = /^https?:\/\/bitbucket\.org\/([^/]+)\/([^/]+?)(?:\.git)?$/.exec(url ?? '')
  return match === null ? undefined : `${match[1]}/${match[2]}`
}
