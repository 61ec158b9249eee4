import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../index.ts'

const generic = 'Token is invalid, expired, or not supported for this endpoint.'
const lackScopes = 'Your credentials lack one or more required privilege scopes.'
const outOfReach =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'

const startTown = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox(options)
  const { world } = sandbox
  for (const username of ['alice', 'carol']) world.addUser({ username, email: `${username}@example.com` })
  world.addWorkspace('acme')
  world.addWorkspace('other')
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
  await world.addRepository({ workspace: 'acme', slug: 'site', isPrivate: false })
  world.grant('alice', 'acme/app', 'admin')
  return sandbox
}

type Authorization = { readonly basic: readonly [string, string] } | { readonly bearer: string } | undefined

const headerOf = (authorization: Authorization): Record<string, string> => {
  if (authorization === undefined) return {}
  if ('bearer' in authorization) return { authorization: `Bearer ${authorization.bearer}` }
  return { authorization: `Basic ${Buffer.from(authorization.basic.join(':')).toString('base64')}` }
}

const ask = async (sandbox: Sandbox, path: string, authorization?: Authorization) => {
  const reply = await fetch(`${sandbox.webUrl}${path}`, { headers: headerOf(authorization) })
  return {
    status: reply.status,
    challenge: reply.headers.get('www-authenticate'),
    credential: reply.headers.get('x-credential-type'),
    has: reply.headers.get('x-oauth-scopes'),
    wants: reply.headers.get('x-accepted-oauth-scopes'),
    body: await reply.text(),
  }
}

const errorBody = (message: string): string => `{"type": "error", "error": {"message": ${JSON.stringify(message)}}}`
const unseen = { challenge: null, credential: null, has: null, wants: null }
const basicRealm = 'Basic realm="Bitbucket.org HTTP"'
const oauthRealm = 'OAuth realm="Bitbucket.org HTTP"'

const userScopes = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket']

interface Refusal {
  readonly cause: string
  readonly authorization: (sandbox: Sandbox) => Authorization
  readonly options?: SandboxOptions
  readonly challenge: string | null
  readonly body: string
}

const alice = (sandbox: Sandbox, options: Partial<Parameters<Sandbox['world']['addApiToken']>[1]> = {}): string =>
  sandbox.world.addApiToken('alice', { name: 'ci', scopes: userScopes, ...options })

