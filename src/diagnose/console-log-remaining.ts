import type { LogClass, LogReading } from './console-log.ts'
import { shellWord } from './shell-word.ts'

export interface Remaining {
  readonly causes: readonly string[]
  readonly settledBy: readonly string[]
}

/** A token that is dead, or not for Bitbucket: nothing that the log of a refused one could tell apart. */
const OF_TOKEN = ['D102', 'D103', 'D108'] as const
const OF_NAME = ['D106', 'D107'] as const

/** What git is told with a 403; Bitbucket's own text says which, where the log has it (docs/bitbucket-authentication.md; row A27). */
export const FORBIDDEN = ['D105', 'D115', 'D120', 'D130'] as const

const UNAUTHORIZED: readonly LogClass[] = ['L9', 'L10', 'L14', 'L16', 'A14', 'L22']

/** What the lines leave open, narrowed by what they exclude: a 401 is neither an app password (410) nor a missing scope (403). */
export function remainingOfLog(log: LogReading): Remaining {
  if (!log.findings.some(({ id }) => id === 'L8')) return afterUnauthorized(log)
  const isBoth = log.findings.some(({ id }) => UNAUTHORIZED.includes(id))
  const causes = [...FORBIDDEN, ...(isBoth ? afterUnauthorized(log).causes : [])]
  return { causes: [...new Set(causes)], settledBy: settlingForbidden(log) }
}

function afterUnauthorized(log: LogReading): Remaining {
  const has = (...ids: readonly LogClass[]): boolean => log.findings.some(({ id }) => ids.includes(id))
  const settledBy = [settling(log)]
  // REST answers 404 to whoever may not see the repository, and to nobody: Branch Source may have sent nothing.
  if (has('A14') && !has('L16')) return { causes: ['D132', 'D115'], settledBy }
  if (has('L16') || (has('L22') && log.origin === 'scan')) return { causes: ['D116', ...OF_TOKEN, 'D109'], settledBy }
  if (has('L5')) return { causes: ofOtherKind(log), settledBy }
  if (has('L4')) return { causes: [...OF_TOKEN, 'D112'], settledBy }
  if (has('L3') && !has('L14')) return { causes: WITHOUT_ASKPASS, settledBy }
  if (sendsFixedName(log)) return { causes: [...OF_TOKEN, 'D109', ...ofMachine(log)], settledBy }
  return { causes: [...OF_TOKEN, ...OF_NAME, 'D109', ...ofMachine(log)], settledBy }
}

/** git-client hands the credential over by GIT_ASKPASS, which it says. Where it does not say so, there are three reasons. */
const WITHOUT_ASKPASS = [
  'the git tool of the job is JGit, which does not say what it sends',
  'the credential is an SSH key',
  'the remote is another one than the credential was registered for',
] as const

function ofOtherKind({ findings }: LogReading): readonly string[] {
  const kind = findings.find(({ id }) => id === 'L5')?.captured
  return kind === 'OAuth2 token'
    ? ['D123', 'the consumer may not read repositories']
    : ['D108', 'the access token belongs to another repository']
}

function sendsFixedName({ findings }: LogReading): boolean {
  return findings.some(({ id, captured }) => id === 'L6' && captured === 'x-bitbucket-api-token-auth')
}

/** A header from the configuration of the agent wins over what Jenkins hands over. */
function ofMachine({ origin }: LogReading): readonly string[] {
  return origin === 'build' ? ['D112'] : ['D111', 'D112']
}

/** In a log of git alone, the machine itself can be asked; in a log of Jenkins, the controller. */
export function settling(log: LogReading): string {
  return log.origin === 'build' || log.origin === 'scan'
    ? 'ask the controller: keyturn doctor --jenkins URL --job JOB --secret-stdin --email ADDRESS'
    : `ask where it happened: ${askGit(log)}`
}

/** An allowlist lets one machine in and not another, so that the controller alone cannot tell. */
function settlingForbidden(log: LogReading): readonly string[] {
  const asked = settling(log)
  const words = 'look for lines with "remote:" just before the 403: they say which'
  return log.origin === 'build' || log.origin === 'scan'
    ? [words, asked, `ask on the machine that was refused: ${askGit(log)}`]
    : [words, asked]
}

function askGit({ url }: LogReading): string {
  return `keyturn doctor ${shellWord(url ?? 'https://bitbucket.org/WORKSPACE/REPOSITORY.git')}`
}

/** What the agent keeps comes before the credential of the job; a job without one leaves the agent alone. */
export function ofAgent({ credentialId, findings }: LogReading): readonly string[] {
  const ofJob = credentialId === undefined ? 'the credential of the job' : `the credential "${credentialId}" of the job`
  const isNone = findings.some(({ id }) => id === 'L2')
  return [
    ...(isNone ? [] : [`whether it is ${ofJob} or one that the agent keeps: keyturn doctor --jenkins URL --job JOB`]),
    'what the account that runs the build keeps: keyturn doctor --jenkins URL --job JOB --as-home FOLDER',
  ]
}
