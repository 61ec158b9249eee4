import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Controller } from '../controller.ts'
import { AccessDenied, OVERALL_READ } from '../permissions.ts'
import { type Exchange, formOf, type Reply } from './exchange.ts'
import { accessDenied, HTML, notFound, oops, page, reply, unauthorized } from './replies.ts'
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
  /** Of every method unless given. */
  readonly method?: string
  /** Of a 403: what `X-Required-Permission` names. */
  readonly permission?: string
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
  const method = request.method ?? 'GET'
  const fault = takeFault(state.faults, method, url.pathname)
  const starting = fault === undefined ? state.starting() : undefined
  const visitor = visitorOf(controller, request.headers)
  const user = visitor?.name ?? 'anonymous'
  const early =
    (fault && faultReply(fault, user, url.pathname)) ??
    (isOutside(state.site.contextPath, url.pathname) ? outsideReply() : undefined) ??
    (starting === undefined ? undefined : page(503, 'Starting Jenkins', starting))
  const answered = early ?? (visitor === undefined ? unauthorized() : await answer(state, request, url, body, visitor))
  state.requests.push({ method, path: url.pathname, status: answered.status, user })
  send(controller, response, answered)
}

function isOutside(contextPath: string, path: string): boolean {
  return contextPath !== '' && path !== contextPath && !path.startsWith(`${contextPath}/`)
}

/** What the container says beside the context path: Jenkins is not asked, so none of its headers are there. */
function outsideReply(): Reply {
  return { ...page(404, 'Error 404 Not Found'), inFront: true }
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
    rest: segments(url.pathname.slice(state.site.contextPath.length)),
    query: url.searchParams,
    headers: request.headers,
    body,
    visitor,
    controller,
    base: `http://${request.headers.host ?? '127.0.0.1'}${state.site.contextPath}`,
    usage: state.site.usage,
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

function takeFault(faults: Fault[], method: string, path: string): Fault | undefined {
  const fault = faults.find(
    (each) =>
      each.times > 0 &&
      (each.method ?? method) === method &&
      (each.path.endsWith('*') ? path.startsWith(each.path.slice(0, -1)) : path === each.path),
  )
  if (fault !== undefined) fault.times--
  return fault
}

/** 200 is the log-in page of a proxy in front of Jenkins, 302 the way to a single sign-on: neither is Jenkins. */
function faultReply({ status, permission }: Fault, user: string, path: string): Reply {
  switch (status) {
    case 200:
      return { ...reply(200, HTML, '<html><head><title>Sign in to continue</title></head></html>'), inFront: true }
    case 302:
      return { status, headers: { location: 'https://sso.example.test/login' }, body: '', inFront: true }
    case 401:
      return unauthorized()
    case 403:
      return accessDenied(user, permission ?? OVERALL_READ, path)
    case 404:
      return notFound()
    case 500:
      return oops()
    default:
      return page(status, status === 503 ? 'Please wait while Jenkins is restarting...' : 'Error')
  }
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

function send(controller: Controller, response: ServerResponse, { status, headers, body, inFront }: Reply): void {
  const standard = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'deny',
    'x-jenkins': controller.version,
    'x-jenkins-session': controller.session,
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8')
  const all = inFront ? headers : { ...standard, ...headers }
  for (const [name, value] of Object.entries(all)) response.setHeader(name, value)
  response.writeHead(status, { 'content-length': bytes.length })
  response.end(bytes)
}