const refusals: readonly Refusal[] = [
  {
    cause: 'a pair nobody knows',
    authorization: () => ({ basic: ['alice', 'nonsense'] }),
    challenge: basicRealm,
    body: '',
  },
  {
    cause: 'an app password',
    authorization: ({ world }) => ({ basic: ['alice', world.addAppPassword('alice')] }),
    challenge: null,
    body: errorBody('App passwords are deprecated and must be replaced with API tokens.'),
  },
  {
    cause: 'an API token under the Bitbucket username',
    authorization: (sandbox) => ({ basic: ['alice', alice(sandbox)] }),
    challenge: null,
    body: errorBody('API token must be used with an atlassian registered email'),
  },
  {
    cause: 'an API token under the git user',
    authorization: (sandbox) => ({ basic: ['x-bitbucket-api-token-auth', alice(sandbox)] }),
    challenge: null,
    body: errorBody('API token must be used with an atlassian registered email'),
  },
  {
    cause: 'an API token under the username, with the texts of January 2026',
    options: { switches: { errorTexts: '2026-01' } },
    authorization: (sandbox) => ({ basic: ['alice', alice(sandbox)] }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'an API token under the e-mail of someone else',
    authorization: (sandbox) => ({ basic: ['carol@example.com', alice(sandbox)] }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'an API token without scopes',
    authorization: (sandbox) => ({ basic: ['alice@example.com', alice(sandbox, { scopes: 'none' })] }),
    challenge: null,
    body: errorBody('API Token provided has no Bitbucket scopes'),
  },
  {
    cause: 'an API token for Jira',
    authorization: (sandbox) => ({
      basic: ['alice@example.com', alice(sandbox, { app: 'jira', scopes: ['read:jira-work'] })],
    }),
    challenge: null,
    body: errorBody('API Token provided has no Bitbucket scopes'),
  },
  {
    cause: 'an API token without scopes, with the texts of January 2026',
    options: { switches: { errorTexts: '2026-01' } },
    authorization: (sandbox) => ({ basic: ['alice@example.com', alice(sandbox, { scopes: 'none' })] }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'an API token without scopes as Bearer',
    authorization: (sandbox) => ({ bearer: alice(sandbox, { scopes: 'none' }) }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'a scoped API token as Bearer on 2026-08-17',
    options: { now: '2026-08-17T23:59:59Z' },
    authorization: (sandbox) => ({ bearer: alice(sandbox) }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'an expired API token',
    authorization: (sandbox) => ({
      basic: ['alice@example.com', alice(sandbox, { expiresAt: '2026-11-22T00:00:00Z' })],
    }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'an API token that was never issued',
    authorization: (sandbox) => ({ basic: ['alice@example.com', alice(sandbox).replace('sandbox', 'Sandbox')] }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'an expired access token',
    authorization: ({ world }) => ({
      bearer: world.addAccessToken({ resource: 'acme', name: 'x', scopes: [], expiresAt: '2026-11-22T00:00:00Z' }),
    }),
    challenge: oauthRealm,
    body: errorBody(generic),
  },
  {
    cause: 'an access token as Basic',
    authorization: ({ world }) => ({
      basic: ['x-token-auth', world.addAccessToken({ resource: 'acme', name: 'x', scopes: ['repository'] })],
    }),
    challenge: null,
    body: errorBody(generic),
  },
  {
    cause: 'the account password',
    authorization: () => ({ basic: ['alice@example.com', 'sandbox'] }),
    challenge: basicRealm,
    body: 'Bitbucket Cloud recently stopped supporting account passwords for API authentication.',
  },
]

describe('what REST refuses with 401', () => {
  it.each(refusals)('$cause', async ({ authorization, options, challenge, body }) => {
    const sandbox = await startTown(options)
    try {
      const reply = await ask(sandbox, '/2.0/user', authorization(sandbox))
      expect(reply).toEqual({ ...unseen, status: 401, challenge, body })
    } finally {
      await sandbox.stop()
    }
  })
})

describe('with one town', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  const email = 'alice@example.com'
  const seen = { challenge: null, credential: 'api_token', has: userScopes.join(', ') }

  it('the e-mail and Bearer open the same user', async () => {
    const secret = alice(sandbox)
    const basic = await ask(sandbox, '/2.0/user', { basic: [email, secret] })
    const bearer = await ask(sandbox, '/2.0/user', { bearer: secret })
    expect(JSON.parse(basic.body)).toMatchObject({ type: 'user', username: 'alice', display_name: 'alice' })
    expect(basic).toEqual({ ...seen, status: 200, wants: 'account', body: basic.body })
    expect(bearer).toEqual(basic)
  })

  it('a missing scope is told with what is required and what is granted', async () => {
    const secret = alice(sandbox, { scopes: ['write:repository:bitbucket'] })
    expect(await ask(sandbox, '/2.0/repositories/acme/app', { basic: [email, secret] })).toEqual({
      status: 403,
      challenge: null,
      credential: 'api_token',
      has: 'write:repository:bitbucket',
      wants: 'repository',
      body: `{"type": "error", "error": {"message": "${lackScopes}", "detail": {"required": ["read:repository:bitbucket"], "granted": ["write:repository:bitbucket"]}}}`,
    })
  })

  it('read:account does not open the user', async () => {
    const reply = await ask(sandbox, '/2.0/user', { bearer: alice(sandbox, { scopes: ['read:account'] }) })
    expect(JSON.parse(reply.body).error.detail).toEqual({
      required: ['read:user:bitbucket'],
      granted: ['read:account'],
    })
  })

  it.each([
    ['anonymously', undefined],
    ['by a user without access', 'carol'],
  ])('a private repository and an absent one give the same 404, asked %s', async (_name, username) => {
    const authorization =
      username === undefined
        ? undefined
        : { bearer: sandbox.world.addApiToken(username, { name: 'ci', scopes: userScopes }) }
    const here = await ask(sandbox, '/2.0/repositories/acme/app', authorization)
    const absent = await ask(sandbox, '/2.0/repositories/acme/nothing', authorization)
    expect(here.status).toBe(404)
    expect(here.body).toBe(errorBody(outOfReach))
    expect(absent).toEqual(here)
  })

  it('a token limited to another workspace sees neither repository nor workspace', async () => {
    const bearer = alice(sandbox, { workspace: 'other' })
    expect((await ask(sandbox, '/2.0/repositories/acme/app', { bearer })).status).toBe(404)
    expect(JSON.parse((await ask(sandbox, '/2.0/user/workspaces', { bearer })).body).values).toEqual([])
  })

  it('a public repository needs no credential, and the listing shows no other', async () => {
    expect((await ask(sandbox, '/2.0/repositories/acme/site')).status).toBe(200)
    const { values } = JSON.parse((await ask(sandbox, '/2.0/repositories/acme')).body)
    expect(values.map((one: { full_name: string }) => one.full_name)).toEqual(['acme/site'])
  })

  it('workspaces, permissions and e-mails are told to their user', async () => {
    const authorization = { bearer: alice(sandbox) }
    const body = async (path: string) => JSON.parse((await ask(sandbox, path, authorization)).body)
    expect((await body('/2.0/user/emails')).values).toEqual([
      { type: 'email', email, is_primary: true, is_confirmed: true },
    ])
    expect((await body('/2.0/user/workspaces')).values).toMatchObject([
      { administrator: true, workspace: { slug: 'acme' } },
    ])
    expect(await body('/2.0/user/workspaces/acme/permission')).toMatchObject({ permission: 'owner' })
    expect((await body('/2.0/user/workspaces/acme/permissions/repositories')).values).toMatchObject([
      { permission: 'admin', repository: { full_name: 'acme/app' } },
    ])
    expect(await body('/2.0/workspaces/acme')).toMatchObject({ slug: 'acme' })
  })

  it('an access token opens its repository as Bearer and has no user', async () => {
    const scopes = ['repository:write']
    const bearer = sandbox.world.addAccessToken({ resource: 'acme/app', name: 'deploy', scopes })
    const credential = { challenge: null, credential: 'repo_access_token', has: 'repository:write' }
    const repository = await ask(sandbox, '/2.0/repositories/acme/app', { bearer })
    expect(repository).toEqual({ ...credential, status: 200, wants: 'repository', body: repository.body })
    expect(await ask(sandbox, '/2.0/user', { bearer })).toEqual({
      ...credential,
      status: 403,
      wants: 'account',
      body: errorBody('Forbidden'),
    })
  })

  it.each(['/2.0/repositories', '/2.0/workspaces', '/2.0/user/permissions/repositories?role=member'])(
    '%s is removed, whoever asks',
    async (path) => {
      const body =
        '{"type":"error","error":{"message":"CHANGE-2770 - Functionality has been deprecated","data":{"announcement_url":"https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770"}}}'
      expect(await ask(sandbox, path)).toEqual({ ...unseen, status: 410, body })
    },
  )

  it('an unknown path is a JSON 404, an API 1.0 path a 403', async () => {
    const authorization = { bearer: alice(sandbox) }
    const unknown = await ask(sandbox, '/2.0/nothing/here', authorization)
    expect([unknown.status, JSON.parse(unknown.body).error.message]).toEqual([404, 'Resource not found'])
    expect((await ask(sandbox, '/1.0/user', authorization)).body).toBe(errorBody('Forbidden'))
  })

  it.each([
    ['rate-limit', 429, 'text/plain', 'Rate limit for this resource has been exceeded'],
    ['html-404', 404, 'text/html; charset=utf-8', expect.stringContaining('<!DOCTYPE html>')],
    ['unauthorized-once', 401, 'application/json; charset=utf-8', errorBody(generic)],
  ] as const)('the fault %s answers once with %i and then no more', async (kind, status, type, body) => {
    sandbox.world.injectFault({ kind, match: 'api.bitbucket.org/2.0/user', times: 1 })
    const headers = headerOf({ bearer: alice(sandbox) })
    const faulty = await fetch(`${sandbox.webUrl}/2.0/user`, { headers })
    const seenFault = [faulty.status, faulty.headers.get('content-type'), await faulty.text()]
    expect(seenFault).toEqual([status, type, body])
    expect(faulty.headers.get('retry-after')).toBe(null)
    expect((await fetch(`${sandbox.webUrl}/2.0/user`, { headers })).status).toBe(200)
  })
})
