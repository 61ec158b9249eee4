import { restQuestion } from '../bitbucket/rest-question.ts'
import { inNamesOfApiTokens, scopesOfUse } from '../bitbucket/scopes.ts'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import { readUrl } from '../formats/url.ts'
import type { Answer, Scope } from '../model/answer.ts'
import type { Connector, Verifier } from '../model/consumer.ts'
import type { Credential } from '../model/credential.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import { type Context, type HttpReply, NetworkError, type ProcessResult } from '../model/ports.ts'
import type { Repository, Use } from '../model/use.ts'
import { answerOfNetworkError, answerOfReply, notAsked, oneLine } from './answer-of-reply.ts'
import { answerOfGit, PASSED_OVER } from './git-answer.ts'
import { answerOfDownload } from './web-download.ts'

/** What a consumer presents. */
export interface Pair {
  readonly username: string
  readonly password: string
  /** The password is sent as Bearer, without the username. */
  readonly scheme?: 'bearer'
  /** The place names no username: this one is git's for the kind of token, and what the consumer sends is not known. */
  readonly isGuess?: true
}

/** How git gets the credential of a place: through its own reading of the file, never through arguments or environment. */
export interface HandOver {
  /** What to list: a URL without userinfo. */
  readonly remote: string
  /** The credential is a header of the configuration. All others lose theirs: a header goes before every credential. */
  readonly isHeader?: true
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
  /** Opens a credential; given by `connect.ts`, which may. A text: why the place does not tell what is presented. */
  readonly pair: (credential: Credential, use: Use, place: Place) => Pair | string
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
      if (state.place.host === REDIRECTING && isGit(use)) return notAsked(asked, REDIRECTED)
      const pair = parts.pair(state.credential, use, state.place)
      if (typeof pair === 'string') return notAsked(asked, pair)
      const endpoints = parts.endpoints ?? BITBUCKET
      const presented =
        use.username === undefined ? nameless(pair, state.place, use) : { ...pair, username: use.username }
      return ask({ parts, endpoints, place: state.place, pair: presented, use, context }, ref)
    },
  }
}

/** Measured with git 2.39.5, for a secret in the URL, in netrc and in the store: what is for the one host is not sent to the other. */
const REDIRECTING = 'www.bitbucket.org'
const REDIRECTED = `${REDIRECTING} redirects to bitbucket.org, and git does not take the credential along; name bitbucket.org there`

function isGit({ operation }: Use): boolean {
  return operation === 'git-fetch' || operation === 'git-push'
}

/** Without a username REST and the web host take the secret as Bearer. */
function nameless(pair: Pair, { username }: Place, { operation }: Use): Pair {
  return username === undefined && (operation === 'rest' || operation === 'web') ? { ...pair, scheme: 'bearer' } : pair
}

/** The pair of a credential as it is stored. */
export function storedPair({ username, secret }: Credential): Pair {
  return { username: username ?? '', password: secret.reveal() }
}

function noRepository({ workspace = 'WORKSPACE' }: Use): string {
  return `nothing tells which repository it is for; name one with keyturn verify --repository ${oneLine(workspace)}/NAME`
}

async function ask(asking: Asking, ref: PlaceRef): Promise<Answer> {
  const { repository, operation } = asking.use
  const unasked = noRepository(asking.use)
  if (operation === 'rest') {
    const question = restQuestion(asking.place.consumer, asking.use)
    return question === undefined ? notAsked(`rest through ${ref.address}`, unasked) : askRest(asking, question)
  }
  if (repository === undefined) return notAsked(`${operation} through ${ref.address}`, unasked)
  if (operation === 'web') return askDownload(asking, repository)
  if (operation === 'git-push')
    return orGuessed(asking, await twice(() => askService(asking, repository, 'git-receive-pack')))
  return orGuessed(asking, await askFetch(asking, repository))
}

