import { afterEach, describe, expect, it } from 'vitest'
import type { Sandbox, SandboxOptions } from '../../index.ts'
import { askWith, basic, startTown } from '../town-for-tests.ts'

let sandbox: Sandbox
afterEach(() => sandbox.stop())

const start = async (options: SandboxOptions = {}): Promise<void> => {
  sandbox = await startTown(options)
}

const ask = async (form: Record<string, string>, authorization?: string) => {
  const reply = await fetch(`${sandbox.webUrl}/site/oauth2/access_token`, {
    method: 'POST',
    headers: authorization === undefined ? {} : { authorization },
    body: new URLSearchParams(form),
  })
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
}

const clientCredentials = { grant_type: 'client_credentials' }

describe('the token endpoint', () => {
  it.each(['Basic', 'the form'])('takes key and secret by %s, and gives an opaque token for two hours', async (how) => {
    await start()
    const consumer = sandbox.world.addOAuthConsumer('ci', { workspace: 'acme', scopes: ['repository'] })
    const form = { client_id: consumer.key, client_secret: consumer.secret }
    const { status, body } =
      how === 'Basic'
        ? await ask(clientCredentials, basic(consumer.key, consumer.secret))
        : await ask({ ...clientCredentials, ...form })
    expect({ status, ...body, access_token: typeof body['access_token'] }).toEqual({
      status: 200,
      access_token: 'string',
      scope: 'repository',
      expires_in: 7200,
      token_type: 'bearer',
    })
    const reply = await askWith(sandbox, `Bearer ${body['access_token']}`)('GET', '/repositories/acme/app')
    expect(reply.status).toBe(200)
  })

  it('before 2026-05-04 it says scopes and gives a refresh token, which is good once', async () => {
    await start({ now: '2026-05-03T23:59:59Z' })
    const { key, secret } = sandbox.world.addOAuthConsumer('ci', { workspace: 'acme', scopes: ['repository'] })
    const { body } = await ask(clientCredentials, basic(key, secret))
    expect(Object.keys(body)).toEqual(['access_token', 'scopes', 'expires_in', 'token_type', 'state', 'refresh_token'])
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) }
    expect((await ask(refresh, basic(key, secret))).status).toBe(200)
    expect((await ask(refresh, basic(key, secret))).body['error']).toBe('invalid_grant')
  })

  it('refuses a wrong secret and an unknown grant', async () => {
    await start()
    const { key, secret } = sandbox.world.addOAuthConsumer('ci', { workspace: 'acme' })
    expect((await ask(clientCredentials, basic(key, 'nonsense'))).status).toBe(400)
    expect((await ask({ grant_type: 'password' }, basic(key, secret))).body['error']).toBe('unsupported_grant_type')
  })
})

