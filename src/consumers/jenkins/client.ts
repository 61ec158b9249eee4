import { Failure } from '../../model/failure.ts'
import { type Clock, type Http, type HttpReply, type HttpRequest, NetworkError } from '../../model/ports.ts'
import { checkedBase } from './base-url.ts'
import type { ControllerPath } from './controller-path.ts'
import { decodeText } from './decode-text.ts'
import { plainWords } from './plain-words.ts'

export interface ClientOptions {
  readonly baseUrl: string
  /** Value of the Authorization header. It is sent with the first request: Jenkins answers anonymous ones with 403, not 401. */
  readonly authorization: string
  readonly user: string
  readonly http: Http
  /** For waiting while the controller starts. Absent: it is asked once. */
  readonly clock?: Clock
}

/**
 * Asks one controller, only below the base URL that the user named; redirects are replies. What is not an answer of a
 * Jenkins becomes a `Failure`: R401, R402, R403, R404.
 */
export interface JenkinsClient {
  readonly baseUrl: string
  /** Who signs in. */
  readonly user: string
  /** `X-Jenkins` of the last reply. */
  readonly version: () => string | undefined
  /** `undefined`: 404, which is also what a store answers without Credentials/View. */
  readonly get: (path: ControllerPath, query?: string) => Promise<Uint8Array | undefined>
  /** An XML page without a prolog, in the charset that its answer names; without one Java writes ISO-8859-1. */
  readonly xmlText: (path: ControllerPath) => Promise<string | undefined>
  readonly json: (path: ControllerPath, tree: string) => Promise<unknown>
  readonly postXml: (path: ControllerPath, xml: string) => Promise<void>
  /** `false`: something of this id is there already (409), and nothing was made. */
  readonly createByXml: (path: ControllerPath, xml: string) => Promise<boolean>
  readonly postForm: (path: ControllerPath, fields: Readonly<Record<string, string>>) => Promise<string>
  /** An act without a body; Jenkins answers it with a redirect to a page that it shows afterwards. */
  readonly postAction: (path: ControllerPath) => Promise<void>
  /** The number of the entry in the queue. `undefined`: nothing was queued. */
  readonly startBuild: (path: ControllerPath) => Promise<number | 'wants parameters' | undefined>
}

/** State of a failure after which the request may still be carried out. */
export const UNKNOWN_ACT = 'It is not known whether the controller acted on this request.'

interface Session {
  readonly options: ClientOptions
  readonly baseUrl: string
  version: string | undefined
  /** Only after a reply asked for it: API tokens need no crumb, passwords do. */
  crumb: Readonly<Record<string, string>> | undefined
}

/** `git ls-remote` on the controller takes its time. */
const FORM_TIMEOUT_MS = 60_000
const TIMEOUT_MS = 30_000

export function jenkinsClient(options: ClientOptions): JenkinsClient {
  const session: Session = { options, baseUrl: checkedBase(options.baseUrl), version: undefined, crumb: undefined }
  return {
    baseUrl: session.baseUrl,
    user: options.user,
    version: () => session.version,
    get: (path, query) => get(session, path, query),
    xmlText: (path) => xmlText(session, path),
    json: (path, tree) => json(session, path, tree),
    postXml: (path, xml) => postXml(session, path, xml),
    createByXml: (path, xml) => createByXml(session, path, xml),
    postForm: (path, fields) => postForm(session, path, fields),
    postAction: (path) => postAction(session, path),
    startBuild: (path) => startBuild(session, path),
  }
}

async function get(session: Session, path: ControllerPath, query = ''): Promise<Uint8Array | undefined> {
  return (await found(session, path, query))?.body
}

async function found(session: Session, path: ControllerPath, query: string): Promise<HttpReply | undefined> {
  const reply = await whenStarted(session, { method: 'GET', path: `${path}${query}` })
  if (reply.status === 404) return undefined
  if (reply.status !== 200) throw refusal(session, path, reply)
  return reply
}