/** A refusal under the right name is a refusal under any; a yes says nothing about the name that the consumer sends. */
function orGuessed({ pair }: Asking, answer: Answer): Answer {
  if (pair.isGuess !== true || answer.kind !== 'yes') return answer
  const answered = `Bitbucket accepts it under ${pair.username}; under which username it is sent, the place does not say`
  return { kind: 'unknown', reason: 'not asked', evidence: { ...answer.evidence, answered } }
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

/** The credential is asked by itself, so that "git does not use this place" is not taken for "Bitbucket refuses it". */
async function askPassedOver(asking: Asking, repository: Repository): Promise<Answer> {
  const answer = await twice(() => askService(asking, repository, 'git-upload-pack'))
  if (answer.kind !== 'yes') return answer
  const command = `keyturn doctor ${gitUrl(asking, repository)}`
  const answered = `Bitbucket accepts it, and git does not take its credential from this place; from where, tells ${command}`
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
  const headers = as === 'place' ? { authorization: authorizationOf(asking.pair) } : {}
  const asked = `GET ${url} ${as === 'place' ? asWhom(asking) : 'without a credential'}`
  return send(asking, asked, url, headers, `application/x-${service}-advertisement`)
}

/** What the credential is answered with, and whether anybody is answered so: then it proves nothing. */
async function askRest(asking: Asking, question: string): Promise<Answer> {
  const url = `${asking.endpoints.rest}/2.0/${question}`
  const authorization = authorizationOf(asking.pair)
  const answer = await twice(() => send(asking, `GET ${url} ${asWhom(asking)}`, url, { authorization }))
  // With the scopes of the credential, Bitbucket says that it knew it.
  if (answer.kind !== 'yes' || answer.scopes !== 'not reported') return byItsScopes(asking, answer)
  return (await send(asking, `GET ${url} without a credential`, url, {})).kind === 'yes' ? forAnybody(answer) : answer
}

/**
 * Nothing is written to ask, and not every use has a question that takes its scopes alone. What Bitbucket says of the scopes of the
 * credential tells whether it would do, and proves no access.
 */
function byItsScopes({ use }: Asking, answer: Answer): Answer {
  if (answer.kind === 'unknown') return answer
  const lacking = lackingFor(use, answer)
  if (answer.kind === 'yes') {
    if (lacking === undefined || lacking.length === 0) return answer
    const words = `Bitbucket accepts it here; for what is done through it ${lacking.join(' and ')} would be needed, and that is not tried`
    return { kind: 'unknown', reason: 'not asked', evidence: { ...answer.evidence, answered: words } }
  }
  // Where the path is not known, the question is what the tool needs.
  if (answer.reason !== 'scope missing' || use.resource === undefined || lacking?.length !== 0) return answer
  const words = 'Bitbucket knows it, and it has the scopes for what is done through it; no question takes these alone'
  return { kind: 'unknown', reason: 'not asked', evidence: { ...answer.evidence, answered: words } }
}

/** Scopes that the use takes and the credential has not. Absent: Bitbucket did not tell which it has. */
function lackingFor(use: Use, answer: Exclude<Answer, { kind: 'unknown' }>): readonly Scope[] | undefined {
  const told = answer.kind === 'yes' ? answer.scopes : answer.granted
  if (told === undefined || told === 'not reported') return undefined
  const granted = inNamesOfApiTokens(told)
  return scopesOfUse(use).filter((scope) => !granted.includes(scope))
}

/** The archive of the newest state: at most the first bytes of it are read. */
async function askDownload(asking: Asking, repository: Repository): Promise<Answer> {
  const { endpoints, pair, context } = asking
  const url = `${endpoints.git}/${repository.workspace}/${repository.slug}/get/HEAD.zip`
  const download = (asked: string, headers: Record<string, string>): Promise<Answer> =>
    answered(asked, async () =>
      answerOfDownload(asked, await context.system.http.send({ method: 'GET', url, headers })),
    )
  const answer = await twice(() => download(`GET ${url} ${asWhom(asking)}`, { authorization: authorizationOf(pair) }))
  if (answer.kind !== 'yes') return answer
  return (await download(`GET ${url} without a credential`, {})).kind === 'yes' ? forAnybody(answer) : answer
}

function forAnybody({ evidence }: Answer): Answer {
  const said = 'anybody is answered so; name a private repository with keyturn verify --repository WORKSPACE/NAME'
  return { kind: 'unknown', reason: 'not asked', evidence: { ...evidence, answered: said } }
}

function asWhom(asking: Asking): string {
  return `as ${asking.pair.scheme === 'bearer' ? 'Bearer' : 'Basic'}, ${whose(asking)}`
}

async function send(
  { context }: Asking,
  asked: string,
  url: string,
  headers: Record<string, string>,
  type?: string,
): Promise<Answer> {
  return answered(asked, async () => {
    const reply = await context.system.http.send({ method: 'GET', url, headers })
    return isFromElsewhere(reply, type) ? elsewhere(asked, reply) : answerOfReply(asked, reply)
  })
}

/** A proxy or a sign-on page in between answers with a page, whatever the status: neither a yes nor a refusal of Bitbucket's. */
function isFromElsewhere({ status, headers }: HttpReply, type: string | undefined): boolean {
  const found = headers['content-type'] ?? ''
  return /html/.test(found) || (status === 200 && type !== undefined && !found.startsWith(type))
}

function elsewhere(asked: string, { status }: HttpReply): Answer {
  const answered = `${status}, a page that is not of Bitbucket: something in between has answered`
  return { kind: 'unknown', reason: 'unexpected reply', evidence: { asked, answered, status } }
}

async function answered(asked: string, question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question()
  } catch (error) {
    if (error instanceof NetworkError) return answerOfNetworkError(asked, error)
    throw error
  }
}