describe('an OAuth token', () => {
  const userToken = (scopes: readonly string[], expiresAt?: string): string =>
    sandbox.world.addOAuthToken({
      actsAs: { user: 'alice' },
      scopes,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    })

  const raw = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${sandbox.webUrl}${path}`, init)

  it('opens REST as the person who allowed it, in the older vocabulary', async () => {
    await start()
    const reply = await raw('/2.0/user', { headers: { authorization: `Bearer ${userToken(['account'])}` } })
    expect([reply.status, reply.headers.get('x-oauth-scopes'), reply.headers.get('x-credential-type')]).toEqual([
      200,
      'account',
      null,
    ])
    expect(await reply.json()).toMatchObject({ username: 'alice' })
    const poor = await askWith(sandbox, `Bearer ${userToken(['account'])}`)('GET', '/repositories/acme/app')
    expect(poor).toMatchObject({
      status: 403,
      body: { error: { detail: { required: ['repository'], granted: ['account'] } } },
    })
  })

  it('with client credentials is an app_user', async () => {
    await start()
    const secret = sandbox.world.addOAuthToken({ actsAs: { workspace: 'acme' }, scopes: ['account'], consumer: 'ci' })
    const reply = await askWith(sandbox, `Bearer ${secret}`)('GET', '/user')
    expect(reply).toMatchObject({ status: 200, body: { type: 'app_user', display_name: 'ci' } })
  })

  it.each(['by its time', 'by expireToken'])('that is expired %s is refused with the words of OAuth', async (how) => {
    await start()
    const secret = userToken(['account'], how === 'by its time' ? '2026-11-23T08:59:59Z' : undefined)
    if (how === 'by expireToken') sandbox.world.expireToken(secret)
    const reply = await raw('/2.0/user', { headers: { authorization: `Bearer ${secret}` } })
    expect([reply.status, reply.headers.get('www-authenticate'), await reply.text()]).toEqual([
      401,
      'OAuth realm="Bitbucket.org HTTP"',
      '{"type": "error", "error": {"message": "Access token expired."}}',
    ])
  })

  it('lives for two hours of the sandbox', async () => {
    await start()
    const secret = userToken(['account'])
    const status = async () => (await askWith(sandbox, `Bearer ${secret}`)('GET', '/user')).status
    sandbox.world.setClock('2026-11-23T10:59:59Z')
    expect(await status()).toBe(200)
    sandbox.world.setClock('2026-11-23T11:00:00Z')
    expect(await status()).toBe(401)
  })

  it.each([
    ['x-token-auth', ['repository'], 'git-upload-pack', 200],
    ['x-token-auth', ['repository'], 'git-receive-pack', 403],
    ['x-token-auth', ['repository:write'], 'git-receive-pack', 200],
    ['x-token-auth', ['account'], 'git-upload-pack', 403],
    ['alice', ['repository'], 'git-upload-pack', 401],
  ])('on git under %s with %j, %s is %i', async (username, scopes, service, status) => {
    await start()
    const headers = { authorization: basic(username, userToken(scopes)) }
    expect((await raw(`/acme/app.git/info/refs?service=${service}`, { headers })).status).toBe(status)
  })

  it.each([
    ['2026-05-03T23:59:59Z', 200],
    ['2026-05-04T00:00:00Z', 401],
  ])('in the query at %s: %i', async (now, status) => {
    await start({ now })
    const secret = encodeURIComponent(userToken(['account']))
    expect((await raw(`/2.0/user?access_token=${secret}`)).status).toBe(status)
  })

  it('in the form body is refused', async () => {
    await start()
    const body = new URLSearchParams({ access_token: userToken(['webhook']), url: 'https://ci.example.com' })
    expect((await raw('/2.0/repositories/acme/app/hooks', { method: 'POST', body })).status).toBe(401)
  })
})

describe('an access token of a project', () => {
  it('opens the repositories of its project and no other, on REST and on git', async () => {
    await start()
    const { world } = sandbox
    world.addProject('acme', 'OPS')
    await world.addRepository({ workspace: 'acme', slug: 'ops', isPrivate: true, project: 'OPS' })
    const secret = world.addAccessToken({ resource: 'acme/projects/OPS', name: 'p', scopes: ['repository'] })
    const headers = { authorization: `Bearer ${secret}` }
    const inside = await fetch(`${sandbox.webUrl}/2.0/repositories/acme/ops`, { headers })
    expect([inside.status, inside.headers.get('x-credential-type')]).toEqual([200, 'project_access_token'])
    expect((await fetch(`${sandbox.webUrl}/2.0/repositories/acme/app`, { headers })).status).toBe(404)
    const git = { headers: { authorization: basic('x-token-auth', secret) } }
    expect((await fetch(`${sandbox.webUrl}/acme/ops.git/info/refs?service=git-upload-pack`, git)).status).toBe(200)
    expect((await fetch(`${sandbox.webUrl}/acme/app.git/info/refs?service=git-upload-pack`, git)).status).toBe(403)
  })

  it('needs a project that exists', async () => {
    await start()
    const make = () => sandbox.world.addAccessToken({ resource: 'acme/projects/NONE', name: 'p', scopes: [] })
    expect(make).toThrow('no project NONE in acme')
  })
})