async function xmlText(session: Session, path: ControllerPath): Promise<string | undefined> {
  const reply = await found(session, path, '')
  if (reply === undefined) return undefined
  const charset = /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(reply.headers['content-type'] ?? '')?.[1] ?? 'iso-8859-1'
  const text = decodeText(reply.body, charset)
  if (text !== undefined) return text
  throw unexpected(session, path, 'its bytes are not of the charset that the answer names')
}

async function json(session: Session, path: ControllerPath, tree: string): Promise<unknown> {
  const page: ControllerPath = path === '/' ? '/api/json' : `${path}/api/json`
  const body = await get(session, page, `?tree=${encodeURIComponent(tree)}`)
  if (body === undefined) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return value
  } catch {
    throw unexpected(session, page, `it answered 200, but not with JSON: ${opening(body)}`)
  }
}

async function postXml(session: Session, path: ControllerPath, xml: string): Promise<void> {
  const reply = await sendXml(session, path, xml)
  if (reply.status !== 200 || isOtherPage(reply)) throw refusedAct(session, path, reply)
}

async function createByXml(session: Session, path: ControllerPath, xml: string): Promise<boolean> {
  const reply = await sendXml(session, path, xml)
  if ((reply.status !== 200 && reply.status !== 409) || isOtherPage(reply)) throw refusedAct(session, path, reply)
  return reply.status === 200
}

/** Jenkins answers a change with 200 and nothing; a sign-on page in front of it says something. */
function isOtherPage(reply: HttpReply): boolean {
  return reply.status === 200 && !fromJenkins(reply) && reply.body.length > 0
}

/** ISO-8859-1 is assumed without `charset`, whatever the prolog says (core, CharacterEncodingFilter; gojenkins#320). */
async function sendXml(session: Session, path: ControllerPath, xml: string): Promise<HttpReply> {
  refuseRedacted(session, path, xml)
  return post(session, path, { 'content-type': 'application/xml;charset=UTF-8' }, xml, TIMEOUT_MS)
}

async function postForm(
  session: Session,
  path: ControllerPath,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await post(session, path, headers, new URLSearchParams(fields).toString(), FORM_TIMEOUT_MS)
  if (reply.status !== 200) throw refusal(session, path, reply)
  return Buffer.from(reply.body).toString('utf8')
}

/** A redirect to another host, and not by Jenkins, is the sign-on page of a proxy. */
async function postAction(session: Session, path: ControllerPath): Promise<void> {
  const reply = await post(session, path, { 'content-type': 'application/x-www-form-urlencoded' }, '', TIMEOUT_MS)
  const stays = fromJenkins(reply) || destination(session.baseUrl + path, reply) === new URL(session.baseUrl).host
  if (reply.status !== 200 && !(reply.status === 302 && stays)) throw refusedAct(session, path, reply)
}

/**
 * 201 and the place in the queue (core, ParameterizedJobMixIn.doBuild); 400 asks for parameters, 302 comes back where nothing was queued. Of
 * the address the path alone counts: its host is that of the configuration of the controller.
 */
async function startBuild(session: Session, path: ControllerPath): Promise<number | 'wants parameters' | undefined> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await post(session, `${path}?delay=0sec`, headers, '', TIMEOUT_MS)
  if (reply.status === 400 && fromJenkins(reply)) return 'wants parameters'
  if ((reply.status === 302 || reply.status === 409) && fromJenkins(reply)) return undefined
  const queued = /\/queue\/item\/(\d{1,12})\/?$/.exec(reply.headers['location'] ?? '')?.[1]
  if (reply.status !== 201 || queued === undefined) throw refusedAct(session, path, reply)
  return Number(queued)
}

