import { percentDecoded } from './percent-decoded.ts'

/** L: rows of the classes of a log. A: what Bitbucket says in words of its own, as the combinations of answers have it. */
export type LogClass =
  | `L${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22}`
  | `A${3 | 4 | 14 | 21 | 23 | 24 | 25 | 26 | 27}`

/**
 * Git quotes what it could not access, also in another language; curl says no more than the rest, whatever a step of a build asked
 * (git, remote-curl.c and http.c; before 1.8.4 the URL stood behind it).
 */
const ofGit = (status: string): string =>
  String.raw`(?:unable to access|'https?://[^'\s]+')[^']{0,60}The requested URL returned error: ${status}|returned error: ${status}\b.{0,60} while accessing https?://`

const STATUS_OF_GIT = new RegExp(ofGit(String.raw`\d{3}`))

/** What git, git-client and Bitbucket say of a 410: one text for the console of a build and for the test of a controller. */
export const END_OF_APP_PASSWORDS = new RegExp(`remote: CHANGE-3222|App passwords are deprecated|${ofGit('410')}`)

/**
 * `said before`: evidence only when the attempt that it belongs to fails. `at Bitbucket only`: many tools print it, so that a step of a
 * build must name Bitbucket. `of a step`: said by a step of a pipeline, whatever is fetched.
 */
type Weight = 'said before' | 'refusal' | 'at Bitbucket only' | 'of a step'

type Mark = 'opens' | 'asks' | 'askpass' | 'fails' | 'checked out' | 'jenkins' | 'scan'

interface Row {
  readonly id: LogClass
  readonly pattern: RegExp
  readonly weight: Weight
}

const row = (id: LogClass, weight: Weight, pattern: RegExp): Row => ({ id, weight, pattern })

/** Of a later request of git, which names no host. */
const laterRequest = (id: LogClass, status: number): Row =>
  row(id, 'at Bitbucket only', new RegExp(String.raw`RPC failed;.*\b${status}\b`))

const SCOPE_MISSING = /lacks? one or more required privilege scopes(?:.*?"required":\s*\[([^\]]*)\])?/

