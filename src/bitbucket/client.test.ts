import { expect, test } from 'vitest'
import type { HttpReply, HttpRequest } from '../model/ports.ts'
import { NetworkError } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { type BitbucketClient, bitbucketClient } from './client.ts'

const seal = Secret.sealer(new Uint8Array(32))
const REPOSITORY = { workspace: 'acme', slug: 'app' }
const secret = seal(['not', 'a', 'real', 'secret', '42'].join('-'))
const GIT_YES = reply(200, '001e# service=git-upload-pack', {
  'content-type': 'application/x-git-upload-pack-advertisement',
})
const PRIVATE =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'

function reply(
  status: number,
  body = '',
  headers: Record<string, string> = { 'content-type': 'text/plain' },
): HttpReply {
  return { status, headers, body: new TextEncoder().encode(body) }
}

function json(status: number, message: string, detail?: unknown, headers: Record<string, string> = {}): HttpReply {
  const error = { message, ...(detail === undefined ? {} : { detail }) }
  return reply(status, JSON.stringify({ type: 'error', error }), { 'content-type': 'application/json', ...headers })
}

interface Desk {
  readonly client: BitbucketClient
  readonly sent: HttpRequest[]
  readonly slept: number[]
}

/** Answers in turn; the last answer repeats. */
function desk(...replies: readonly (HttpReply | NetworkError)[]): Desk {
  const sent: HttpRequest[] = []
  const slept: number[] = []
  const http = {
    send: async (request: HttpRequest): Promise<HttpReply> => {
      const next = replies[Math.min(sent.push(request), replies.length) - 1]
      if (next === undefined || next instanceof NetworkError) throw next ?? new Error('no reply')
      return next
    },
  }
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void slept.push(ms) }
  return { client: bitbucketClient({ http, clock }), sent, slept }
}

const git = ({ client }: Desk, username = 'alice') =>
  client.gitRefs(REPOSITORY, 'git-upload-pack', { basic: { username, secret } })
const rest = ({ client }: Desk) => client.rest('/2.0/user', { basic: { username: 'alice', secret } })

const GIT_CASES: readonly { readonly when: string; readonly from: HttpReply; readonly gives: object }[] = [
  { when: 'refs are shown', from: GIT_YES, gives: { kind: 'yes', scopes: 'not reported' } },
  {
    when: 'a login page answers 200',
    from: reply(200, '<html>', { 'content-type': 'text/html' }),
    gives: { kind: 'unknown', reason: 'unexpected reply' },
  },
  {
    when: '410 with CHANGE-3222',
    from: reply(410, 'CHANGE-3222 - Functionality has been deprecated'),
    gives: { kind: 'no', reason: 'app password removed' },
  },
  { when: '410 without a text', from: reply(410), gives: { kind: 'no', reason: 'app password removed' } },
  { when: '401', from: reply(401, PRIVATE), gives: { kind: 'no', reason: 'unauthorized' } },
  {
    when: '403 for a scope',
    from: reply(403, 'Your credentials lack one or more required privilege scopes.'),
    gives: { kind: 'no', reason: 'scope missing' },
  },
  {
    when: '403 for the address',
    from: reply(403, 'To access this repository, an admin must whitelist your IP.'),
    gives: { kind: 'no', reason: 'address not allowed' },
  },
  {
    when: '403 for two-step verification',
    from: reply(403, 'To access this repository, enable two-step authentication.'),
    gives: { kind: 'no', reason: 'two-step verification required' },
  },
  {
    when: '403 for the permission',
    from: reply(403, 'The requested repository either does not exist or you do not have access.'),
    gives: { kind: 'no', reason: 'no access' },
  },
  {
    when: '403 after too many attempts',
    from: reply(403, 'Too many invalid password attempts. Try logging in through the website with your password.'),
    gives: { kind: 'unknown', reason: 'locked out' },
  },
  {
    when: '403 of a proxy',
    from: reply(403, 'blocked by policy'),
    gives: { kind: 'unknown', reason: 'unexpected reply' },
  },
  {
    when: '404 with an unknown page',
    from: reply(404, '<html>session', { 'content-type': 'text/html' }),
    gives: { kind: 'unknown', reason: 'unexpected reply' },
  },
  {
    when: 'a redirect',
    from: reply(301, '', { location: 'https://elsewhere.example/' }),
    gives: { kind: 'unknown', reason: 'unexpected reply' },
  },
  { when: 'a broken server', from: reply(503), gives: { kind: 'unknown', reason: 'unexpected reply' } },
]

test.each(GIT_CASES)('git, $when', async ({ from, gives }) => {
  expect(await git(desk(from))).toMatchObject(gives)
})