/** Jenkins takes its own redacted answer back with 200 and stores an empty secret (credentials-plugin, SecretBytes and Secret converters). */
function refuseRedacted(session: Session, path: ControllerPath, xml: string): void {
  if (!/secret-redacted|>\s*\*{8}\s*</.test(xml)) return
  throw new Failure('R403', {
    at: session.baseUrl + path,
    because: 'Jenkins hides a secret in this document, and sending it back would store an empty one',
    state: 'Nothing was sent.',
    next: ['Grant the login Item/Configure, or change this by hand in the web page.'],
  })
}

async function post(
  session: Session,
  path: ControllerPath,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
): Promise<HttpReply> {
  const request: Sent = { method: 'POST', path, headers, body, timeoutMs }
  const first = await exchange(session, request)
  // A crumb that was good before ends with its session, and nothing was done: one more is asked for.
  if (first.status !== 403 || !/No valid crumb/i.test(textOf(first.body))) return first
  session.crumb = await fetchCrumb(session)
  return session.crumb === undefined ? first : exchange(session, request)
}

/** The crumb belongs to the session, so its cookie goes with it (core, DefaultCrumbIssuer, since 2.176.2). */
async function fetchCrumb(session: Session): Promise<Readonly<Record<string, string>> | undefined> {
  const reply = await exchange(session, { method: 'GET', path: '/crumbIssuer/api/json' })
  if (reply.status !== 200) return undefined
  const issued = /"crumb"\s*:\s*"([0-9A-Za-z]+)"/.exec(textOf(reply.body))?.[1]
  const field = /"crumbRequestField"\s*:\s*"([\w.-]+)"/.exec(textOf(reply.body))?.[1]
  if (issued === undefined || field === undefined) return undefined
  const cookies = (reply.headers['set-cookie'] ?? '').split('\n').map((line) => line.split(';')[0] ?? '')
  const cookie = cookies.filter((pair) => pair.startsWith('JSESSIONID')).join('; ')
  return { [field]: issued, ...(cookie === '' ? {} : { cookie }) }
}

interface Sent extends Omit<HttpRequest, 'url'> {
  readonly path: string
}

/** While a controller starts it answers 503 to everything, or nothing listens at all; two minutes is what a large one takes. */
const STARTING_PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000]

/** Only what changes nothing is asked again. A controller that never answered before is not waited for. */
async function whenStarted(session: Session, request: Sent): Promise<HttpReply> {
  const { clock } = session.options
  let reply = await replyOrDown(session, request)
  for (const pause of clock === undefined ? [] : STARTING_PAUSES_MS) {
    if (!(reply instanceof Failure) && reply.status !== 503) break
    await clock?.sleep(pause)
    reply = await replyOrDown(session, request)
  }
  if (reply instanceof Failure) throw reply
  return reply
}

/** A failure only where waiting may help: the connection broke, or is refused by now. */
async function replyOrDown(session: Session, request: Sent): Promise<HttpReply | Failure> {
  try {
    return await exchange(session, request)
  } catch (error) {
    const reason = error instanceof Failure && error.cause instanceof NetworkError ? error.cause.reason : undefined
    const mayHelp = session.version !== undefined && (reason === 'refused' || reason === 'other')
    if (error instanceof Failure && mayHelp) return error
    throw error
  }
}

async function exchange(session: Session, { path, ...request }: Sent): Promise<HttpReply> {
  const { http, authorization } = session.options
  const crumb = request.method === 'POST' ? session.crumb : undefined
  try {
    const reply = await http.send({
      timeoutMs: TIMEOUT_MS,
      ...request,
      url: session.baseUrl + path,
      headers: { ...request.headers, ...crumb, authorization },
    })
    session.version = reply.headers['x-jenkins'] ?? session.version
    return reply
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    throw unreachable(session, request.method, path, error)
  }
}

