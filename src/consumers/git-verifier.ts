import { readUrl } from '../formats/url.ts'
import type { Answer } from '../model/answer.ts'
import type { Connector, Verifier } from '../model/consumer.ts'
import type { Credential } from '../model/credential.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import { type Context, NetworkError, type ProcessResult } from '../model/ports.ts'
import type { Repository, Use } from '../model/use.ts'
import { answerOfNetworkError, answerOfReply, notAsked, oneLine, refusalOf } from './answer-of-reply.ts'

export interface Pair {
  readonly username: string
  readonly password: string
}

/** How git gets the credential of a place: through its own reading of the file, never through arguments or environment. */
export interface HandOver {
  /** What to list: a URL without userinfo, or the name of a remote. */
  readonly remote: string
  readonly folder?: string
  /** `-c` options, without the `-c`. */
  readonly settings: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Removes what was made for the hand-over. */
  readonly done?: () => Promise<void>
}

export interface HandOverRequest {
  readonly place: Place
  readonly pair: Pair
  readonly use: Use
  /** URL of the repository, without userinfo. */
  readonly url: string
  readonly context: Context
}

export interface Endpoints {
  readonly git: string
  readonly rest: string
}

export interface GitVerifierParts {
  readonly connector: Connector
  /** Opens a credential; given by `connect.ts`, the only place that may. */
  readonly pair: (credential: Credential, use: Use) => Pair
  /** `undefined`: git on this host would not read this file; it is asked over HTTP instead. */
  readonly handOver: (request: HandOverRequest) => Promise<HandOver | undefined>
  /** Where Bitbucket is; tests give a stand-in. */
  readonly endpoints?: Endpoints
}

const BITBUCKET: Endpoints = { git: 'https://bitbucket.org', rest: 'https://api.bitbucket.org' }

interface Asking {
  readonly parts: GitVerifierParts
  readonly endpoints: Endpoints
  readonly place: Place
  readonly pair: Pair
  readonly use: Use
  readonly context: Context
}

/** Proves a place with the real git, or with the request that its consumer would make; changes nothing. */
export function gitVerifier(parts: GitVerifierParts): Verifier {
  return {
    verify: async (ref, use, context) => {
      const state = await parts.connector.read(ref, context)
      const asked = `${use.operation} through ${ref.address}`
      if (state.kind === 'absent') return notAsked(asked, 'the place is not there')
      if (state.credential === undefined) return notAsked(asked, 'the place holds no secret that can be read')
      const pair = parts.pair(state.credential, use)
      const endpoints = parts.endpoints ?? BITBUCKET
      return ask({ parts, endpoints, place: state.place, pair, use, context }, ref)
    },
  }
}

async function ask(asking: Asking, ref: PlaceRef): Promise<Answer> {
  const { repository, operation } = asking.use
  if (operation === 'rest') return twice(() => askRest(asking))
  if (operation === 'web') return notAsked(`web download through ${ref.address}`, 'downloads have no harmless question')
  if (repository === undefined) return notAsked(`${operation} through ${ref.address}`, 'no repository is known')
  if (operation === 'git-push') return twice(() => askService(asking, repository, 'git-receive-pack'))
  return askFetch(asking, repository)
}

/** Single 401s happen to valid credentials (BCLOUD-24107): one is asked again before it counts. */
async function twice(question: () => Promise<Answer>): Promise<Answer> {
  const first = await question()
  return first.kind === 'no' && first.reason === 'unauthorized' ? question() : first
}

/** A public repository is served to anyone: there, only the push service looks at the credential. */
async function askFetch(asking: Asking, repository: Repository): Promise<Answer> {
  const anonymous = await askService(asking, repository, 'git-upload-pack', 'anonymous')
  if (anonymous.kind === 'yes')
    return acceptedAnyhow(await twice(() => askService(asking, repository, 'git-receive-pack')))
  if (anonymous.kind === 'unknown') return anonymous
  const url = gitUrl(asking, repository)
  const handOver = await asking.parts.handOver({ ...asking, url })
  if (handOver === undefined) return twice(() => askService(asking, repository, 'git-upload-pack'))
  try {
    const answer = await twice(() => askGit(asking, handOver))
    return isPassedOver(answer) ? await askPassedOver(asking, repository) : answer
  } finally {
    await handOver.done?.()
  }
}

/** git asked for a username or password, so it found none here: nothing was said about this credential. */
function isPassedOver({ evidence }: Answer): boolean {
  return evidence.answered.includes(PASSED_OVER)
}

const PASSED_OVER = 'git found no credential'

/** The credential is asked by itself, so that "git does not use this place" is not taken for "Bitbucket refuses it". */
async function askPassedOver(asking: Asking, repository: Repository): Promise<Answer> {
  const answer = await twice(() => askService(asking, repository, 'git-upload-pack'))
  if (answer.kind !== 'yes') return answer
  const answered =
    'Bitbucket accepts it, and git does not take its credential from this place; keyturn doctor tells from where'
  return { kind: 'unknown', reason: 'unexpected reply', evidence: { ...answer.evidence, answered } }
}

/** The push service knew the credential and only refused the push: fetching from a public repository needs no more. */
function acceptedAnyhow(answer: Answer): Answer {
  if (answer.kind !== 'no' || !['scope missing', 'no access'].includes(answer.reason)) return answer
  return answer.evidence.status === 403
    ? { kind: 'yes', scopes: answer.granted ?? 'not reported', evidence: answer.evidence }
    : answer
}

