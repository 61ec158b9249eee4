import { type Html, pageReply, seeOther } from '../html.ts'
import type { ApiToken } from '../issued.ts'
import { type Incoming, notEmulated, type Reply, type Stage } from '../reply.ts'
import type { User } from '../world.ts'
import * as views from './account-views.ts'
import { liveTokens } from './token-listing.ts'
import { type ReadOrder, readClassicOrder, readScopedOrder, readScopedOrderStart } from './token-order.ts'

interface Visit {
  readonly stage: Stage
  readonly request: Incoming
  readonly user: User
}

type Visited = (visit: Visit) => Reply | Promise<Reply>

const { tokensPath } = views

/** Signed-in pages by method and path. */
const pages: Readonly<Record<string, Visited>> = {
  [`GET ${tokensPath}`]: (visit) => {
    const tokens = liveTokens(visit.stage, visit.user.username)
    return show(visit, 200, 'API tokens', views.tokensView(tokens), 'the token page')
  },
  [`GET ${tokensPath}/create`]: (visit) => classicForm(visit, 200, visit.request.query),
  [`POST ${tokensPath}/create`]: async (visit) => {
    const fields = await form(visit.request)
    const read = readClassicOrder(fields, visit.stage.world.now())
    return 'problem' in read ? classicForm(visit, 400, fields, read.problem) : create(visit, read)
  },
  [`GET ${tokensPath}/create-with-scopes`]: (visit) => scopedStart(visit, 200, visit.request.query),
  [`GET ${tokensPath}/create-with-scopes/scopes`]: (visit) => scopesForm(visit, 200, visit.request.query),
  [`POST ${tokensPath}/create-with-scopes`]: async (visit) => {
    const fields = await form(visit.request)
    const read = readScopedOrder(fields, visit.stage.world.now())
    return 'problem' in read ? scopesForm(visit, 400, fields, read.problem) : create(visit, read)
  },
  [`POST ${tokensPath}/revoke`]: async (visit) => {
    const token = ownToken(visit, (await form(visit.request)).get('id'))
    if (token === undefined) return noSuchToken(visit)
    visit.stage.world.revokeToken(token.secret)
    return seeOther(tokensPath, 'revoked by its owner')
  },
}

export const answerAccount = async (stage: Stage, request: Incoming): Promise<Reply> => {
  if (request.path === '/login') return request.method === 'POST' ? logIn(stage, request) : loginPage(request)
  if (request.path === '/logout' && request.method === 'POST') return logOut(stage, request)
  if (!request.path.startsWith('/manage-profile/')) return notEmulated(request)
  const user = signedInUser(stage, request)
  if (user === undefined) return seeOther(`/login?continue=${encodeURIComponent(tokensPath)}`, 'not signed in')
  const visit = { stage, request, user }
  const page = pages[`${request.method} ${request.path}`]
  if (page !== undefined) return page(visit)
  return request.method === 'GET' && request.path.startsWith(`${tokensPath}/created/`)
    ? createdPage(visit)
    : notEmulated(request)
}

const form = async (request: Incoming): Promise<URLSearchParams> => new URLSearchParams(await request.body())

const show = (visit: Visit, status: number, title: string, content: Html, because: string): Reply => {
  const aside = views.asideView(visit.user, visit.stage.world.now(), visit.request.origin.startsWith('http:'))
  return pageReply(status, { title, aside, content }, because)
}

const classicForm = (visit: Visit, status: number, entered: URLSearchParams, problem?: string): Reply =>
  show(
    visit,
    status,
    'Create an API token',
    views.classicFormView(visit.stage.world.now(), entered, problem),
    problem ?? 'a form',
  )

const scopedStart = (visit: Visit, status: number, entered: URLSearchParams, problem?: string): Reply => {
  const content = views.scopedStartView(visit.stage.world.now(), entered, problem)
  return show(visit, status, 'Create an API token with scopes', content, problem ?? 'a form')
}

const scopesForm = (visit: Visit, status: number, fields: URLSearchParams, problem?: string): Reply => {
  const read = readScopedOrderStart(fields, visit.stage.world.now())
  if ('problem' in read) return scopedStart(visit, 400, fields, read.problem)
  const { name, expiresAt, app } = read.order
  if (app === undefined) return scopedStart(visit, 400, fields, 'Select an app.')
  const content = views.scopesView({ name, expires: expiresAt.slice(0, 10), app }, fields.getAll('scope'), problem)
  return show(visit, status, 'Select scopes', content, problem ?? 'a form')
}

const create = (visit: Visit, { order }: Extract<ReadOrder, { order: unknown }>): Reply => {
  const { world, desk } = visit.stage
  const secret = world.addApiToken(visit.user.username, {
    name: order.name,
    expiresAt: order.expiresAt,
    ...(order.app === undefined ? { scopes: 'none' } : { app: order.app, scopes: order.scopes }),
  })
  const id = world.issuedSecret(secret)?.id ?? ''
  desk.hold(id)
  return seeOther(`${tokensPath}/created/${id}`, 'created by its owner')
}

const ownToken = (visit: Visit, id: string | null): ApiToken | undefined =>
  liveTokens(visit.stage, visit.user.username).find((token) => token.id === id)

const noSuchToken = (visit: Visit): Reply =>
  show(visit, 404, 'No such token', views.noSuchTokenView, 'no such token of this account')

const createdPage = (visit: Visit): Reply => {
  const token = ownToken(visit, visit.request.path.slice(`${tokensPath}/created/`.length))
  if (token === undefined) return noSuchToken(visit)
  const secret = visit.stage.desk.show(token.id) ? token.secret : undefined
  return show(visit, 200, 'Copy your API token', views.createdView(token, secret), 'shown once')
}

/** A path of this site only, so that a link to the login form cannot lead elsewhere. */
const localPath = (text: string | null): string => (text !== null && /^\/[A-Za-z0-9_-]/.test(text) ? text : tokensPath)

const loginPage = (
  request: Incoming,
  status = 200,
  continueTo = request.query.get('continue'),
  problem?: string,
): Reply =>
  pageReply(
    status,
    { title: 'Log in', aside: views.signedOutAside, content: views.loginView(localPath(continueTo), problem) },
    problem ?? 'the login form',
  )

const logIn = async (stage: Stage, request: Incoming): Promise<Reply> => {
  const fields = await form(request)
  const user = stage.world.userByEmail(fields.get('email') ?? '')
  if (user === undefined || user.password !== fields.get('password')) {
    return loginPage(request, 401, fields.get('continue'), 'Incorrect email address or password.')
  }
  if (stage.switches.lockOut === '403') stage.world.clearLockOut(user.username)
  return seeOther(localPath(fields.get('continue')), 'signed in', {
    'set-cookie': `${cookieName}=${stage.desk.signIn(user.username)}; Path=/; HttpOnly; SameSite=Strict`,
  })
}

const cookieName = 'sandbox.account.session'

const sessionOf = (request: Incoming): string => {
  const cookies = String(request.headers['cookie'] ?? '').split(/;\s*/)
  return cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) ?? ''
}

const signedInUser = (stage: Stage, request: Incoming): User | undefined =>
  stage.world.user(stage.desk.signedIn(sessionOf(request)) ?? '')

const logOut = (stage: Stage, request: Incoming): Reply => {
  stage.desk.signOut(sessionOf(request))
  return seeOther('/login', 'signed out', { 'set-cookie': `${cookieName}=; Path=/; Max-Age=0` })
}