function unreachable(session: Session, method: string, path: string, error: NetworkError): Failure {
  const sent = method === 'POST' && error.reason !== 'refused' && error.reason !== 'no such host'
  return new Failure('R401', {
    at: session.baseUrl + pathOnly(path),
    because: plainWords(error.message),
    state: sent ? UNKNOWN_ACT : UNCHANGED,
    next: [error.reason === 'certificate' ? NAME_AUTHORITY : REACH],
    cause: error,
  })
}

/** Where the request is a part of a run, what the run has done takes its place. */
const UNCHANGED = 'Nothing was changed.'
const NAME_AUTHORITY = 'Name the authority that signed its certificate: --ca FILE'
const REACH = 'Check the address (http or https, host, port, context path), and that this machine can reach it.'
const SIGN_IN =
  'An API token is made on the page of that user, under Security or Configure. Give both: JENKINS_USER_ID and JENKINS_API_TOKEN, or --jenkins-user and --jenkins-token-file.'
const WAIT = 'Wait until the controller is up, then repeat the command.'
const PERMIT = 'Give that user the permission, or sign in as one who has it.'

/** What a status other than 200 means (core: BasicHeaderProcessor, AccessDeniedException3, Failure). */
function refusal(session: Session, path: ControllerPath, reply: HttpReply): Failure {
  const { user } = session.options
  const at = session.baseUrl + path
  if (reply.status === 401) {
    const because = `HTTP 401 for the user "${user}": the name or the API token is wrong`
    return new Failure('R402', { at, because, state: UNCHANGED, next: [SIGN_IN] })
  }
  if (reply.status === 403) return forbidden(at, user, reply)
  if (reply.status === 503)
    return new Failure('R401', {
      at,
      because: 'HTTP 503: the controller is starting or stopping',
      state: UNCHANGED,
      next: [WAIT],
    })
  if (reply.status >= 300 && reply.status < 400) {
    return unexpected(session, path, `HTTP ${reply.status}: it redirects to ${destination(at, reply)}`)
  }
  return unexpected(session, path, `HTTP ${reply.status}${fromJenkins(reply) ? '' : ', without the header X-Jenkins'}`)
}

/** As `refusal`. What something in front of the controller answers does not tell whether the controller acts. */
function refusedAct(session: Session, path: ControllerPath, reply: HttpReply): Failure {
  const { code, parts } = refusal(session, path, reply)
  if (code === 'R402' || code === 'R403') return new Failure(code, parts)
  const { state: _, ...rest } = parts
  return new Failure(code, fromJenkins(reply) ? rest : { ...rest, state: UNKNOWN_ACT })
}

function forbidden(at: string, user: string, reply: HttpReply): Failure {
  const permission = reply.headers['x-required-permission']
  const missing = permission === undefined ? '' : ` does not have ${plainWords(permission)}`
  const because = missing === '' ? `HTTP 403 for the user "${user}"` : `HTTP 403: the user "${user}"${missing}`
  const noCrumb = /No valid crumb/i.test(textOf(reply.body)) ? '; it asked for a crumb and refused the one it gave' : ''
  return new Failure('R403', { at, because: because + noCrumb, state: UNCHANGED, next: [PERMIT] })
}

function unexpected(session: Session, path: ControllerPath, because: string): Failure {
  return new Failure('R404', {
    at: session.baseUrl + path,
    because,
    state: UNCHANGED,
    next: [
      'Check the base URL: the context path belongs to it, and API tokens do not pass a sign-on page in front of Jenkins.',
    ],
  })
}

function destination(from: string, reply: HttpReply): string {
  const location = reply.headers['location'] ?? ''
  return URL.canParse(location, from) ? plainWords(new URL(location, from).host) : 'nowhere'
}

function fromJenkins(reply: HttpReply): boolean {
  return reply.headers['x-jenkins'] !== undefined
}

function opening(body: Uint8Array): string {
  const text = textOf(body)
  return /^\s*</.test(text) ? 'it looks like a web page' : 'the text cannot be read'
}

function pathOnly(path: string): string {
  return path.split('?')[0] ?? ''
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')
}