async function askService(
  asking: Asking,
  repository: Repository,
  service: 'git-upload-pack' | 'git-receive-pack',
  as: 'anonymous' | 'place' = 'place',
): Promise<Answer> {
  const url = `${gitUrl(asking, repository)}/info/refs?service=${service}`
  const headers = as === 'place' ? { authorization: basic(asking.pair) } : {}
  return send(
    asking,
    `GET ${url} ${as === 'place' ? `as Basic, ${whose(asking.place)}` : 'without a credential'}`,
    url,
    headers,
  )
}

/** Without a username REST takes the secret as Bearer. */
async function askRest(asking: Asking): Promise<Answer> {
  const { endpoints, pair, place, use } = asking
  const path = use.repository === undefined ? 'user' : `repositories/${use.repository.workspace}/${use.repository.slug}`
  const url = `${endpoints.rest}/2.0/${path}`
  const authorization = place.username === undefined ? `Bearer ${pair.password}` : basic(pair)
  return send(asking, `GET ${url} as ${place.username === undefined ? 'Bearer' : 'Basic'}, ${whose(place)}`, url, {
    authorization,
  })
}

async function send({ context }: Asking, asked: string, url: string, headers: Record<string, string>): Promise<Answer> {
  try {
    return answerOfReply(asked, await context.system.http.send({ method: 'GET', url, headers }))
  } catch (error) {
    if (error instanceof NetworkError) return answerOfNetworkError(asked, error)
    throw error
  }
}

async function askGit(asking: Asking, handOver: HandOver): Promise<Answer> {
  const asked = `git ls-remote, ${whose(asking.place)}`
  const target = await runGit(asking, handOver, ['ls-remote', '--get-url', '--', handOver.remote])
  const host = readUrl(target.stdout.trim())?.host
  if (target.exitCode !== 0 || host !== new URL(asking.endpoints.git).host)
    return notAsked(asked, 'git would not ask Bitbucket for this remote')
  return answerOfGit(asked, await runGit(asking, handOver, ['ls-remote', '--', handOver.remote]))
}

/**
 * Helpers are cleared first: git erases an entry on a 401 and stores one on success, and a question must change nothing.
 * Nothing but HTTP is allowed, whatever the configuration of the clone says; prompts are off; git's traces hold secrets.
 */
function runGit(asking: Asking, handOver: HandOver, args: readonly string[]): Promise<ProcessResult> {
  const { processes } = asking.context.system
  const inherited = Object.entries(processes.environment()).filter(
    ([name]) => !/^GIT_(TRACE|CURL_VERBOSE|SSL_NO_VERIFY|DIR$|WORK_TREE$)/.test(name),
  )
  const verifying = ['http.sslVerify=true', `http.${asking.endpoints.git}.sslVerify=true`]
  const settings = ['credential.helper=', ...verifying, ...handOver.settings].flatMap((setting) => ['-c', setting])
  return processes.run({
    command: 'git',
    args: [...settings, ...args],
    ...(handOver.folder === undefined ? {} : { folder: handOver.folder }),
    environment: {
      ...Object.fromEntries(inherited),
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: 'https:http',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: 'false',
      SSH_ASKPASS: 'false',
      ...handOver.environment,
    },
  })
}

const STATUS_TEXT = /The requested URL returned error: (\d{3})/

/** git's own words; its screen is never repeated as it is, only the sentences that are known. */
function answerOfGit(asked: string, { exitCode, stderr }: ProcessResult): Answer {
  if (exitCode === 0) return { kind: 'yes', scopes: 'not reported', evidence: { asked, answered: 'exit 0' } }
  if (exitCode === 124) return { kind: 'unknown', reason: 'timed out', evidence: { asked, answered: 'no end in time' } }
  if (/could not read (Username|Password)/.test(stderr))
    return { kind: 'unknown', reason: 'unexpected reply', evidence: { asked, answered: PASSED_OVER } }
  const status = statusOf(stderr)
  const said = remoteLines(stderr)
  const evidence = {
    asked,
    answered: oneLine(`exit ${exitCode}, ${status ?? 'no status'} ${said}`),
    ...(status === undefined ? {} : { status }),
  }
  if (status === 429) return { kind: 'unknown', reason: 'rate limited', evidence }
  const reason = status === undefined ? undefined : refusalOf(status, said)
  if (reason !== undefined) return { kind: 'no', reason, missing: [], evidence }
  const network = /Could not resolve|Failed to connect|Connection|SSL|certificate/i.test(stderr)
  return { kind: 'unknown', reason: network ? 'network' : 'unexpected reply', evidence }
}

/** git prints no status for 401 and 404. */
function statusOf(stderr: string): number | undefined {
  if (/Authentication failed for/.test(stderr)) return 401
  if (/repository '.*' not found/.test(stderr)) return 404
  const status = STATUS_TEXT.exec(stderr)?.[1]
  return status === undefined ? undefined : Number(status)
}

function remoteLines(stderr: string): string {
  return stderr
    .split('\n')
    .flatMap((line) => /^remote: (.*)$/.exec(line)?.[1] ?? [])
    .join(' ')
}

function gitUrl({ endpoints }: Asking, { workspace, slug }: Repository): string {
  return `${endpoints.git}/${workspace}/${slug}.git`
}

function basic({ username, password }: Pair): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

function whose({ address, username }: Place): string {
  return username === undefined ? `secret of ${address}` : `${oneLine(username.text)} of ${address}`
}

/** Single quotes for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A HOME without a netrc: the netrc is a place of its own, and git would ask it first. */
export const NO_HOME = '/nonexistent'
