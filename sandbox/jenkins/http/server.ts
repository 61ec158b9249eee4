import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Controller } from '../controller.ts'
import { AccessDenied } from '../permissions.ts'
import { type Exchange, formOf, type Reply } from './exchange.ts'
import { accessDenied, HTML, oops, page, reply, unauthorized } from './replies.ts'
import { rootRoutes } from './root-routes.ts'
import type { Site } from './site.ts'
import { crumbFor, sessionIdOf, type Visitor, visitorOf } from './visitor.ts'

export interface RecordedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly status: number
  readonly user: string
}

/** `path` is exact, or a prefix when it ends in `*`. */
export interface Fault {
  readonly path: string
  readonly status: number
  times: number
}

/** What changes while the server runs. */
export interface ServerState {
  readonly site: Site
  readonly controller: () => Controller
  readonly requests: RecordedRequest[]
  readonly faults: Fault[]
  /** The reply while Jenkins starts; undefined once it is up. */
  readonly starting: () => string | undefined
}

const PUBLIC_BODY_LIMIT = 8 * 1024 * 1024

export function jenkinsServer(state: ServerState): Server {
  return createServer((request, response) => {
    handle(state, request, response).catch(() => send(state.controller(), response, oops()))
  })
}

async function handle(state: ServerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request)
  const url = new URL(request.url ?? '/', 'http://jenkins.invalid')
  const controller = state.controller()
  const fault = takeFault(state.faults, url.pathname)
  const starting = fault === undefined ? state.starting() : undefined
  const visitor = visitorOf(controller, request.headers)
  const early = fault ?? (starting === undefined ? undefined : page(503, 'Starting Jenkins', starting))
  const answered = early ?? (visitor === undefined ? unauthorized() : await answer(state, request, url, body, visitor))
  const user = visitor?.name ?? 'anonymous'
  state.requests.push({ method: request.method ?? 'GET', path: url.pathname, status: answered.status, user })
  send(controller, response, answered)
}

async function answer(
  state: ServerState,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  visitor: Visitor,
): Promise<Reply> {
  const controller = state.controller()
  const exchange: Exchange = {
    method: request.method ?? 'GET',
    rest: segments(url.pathname),
    query: url.searchParams,
    headers: request.headers,
    body,
    visitor,
    controller,
    base: `http://${request.headers.host ?? '127.0.0.1'}`,
  }
  if (!hasValidCrumb(exchange)) {
    return page(403, 'Error', 'No valid crumb was included in the request')
  }
  try {
    return await rootRoutes(exchange, state.site)
  } catch (error) {
    if (!(error instanceof AccessDenied)) return oops()
    return accessDenied(visitor.name, error.permission, url.pathname)
  }
}

/** Only POST needs a crumb, and API tokens are exempt (core CrumbFilter, ApiCrumbExclusion). */
function hasValidCrumb(exchange: Exchange): boolean {
  const { method, visitor, controller, headers } = exchange
  if (method !== 'POST' || visitor.via === 'API token') return true
  const sent = headers['jenkins-crumb'] ?? formOf(exchange).get('Jenkins-Crumb')
  const sessionId = sessionIdOf(headers)
  return sessionId !== undefined && sent === crumbFor(controller, visitor.name, sessionId)
}

function segments(path: string): readonly string[] {
  return path
    .split('/')
    .filter((each) => each !== '')
    .map(decodeURIComponent)
}

function takeFault(faults: Fault[], path: string): Reply | undefined {
  const fault = faults.find(
    (each) =>
      each.times > 0 && (each.path.endsWith('*') ? path.startsWith(each.path.slice(0, -1)) : path === each.path),
  )
  if (fault === undefined) return undefined
  fault.times--
  return faultReply(fault.status)
}

/** 200 is the log-in page of a proxy in front of Jenkins, 302 the way to a single sign-on. */
function faultReply(status: number): Reply {
  if (status === 200) return reply(200, HTML, '<html><head><title>Sign in to continue</title></head></html>')
  if (status === 302) return { status, headers: { location: 'https://sso.example.test/login' }, body: '' }
  if (status === 401) return unauthorized()
  if (status === 500) return oops()
  return page(status, status === 503 ? 'Please wait while Jenkins is restarting...' : 'Error')
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > PUBLIC_BODY_LIMIT) throw new Error('request body too large')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function send(controller: Controller, response: ServerResponse, { status, headers, body }: Reply): void {
  const standard = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'deny',
    'x-jenkins': controller.version,
    'x-jenkins-session': controller.session,
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8')
  for (const [name, value] of Object.entries({ ...standard, ...headers })) response.setHeader(name, value)
  response.writeHead(status, { 'content-length': bytes.length })
  response.end(bytes)
}
