import { evidenceText, neutralise } from '../bitbucket/evidence-text.ts'

export type LogClass =
  | 'L1'
  | 'L2'
  | 'L3'
  | 'L4'
  | 'L5'
  | 'L6'
  | 'L7'
  | 'L8'
  | 'L9'
  | 'L10'
  | 'L11'
  | 'L12'
  | 'L13'
  | 'L14'
  | 'L15'
  | 'L16'
  | 'L17'
  | 'L18'
  | 'L19'
  | 'L20'
  | 'L21'
  | 'L22'

export interface LogFinding {
  readonly id: LogClass
  /** The line, safe to print. */
  readonly line: string
  /** What the pattern captured: a credential id, a username. */
  readonly captured?: string
}

/** What a console log tells, most trustworthy first. An empty list means that no known line occurs, which is not a success. */
export interface LogReading {
  readonly findings: readonly LogFinding[]
}

/** What git, git-client and Bitbucket say of a 410: one text for the console of a build and for the test of a controller. */
export const END_OF_APP_PASSWORDS = /remote: CHANGE-3222|App passwords are deprecated|returned error: 410/

interface Row {
  readonly id: LogClass
  readonly pattern: RegExp
  readonly unless?: RegExp
}

/**
 * Lines of git, git-client, the git plugin, the credentials plugin and Bitbucket Branch Source, as their sources print them
 * (docs/diagnoses.md, "Reading a console log"). In order of trust: network, app password, scope, unresolved id, userinfo, no
 * credential, 401, and then the rest.
 */
const ROWS: readonly Row[] = [
  {
    id: 'L13',
    pattern:
      /Could not resolve host|Connection timed out|SSL certificate problem|Proxy CONNECT aborted|returned error: 407/,
  },
  { id: 'L7', pattern: END_OF_APP_PASSWORDS },
  { id: 'L8', pattern: /lack one or more required privilege scopes|returned error: 403/ },
  { id: 'L1', pattern: /^Warning: CredentialId "(.+)" could not be found\.$/ },
  { id: 'L17', pattern: /IllegalStateException: No credentialsId (.+) found for project/ },
  { id: 'L18', pattern: /with no credentials, anonymous access/ },
  { id: 'L20', pattern: /Could not find credentials entry with ID '(.+)'/ },
  { id: 'L20', pattern: /is of type '(.+)' where '.+' was expected/ },
  { id: 'L6', pattern: /^ > git .*https?:\/\/([^/@\s]+)@/ },
  { id: 'L9', pattern: /remote: You may not have access to this repository or it no longer exists/ },
  { id: 'L2', pattern: /^No credentials specified$/ },
  { id: 'L10', pattern: /fatal: Authentication failed for '(.+)'/ },
  { id: 'L14', pattern: /TransportException: .+: not authorized/ },
  { id: 'L16', pattern: /BitbucketRequestException: HTTP request error\.?|Status: .*401/ },
  {
    id: 'L11',
    pattern: /could not read (Username|Password) for '.+': (?:terminal prompts disabled|No such device or address)/,
  },
  { id: 'L12', pattern: /fatal: repository '.+' not found/ },
  { id: 'L21', pattern: /returned error: 429|Rate limit for this resource/ },
  { id: 'L22', pattern: /ERROR: .*Could not fetch (?:branches|sources) from (?:source|navigator)/ },
  { id: 'L19', pattern: /Looking up repositories of user (.+)/ },
  { id: 'L15', pattern: /Permission denied \(publickey\)|using GIT_SSH/ },
  { id: 'L4', pattern: /^using GIT_ASKPASS to set credentials User API token for (.+)$/ },
  { id: 'L5', pattern: /^using GIT_ASKPASS to set credentials (OAuth2 token|HTTP Access Token) for / },
  { id: 'L3', pattern: /^using credential (.+)$/, unless: /^using GIT_ASKPASS to set credentials/m },
]

/** Sorts a console log of Jenkins, or what git printed, into known classes. */
export function readConsoleLog(text: string): LogReading {
  const lines = cleanedLines(text)
  const whole = lines.join('\n')
  return { findings: ROWS.flatMap((row) => findingOf(row, lines, whole)).filter(isFirstOfItsClass) }
}

function findingOf(row: Row, lines: readonly string[], whole: string): readonly LogFinding[] {
  if (row.unless?.test(whole) === true) return []
  for (const line of lines) {
    const match = row.pattern.exec(line)
    if (match === null) continue
    const captured = match[1]
    return [
      {
        id: row.id,
        line: evidenceText(withoutUserinfoSecret(line)),
        ...(captured === undefined ? {} : { captured: captionOf(captured) }),
      },
    ]
  }
  return []
}

/** `user:secret` of a URL: only the user is kept, which is what the finding is about. */
function captionOf(captured: string): string {
  return evidenceText(captured.split(':')[0] ?? '')
}

function withoutUserinfoSecret(line: string): string {
  return line.replace(/(https?:\/\/[^/@\s:]+):[^/@\s]+@/g, '$1@')
}

function isFirstOfItsClass(finding: LogFinding, index: number, all: readonly LogFinding[]): boolean {
  return all.findIndex(({ id }) => id === finding.id) === index
}

/** Without console notes, colours, timestamps and the steps of a pipeline, so that `^` means the start of what was said. */
export function cleanedLines(text: string): readonly string[] {
  return text
    .replace(/\u001B\[8mha:[^\u001B]*\u001B\[0m/g, '')
    .split(/\r\n|\n|\r/)
    .map((line) => withoutTimestamp(neutralise(line)))
    .filter((line) => !/^\s*\[Pipeline\]/.test(line))
    .map((line) => line.replace(/^(?:stderr|stdout): /, ''))
}

/** The two forms of the timestamper plugin. The blank of ` > git` must stay. */
function withoutTimestamp(line: string): string {
  return line
    .replace(/^\[\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)\] /, '')
    .replace(/^\d\d:\d\d:\d\d(?:\.\d+)? {1,2}(?=\S| >)/, '')
}