const REST_CASES: readonly { readonly when: string; readonly from: HttpReply; readonly gives: object }[] = [
  {
    when: 'scopes are reported',
    from: reply(200, '{"username":"alice"}', {
      'content-type': 'application/json',
      'x-oauth-scopes': 'b, a',
      'x-credential-type': 'api_token',
    }),
    gives: { kind: 'yes', scopes: ['a', 'b'], credentialType: 'api_token', identity: { username: 'alice' } },
  },
  {
    when: 'the e-mail is wanted',
    from: json(401, 'API token must be used with an atlassian registered email'),
    gives: { kind: 'no', reason: 'username is not the e-mail' },
  },
  {
    when: 'no Bitbucket scopes',
    from: json(401, 'API Token provided has no Bitbucket scopes.'),
    gives: { kind: 'no', reason: 'no Bitbucket scopes' },
  },
  {
    when: 'invalid or expired',
    from: json(401, 'Token is invalid, expired, or not supported for this endpoint.'),
    gives: { kind: 'no', reason: 'token invalid or expired' },
  },
  {
    when: 'an app password',
    from: json(401, 'App passwords are deprecated and must be replaced with API tokens.'),
    gives: { kind: 'no', reason: 'app password removed' },
  },
  { when: 'an empty 401', from: reply(401), gives: { kind: 'no', reason: 'unauthorized' } },
  {
    when: 'a missing scope',
    from: json(403, 'Your credentials lack one or more required privilege scopes.', {
      required: ['read:user'],
      granted: ['write:repo'],
    }),
    gives: { kind: 'no', reason: 'scope missing', missing: ['read:user'], granted: ['write:repo'] },
  },
  {
    when: 'an access token without a user',
    from: json(403, '', undefined, { 'x-credential-type': 'repo_access_token' }),
    gives: { kind: 'no', reason: 'needs a resource' },
  },
  { when: 'a repository that is not shown', from: json(404, PRIVATE), gives: { kind: 'no', reason: 'no access' } },
  {
    when: 'a removed endpoint',
    from: json(410, 'CHANGE-2770 - Functionality has been deprecated'),
    gives: { kind: 'no', reason: 'endpoint removed' },
  },
  {
    when: 'an unknown path',
    from: json(404, 'Resource not found'),
    gives: { kind: 'unknown', reason: 'unexpected reply' },
  },
]

test.each(REST_CASES)('REST, $when', async ({ from, gives }) => {
  expect(await rest(desk(from))).toMatchObject(gives)
})

test('a 401 is taken as it is said; one question of a visit may be asked again', async () => {
  const refused = desk(reply(401, PRIVATE))
  expect((await git(refused)).kind).toBe('no')
  expect(refused.sent).toHaveLength(1)
  const visit = refused.client.visit()
  expect([await visit.mayAskAgain(), await visit.mayAskAgain()]).toEqual([true, false])
  expect(refused.slept).toEqual([500])
  expect(await refused.client.visit().mayAskAgain()).toBe(true)
})

test('nobody is asked without a credential in the name of one', async () => {
  const anonymous = desk(reply(401, PRIVATE))
  await anonymous.client.gitRefs(REPOSITORY, 'git-upload-pack', 'anonymous')
  expect(anonymous.sent.map(({ headers }) => headers?.['authorization'])).toEqual([undefined])
})

test('a rate limit is waited for, three requests in all, and then unknown', async () => {
  const limited = desk(reply(429, 'Rate limit for this resource has been exceeded'))
  expect(await git(limited)).toMatchObject({ kind: 'unknown', reason: 'rate limited' })
  expect({ requests: limited.sent.length, slept: limited.slept }).toEqual({ requests: 3, slept: [1_000, 3_000] })
})

test('no answer is unknown', async () => {
  expect(await git(desk(new NetworkError('timed out', 'x')))).toMatchObject({ kind: 'unknown', reason: 'timed out' })
  expect(await git(desk(new NetworkError('no such host', 'x')))).toMatchObject({ kind: 'unknown', reason: 'network' })
})

test('every request is a GET to one of two hosts, or to a site that was named', async () => {
  const asked = desk(GIT_YES)
  await git(asked)
  await rest(asked)
  await asked.client.classicTokenCheck('https://acme.atlassian.net/', 'a@example.com', secret)
  expect(asked.sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack',
    'GET https://api.bitbucket.org/2.0/user',
    'GET https://acme.atlassian.net/rest/api/3/myself',
  ])
})

test.each([
  'https://evil.example',
  'http://acme.atlassian.net',
  'https://acme.atlassian.net.evil.example',
  'https://a@acme.atlassian.net',
  'https://acme.atlassian.net/x',
])('the site %s gets nothing', async (site) => {
  const asked = desk(GIT_YES)
  await expect(asked.client.classicTokenCheck(site, 'a@example.com', secret)).rejects.toMatchObject({ code: 'R112' })
  expect(asked.sent).toEqual([])
})

test.each(['//evil.example/2.0/', 'https://evil.example/2.0/', 'https://api.bitbucket.org.evil.example/2.0/user'])(
  'the path %s is refused',
  async (path) => {
    const asked = desk(GIT_YES)
    await expect(asked.client.rest(path, 'anonymous')).rejects.toMatchObject({ code: 'R900' })
    expect(asked.sent).toEqual([])
  },
)

test('evidence holds no secret, no e-mail, no control character and no page', async () => {
  const text = secret.reveal()
  const hostile = json(401, `\u001b[31m${text} bob@example.com \u202e${encodeURIComponent(text)}`)
  const page = reply(404, `<html>${text} session`, { 'content-type': 'text/html' })
  const token = ['ATATT3', 'xFfGF0', 'fake'].join('')
  for (const answer of [
    await rest(desk(hostile)),
    await git(desk(page), 'bob@example.com'),
    await git(desk(page), token),
  ]) {
    const shown = JSON.stringify(answer)
    expect(shown).not.toContain(text)
    expect(shown).not.toContain(token)
    expect(shown).not.toContain('bob@example.com')
    expect(shown).not.toMatch(/\\u001b|\u202e|session/)
  }
  expect((await git(desk(page), 'bob@example.com')).evidence).toEqual({
    asked: `GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack as <e-mail> with ${secret.fingerprint}`,
    answered: `404 (text/html, ${page.body.length} bytes, not shown)`,
    status: 404,
  })
})