/** Lines of git, git-client, the git plugin, the credentials plugin and Bitbucket Branch Source, as their sources print them. */
const ROWS: readonly Row[] = [
  row(
    'L13',
    'at Bitbucket only',
    /Could not resolve (?:host|proxy)|[Cc]onnection timed out|SSL certificate problem|server certificate verification failed|Proxy CONNECT aborted|CONNECT tunnel failed|returned error: 407|Failed to connect to (?!repository)|[Cc]onnection refused|UnknownHostException|PKIX path building failed|ConnectTimeoutException/,
  ),
  row('L7', 'refusal', END_OF_APP_PASSWORDS),
  laterRequest('L7', 410),
  row('A23', 'refusal', /whitelist your IP/),
  row('A24', 'refusal', /enable two-step (?:authentication|verification)/),
  row('A25', 'refusal', /either does not exist or you do not have access/),
  row('A26', 'refusal', /has exceeded its user limit/),
  row('A27', 'refusal', /Too many (?:failed authentication|invalid password|login) attempts/i),
  row('A21', 'refusal', SCOPE_MISSING),
  row('L8', 'refusal', SCOPE_MISSING),
  row('L8', 'refusal', new RegExp(ofGit('403'))),
  laterRequest('L8', 403),
  row('L1', 'said before', /^Warning: CredentialId "(.+)" could not be found\.$/),
  row('L17', 'refusal', /IllegalStateException: No credentialsId (\S+) found for project/),
  row('L18', 'said before', /with no credentials, anonymous access/),
  row('L20', 'of a step', /Could not find credentials entry with ID '(.+)'/),
  row('L20', 'of a step', /Credentials? '(.+)' is of type '.+' where '.+' was expected/),
  row('L20', 'of a step', /is of type '(.+)' where '.+' was expected/),
  row('A4', 'refusal', /has no Bitbucket scopes/),
  row('A3', 'refusal', /must be used with an atlassian registered email/i),
  row('A14', 'refusal', /FileNotFoundException: Resource https:\/\/api\.bitbucket\.org\//),
  row('L9', 'refusal', /remote: You may not have access to this repository or it no longer exists/),
  row('L2', 'said before', /^No credentials specified$/),
  row('L10', 'refusal', /fatal: Authentication failed for '.+'/),
  row('L14', 'refusal', /TransportException: .+: not authorized/),
  row('L16', 'refusal', /BitbucketRequestException: .*\b401\b/),
  row('L16', 'at Bitbucket only', /^\s*Status: .*\b401\b/),
  row(
    'L11',
    'refusal',
    /could not read (Username|Password) for '.+': (?:terminal prompts disabled|No such device or address)/,
  ),
  row('L12', 'refusal', /fatal: repository '.+' not found/),
  row('L21', 'refusal', new RegExp(`${ofGit('429')}|Rate limit for this resource`)),
  laterRequest('L21', 429),
  row('L22', 'refusal', /ERROR: .*Could not fetch (?:branches|sources) from (?:source|navigator)/),
  row('L19', 'said before', /Looking up repositories of user (.+)/),
  row('L15', 'at Bitbucket only', /Permission denied \(publickey/),
  row('L15', 'said before', /^using GIT_SSH/),
  row('L4', 'said before', /^using GIT_ASKPASS to set credentials User API token for (.+)$/),
  row('L5', 'said before', /^using GIT_ASKPASS to set credentials (OAuth2 token|HTTP Access Token) for /),
  row('L3', 'said before', /^using credential (.+)$/),
]

const MARKS: readonly (readonly [Mark, RegExp])[] = [
  [
    'opens',
    /^The recommended git tool is:|^using credential |^No credentials specified$|^Warning: CredentialId |^Connecting to https?:/,
  ],
  ['asks', /^ ?> git (?:fetch|ls-remote|clone)\b|^Cloning |^Fetching |^Connecting to https?:/],
  ['askpass', /^using GIT_(?:ASKPASS|SSH)/],
  ['fails', /^ERROR: Error (?:cloning|fetching) remote repo|GitException: Failed to fetch from/],
  ['checked out', /^Checking out Revision |^ ?> git checkout -f /],
  [
    'scan',
    /Starting (?:branch indexing|organization scan)|Finished (?:branch indexing|organization scan)|^Connecting to https?:|^Looking up |Could not fetch (?:branches|sources) from|repositories were processed/,
  ],
  [
    'jenkins',
    /^Started by |^Building (?:in|on|remotely) |^The recommended git tool is|^using credential |^No credentials specified$|^Warning: CredentialId |^using GIT_|^ ?> git |^Finished: |hudson\.|credentials entry with ID|org\.jenkinsci/,
  ],
]

/** A superset of every pattern above: most lines of a log are about something else, and a log can have a million of them. */
const WORTH_A_LOOK =
  /redential|GIT_|> git|git tool|remote: |fatal: |bitbucket|BitbucketRequest|resolve |timed out|certificate|CONNECT|onnect|UnknownHost|PKIX|error: \d|RPC failed|CHANGE-|App passwords|whitelist|two-step|not exist|user limit|Too many|required privilege|anonymous|Status: |Rate limit|Could not fetch|Looking up|Permission denied|not authorized|Checking out|Cloning|Fetching|Started by|Starting |Finished|Building |was expected|were processed|registered email|FileNotFoundException/i

export interface FoundClass {
  readonly id: LogClass
  readonly weight: Weight
  readonly captured?: string
  readonly userinfo?: 'name' | 'name and secret'
}

/** What one line says. */
export interface ClassifiedLine {
  readonly found: readonly FoundClass[]
  readonly marks: ReadonlySet<Mark>
  /** Whose host the line names; absent when it names none. */
  readonly place?: 'Bitbucket' | 'elsewhere'
  /** The repository that git or a scan goes to, without userinfo. */
  readonly remote?: string
  readonly credentialId?: string
  readonly result?: string
}

/** Terminals and mails break git's line; what is left of it says no more than curl does. */
export function withItsBeginning(before: string, text: string): string {
  if (!/\d{3}\s*$/.test(text) || /curl: \(\d+\)/.test(text) || STATUS_OF_GIT.test(before)) return text
  return [text, before + text, `${before} ${text}`].find((whole) => STATUS_OF_GIT.test(whole)) ?? text
}

/** `undefined`: nothing that is known. */
export function classesOf(text: string): ClassifiedLine | undefined {
  if (!WORTH_A_LOOK.test(text)) return undefined
  const place = placeOf(text)
  const marks = new Set(MARKS.filter(([, pattern]) => pattern.test(text)).map(([mark]) => mark))
  const found = place === 'elsewhere' ? [] : [...pinnedIn(text), ...ROWS.flatMap((each) => foundIn(each, text, place))]
  const remote = remoteOf(text)
  const credentialId = /^using credential (.+)$/.exec(text)?.[1]
  const result = /^Finished: ([A-Z_]+)\s*$/.exec(text)?.[1]
  return {
    found: found.filter(({ id }, index) => found.findIndex((other) => other.id === id) === index),
    marks: place === 'elsewhere' ? without(marks, 'fails') : marks,
    ...(place === undefined ? {} : { place }),
    ...(remote === undefined ? {} : { remote }),
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(result === undefined ? {} : { result }),
  }
}

function foundIn({ id, pattern, weight }: Row, text: string, place: ClassifiedLine['place']): readonly FoundClass[] {
  const match = pattern.exec(text)
  if (match === null) return []
  const captured = match[1]
  return [
    {
      id,
      weight: weight === 'at Bitbucket only' && place === 'Bitbucket' ? 'refusal' : weight,
      ...(captured === undefined ? {} : { captured }),
    },
  ]
}

/** `https://user@` or `https://user:secret@` in a command of git. The last `@` before the path ends it, as git reads it. */
function pinnedIn(text: string): readonly FoundClass[] {
  const userinfo =
    /^(?: ?> git |Cloning repository |Fetching upstream changes from ).*?https?:\/\/([^/\s]+)@[^/@\s]+/.exec(text)?.[1]
  if (userinfo === undefined) return []
  const [name = ''] = userinfo.split(':')
  return [
    {
      id: 'L6',
      weight: 'said before',
      captured: percentDecoded(name),
      userinfo: userinfo.includes(':') ? 'name and secret' : 'name',
    },
  ]
}

const HOSTS: readonly RegExp[] = [
  /[a-z]+:\/\/(?:[^/\s'"]*@)?([^/\s'":@]+)/gi,
  /(?:^|[\s'"])[\w.-]+@([\w.-]+):/g,
  /resolve host:? '?([\w.-]+)/g,
  /connect to host ([\w.-]+)/g,
  /Failed to connect to (?!repository)([\w.-]+)/g,
  /UnknownHostException: ([\w.-]+)/g,
]

/** Texts of a server quote addresses of documents; they say nothing of where the request went. */
function placeOf(text: string): ClassifiedLine['place'] {
  if (/^\s*(?:remote:|Response:|\{)/.test(text)) return undefined
  const hosts = HOSTS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, host = '']) => host.toLowerCase()))
  if (hosts.length === 0) return undefined
  return hosts.some((host) => /^(?:[\w-]+\.)?bitbucket\.org$/.test(host)) ? 'Bitbucket' : 'elsewhere'
}

function remoteOf(text: string): string | undefined {
  const scanned = /^Looking up ([\w.-]+\/[\w.-]+) for /.exec(text)?.[1]
  if (scanned !== undefined) return `https://bitbucket.org/${scanned}.git`
  if (
    !/^ ?> git (?:fetch|ls-remote|clone|config remote\.)|^Cloning repository |^Fetching upstream changes from |fatal: |TransportException/.test(
      text,
    )
  )
    return undefined
  const [, scheme = '', rest] = /(https?:\/\/)(?:[^/\s'"]*@)?([^/\s'"@]+\/[^\s'"]+)/.exec(text) ?? []
  return rest === undefined ? undefined : (scheme + rest).replace(/[/:]+$/, '')
}

function without(marks: ReadonlySet<Mark>, mark: Mark): ReadonlySet<Mark> {
  return new Set([...marks].filter((each) => each !== mark))
}