async function askGit(asking: Asking, handOver: HandOver): Promise<Answer> {
  const asked = `git ls-remote, ${whose(asking)}`
  const target = await runGit(asking, handOver, ['ls-remote', '--get-url', '--', handOver.remote])
  if (target.exitCode !== 0 || withoutUsername(target.stdout.trim()) !== handOver.remote)
    return notAsked(asked, 'a configuration of git would ask another URL, or with another credential')
  return answerOfGit(asked, await runGit(asking, handOver, ['ls-remote', '--', handOver.remote]))
}

/** `insteadOf` may name a user, and a secret of its own: then that one would be asked about. */
function withoutUsername(url: string): string {
  const read = readUrl(url)
  if (read?.userinfo === undefined || read.password !== undefined) return url
  return url.slice(0, read.authority) + url.slice(read.userinfo[1] + 1)
}

/** What points git to other places, sets options for it, or shows secrets. */
const LEFT_OUT =
  /^GIT_(TRACE|CURL_VERBOSE|SSL_NO_VERIFY|DIR$|WORK_TREE$|COMMON_DIR$|CONFIG_(COUNT|KEY_|VALUE_|PARAMETERS))/

/**
 * Outside of any repository, unless the credential stands in one: the folder in which keyturn was started has settings of its own.
 * Helpers are cleared first: git erases an entry on a 401 and stores one on success, and a question must change nothing.
 * Nothing but HTTP is allowed, whatever the configuration of the clone says; prompts are off; git's traces hold secrets.
 */
function runGit(asking: Asking, handOver: HandOver, args: readonly string[]): Promise<ProcessResult> {
  const { processes } = asking.context.system
  const inherited = Object.entries(processes.environment()).filter(([name]) => !LEFT_OUT.test(name))
  const noHeader = handOver.isHeader ? [] : [`http.${handOver.remote}.extraHeader=`]
  const verifying = ['http.sslVerify=true', `http.${asking.endpoints.git}.sslVerify=true`]
  const settings = ['credential.helper=', ...noHeader, ...verifying, ...handOver.settings].flatMap((setting) => [
    '-c',
    setting,
  ])
  return processes.run({
    command: 'git',
    args: [...settings, ...args],
    folder: handOver.folder ?? '/',
    environment: {
      ...Object.fromEntries(inherited),
      GIT_DIR: '/dev/null', // no folder, so that no configuration can be in it
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: 'https:http',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: 'false',
      SSH_ASKPASS: 'false',
      ...handOver.environment,
    },
  })
}

function gitUrl({ endpoints }: Asking, { workspace, slug }: Repository): string {
  return `${endpoints.git}/${workspace}/${slug}.git`
}

/** The header that carries it. */
export function authorizationOf({ username, password, scheme }: Pair): string {
  return scheme === 'bearer'
    ? `Bearer ${password}`
    : `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

/** A tool may put the fixed name in (Branch Source). No other name of a pair is told: the secret may stand in its place. */
function whose({ use, pair, place: { address, username } }: Asking): string {
  const name = use.username ?? username?.text
  if (name === undefined) return `secret of ${address}`
  const isPutIn = pair.username === API_TOKEN_GIT_USERNAME && name !== pair.username
  return `${isPutIn ? `${pair.username} in place of ` : ''}${oneLine(name)} of ${address}`
}
