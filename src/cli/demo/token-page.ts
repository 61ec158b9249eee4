import { Failure } from '../../model/failure.ts'
import type { Http } from '../../model/ports.ts'
import type { TokenRequest } from '../../model/token-request.ts'

const PAGE = '/manage-profile/security/api-tokens'

export interface Visitor {
  readonly email: string
  readonly password: string
}

/**
 * Creates the requested token on the sandbox's account page, as a person would: log in, "Create API token with scopes", name
 * and expiry, app, scopes, create, copy. Gives the token's text.
 */
export async function createOnTokenPage(
  http: Http,
  webUrl: string,
  visitor: Visitor,
  request: TokenRequest,
): Promise<string> {
  const cookie = await logIn(http, webUrl, visitor)
  const created = await post(http, `${webUrl}${PAGE}/create-with-scopes`, cookie, [
    ['name', request.name],
    ['expires', request.expiresOn],
    ['app', 'bitbucket'],
    ...request.scopes.map((scope): [string, string] => ['scope', scope]),
  ])
  const shown = await http.send({ method: 'GET', url: new URL(created.location, webUrl).href, headers: { cookie } })
  const token = /ATATT3[A-Za-z0-9_=-]+/.exec(Buffer.from(shown.body).toString('utf8'))?.[0]
  if (token === undefined) throw pageFailure(shown.status)
  return token
}

async function logIn(http: Http, webUrl: string, { email, password }: Visitor): Promise<string> {
  const reply = await post(http, `${webUrl}/login`, '', [
    ['continue', PAGE],
    ['email', email],
    ['password', password],
  ])
  return reply.cookie
}

async function post(
  http: Http,
  url: string,
  cookie: string,
  fields: readonly (readonly [string, string])[],
): Promise<{ cookie: string; location: string }> {
  const form = new URLSearchParams()
  for (const [name, value] of fields) form.append(name, value)
  const body = form.toString()
  const reply = await http.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(cookie === '' ? {} : { cookie }) },
    body,
  })
  if (reply.status !== 303 && reply.status !== 302) throw pageFailure(reply.status)
  return { cookie: (reply.headers['set-cookie'] ?? '').split(';')[0] ?? '', location: reply.headers['location'] ?? '/' }
}

function pageFailure(status: number): Failure {
  return new Failure('R404', { at: 'the token page of the sandbox', because: `it answered ${status}` })
}
