import { afterEach, describe, expect, it } from 'vitest'
import type { Sandbox, SandboxOptions } from '../index.ts'
import { askAs, askWith, basic, startTown } from './town-for-tests.ts'

let sandbox: Sandbox
afterEach(() => sandbox.stop())

const start = async (options: SandboxOptions = {}): Promise<void> => {
  sandbox = await startTown(options)
}

const sentinel = 'x-bitbucket-api-token-auth'
const tokenOf = (username: string): string => sandbox.world.addApiToken(username, { name: 'git' })

const git = async (authorization?: string, service = 'git-upload-pack', repository = 'acme/app') => {
  const headers = authorization === undefined ? {} : { authorization }
  const reply = await fetch(`${sandbox.webUrl}/${repository}.git/info/refs?service=${service}`, { headers })
  const text = await reply.text()
  return { status: reply.status, text: reply.status === 200 ? '' : text, after: reply.headers.get('retry-after') }
}

const refused = (status: number, text: string) => ({ status, text, after: null })
const mayNotHaveAccess =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'
const limited = 'Rate limit for this resource has been exceeded'

describe('what happens on the way', () => {
  it('a dropped Authorization header makes the request anonymous, and the record says why', async () => {
    await start()
    const ask = askAs(sandbox, 'alice')
    sandbox.world.injectFault({ kind: 'dropped-authorization', times: 1 })
    expect((await ask('GET', '/repositories/acme/app')).status).toBe(404)
    expect((await ask('GET', '/repositories/acme/app')).status).toBe(200)
    expect(
      sandbox.requests.map(({ because }) => because.startsWith('injected fault: dropped-authorization; ')),
    ).toEqual([true, false])
  })

  it('a late answer is the usual one, and the record says why it was late', async () => {
    await start()
    const ask = askAs(sandbox, 'alice')
    sandbox.world.injectFault({ kind: 'latency', milliseconds: 20, times: 1 })
    expect((await ask('GET', '/user')).status).toBe(200)
    expect(sandbox.requests[0]?.because.startsWith('injected fault: latency; ')).toBe(true)
  })

  it('random 401s hit valid credentials only, as often as told, and the seed says which', async () => {
    const draw = async (seed: string): Promise<string> => {
      await start({ seed })
      const ask = askAs(sandbox, 'alice')
      sandbox.world.injectFault({ kind: 'random-unauthorized', rate: 0.3, match: '/2.0/user', times: 100 })
      const nobody = askWith(sandbox, undefined)
      const codes: number[] = []
      for (let i = 0; i < 40; i++) {
        codes.push((await ask('GET', '/user')).status)
        expect((await nobody('GET', '/users/nobody')).status).toBe(401)
      }
      await sandbox.stop()
      return codes.map((code) => (code === 401 ? 'x' : '.')).join('')
    }
    const first = await draw('one')
    const hits = first.split('x').length - 1
    expect([hits > 4, hits < 22]).toEqual([true, true])
    expect(await draw('one')).toBe(first)
    expect(await draw('two')).not.toBe(first)
  })

  it('a page of the web site comes with its 25 KB', async () => {
    await start()
    sandbox.world.injectFault({ kind: 'html-404', times: 1 })
    const reply = await fetch(`${sandbox.webUrl}/2.0/user`)
    const text = await reply.text()
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect([text.length > 24_000, text.includes('webToken')]).toEqual([true, true])
  })

  it.each([500, 502, 503])('a %i comes as often as ordered', async (status) => {
    await start()
    sandbox.world.injectFault({ kind: 'status', status, match: 'api.bitbucket.org', times: 2 })
    const ask = askAs(sandbox, 'alice')
    expect([
      (await ask('GET', '/user')).status,
      (await ask('GET', '/user')).status,
      (await ask('GET', '/user')).status,
    ]).toEqual([status, status, 200])
  })
})

describe('hourly limits, when they are counted', () => {
  const switches = { rateLimits: 'published' } as const

  it('60 anonymous REST requests, and again when the hour has passed', async () => {
    await start({ switches })
    const nobody = askWith(sandbox, undefined)
    for (let i = 0; i < 60; i++) expect((await nobody('GET', '/repositories/acme/site')).status).toBe(200)
    expect(await nobody('GET', '/repositories/acme/site')).toEqual({ status: 429, body: limited })
    expect((await askAs(sandbox, 'alice')('GET', '/repositories/acme/site')).status).toBe(200)
    sandbox.world.setClock('2026-11-23T10:00:01Z')
    expect((await nobody('GET', '/repositories/acme/site')).status).toBe(200)
  })

  it('1,000 below /repositories for all tokens of one account together, and others are not counted', async () => {
    await start({ switches })
    const tokens = [askAs(sandbox, 'alice'), askAs(sandbox, 'alice')]
    for (let i = 0; i < 500; i++) {
      await Promise.all(tokens.map((ask) => ask('GET', '/repositories/acme/app')))
    }
    const [ask] = tokens
    expect(await ask?.('GET', '/repositories/acme/app')).toEqual({ status: 429, body: limited })
    expect((await ask?.('GET', '/user'))?.status).toBe(200)
    expect((await askAs(sandbox, 'bob')('GET', '/repositories/acme/app')).status).toBe(200)
    expect((await git(basic(sentinel, tokenOf('alice')))).status).toBe(200)
  })

  it('only access tokens are told about theirs in headers', async () => {
    await start()
    const access = sandbox.world.addAccessToken({ resource: 'acme/app', name: 'x', scopes: ['repository'] })
    const api = sandbox.world.addApiToken('alice', { name: 'x' })
    const limits = await Promise.all(
      [access, api].map(async (secret) => {
        const headers = { authorization: `Bearer ${secret}` }
        return (await fetch(`${sandbox.webUrl}/2.0/repositories/acme/app`, { headers })).headers.get(
          'x-ratelimit-limit',
        )
      }),
    )
    expect(limits).toEqual(['1000', null])
  })

  it('the answer is 46 bytes of text without Retry-After', async () => {
    await start()
    sandbox.world.injectFault({ kind: 'rate-limit', times: 1 })
    const reply = await fetch(`${sandbox.webUrl}/2.0/user`)
    expect([reply.status, reply.headers.get('content-type'), reply.headers.get('retry-after')]).toEqual([
      429,
      'text/plain',
      null,
    ])
    expect((await reply.arrayBuffer()).byteLength).toBe(46)
  })
})

describe('the lock after failed sign-ins', () => {
  const fail = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await git(basic('alice', 'nonsense'))
  }

  it('is off unless switched on', async () => {
    await start()
    await fail(12)
    expect((await git(basic('alice', tokenOf('alice')))).status).toBe(200)
  })

  it('with 429 it opens after a quarter of an hour', async () => {
    await start({ switches: { lockOut: '429' } })
    const secret = tokenOf('alice')
    await fail(10)
    const locked = refused(429, 'Too many failed authentication attempts. Please try again later.')
    expect(await git(basic('alice', secret))).toEqual(locked)
    expect((await git(basic('bob', tokenOf('bob')))).status).toBe(200)
    sandbox.world.setClock('2026-11-23T09:15:00Z')
    expect((await git(basic('alice', secret))).status).toBe(200)
  })

  it('with 403 it opens when the person signs in on the web site', async () => {
    await start({ switches: { lockOut: '403' } })
    await fail(10)
    sandbox.world.setClock('2026-11-24T09:00:00Z')
    const text = 'Too many invalid password attempts. Try logging in through the website with your password.'
    expect(await git(basic('alice', tokenOf('alice')))).toEqual(refused(403, text))
    sandbox.world.clearLockOut('alice')
    expect((await git(basic('alice', tokenOf('alice')))).status).toBe(200)
  })

  it('requests without a credential are no failures', async () => {
    await start({ switches: { lockOut: '429' } })
    for (let i = 0; i < 12; i++) expect((await git()).status).toBe(401)
  })
})

describe('people and workspaces', () => {
  it.each([
    ['401', 401, 401],
    ['403', 403, 403],
  ] as const)(
    'with the switch %s a suspended person gets %i on git and %i on REST',
    async (suspendedUser, onGit, onRest) => {
      await start({ switches: { suspendedUser } })
      const [secret, ask] = [tokenOf('alice'), askAs(sandbox, 'alice')]
      sandbox.world.setUserState('alice', { suspended: true })
      expect((await git(basic(sentinel, secret))).status).toBe(onGit)
      expect((await ask('GET', '/user')).status).toBe(onRest)
      sandbox.world.setUserState('alice', { suspended: false })
      expect((await git(basic(sentinel, secret))).status).toBe(200)
    },
  )

  it('where two-step verification is required, those who have it come in', async () => {
    await start()
    sandbox.world.setWorkspacePolicy('acme', { requires2sv: true })
    const pair = basic(sentinel, tokenOf('alice'))
    expect(await git(pair)).toEqual(refused(403, 'To access this repository, enable two-step authentication.'))
    sandbox.world.setUserState('alice', { twoStep: true })
    expect((await git(pair)).status).toBe(200)
  })

  it('policies reach REST only with the switch', async () => {
    await start()
    sandbox.world.setWorkspacePolicy('acme', { ipAllowlist: true })
    expect((await askAs(sandbox, 'alice')('GET', '/repositories/acme/app')).status).toBe(200)
    await sandbox.stop()
    await start({ switches: { policiesOnRest: '403' } })
    sandbox.world.setWorkspacePolicy('acme', { ipAllowlist: true })
    const ask = askAs(sandbox, 'alice')
    expect((await ask('GET', '/repositories/acme/app')).status).toBe(403)
    expect((await ask('GET', '/repositories/acme/site')).status).toBe(200)
  })

  it.each([
    ['a person', () => basic(sentinel, tokenOf('alice'))],
    [
      'an access token',
      () =>
        basic(
          'x-token-auth',
          sandbox.world.addAccessToken({ resource: 'acme', name: 'x', scopes: ['repository:write'] }),
        ),
    ],
  ])('a workspace over its user limit takes no push from %s and is still fetched', async (_who, pair) => {
    await start()
    sandbox.world.setWorkspacePolicy('acme', { overUserLimit: true })
    const authorization = pair()
    const push = await git(authorization, 'git-receive-pack')
    expect([
      push.status,
      push.text.startsWith("[ALERT] Your push failed because the account 'acme' has exceeded"),
    ]).toEqual([403, true])
    expect((await git(authorization)).status).toBe(200)
  })

  it('a renamed workspace is absent under its old id, with everything under its new one', async () => {
    await start()
    const { world } = sandbox
    const ask = askAs(sandbox, 'alice')
    const hook = { url: 'https://ci.example.com', events: ['repo:push'] }
    await ask('POST', '/repositories/acme/app/hooks', hook)
    const access = world.addAccessToken({ resource: 'acme/app', name: 'x', scopes: ['repository'] })
    const narrowed = world.addApiToken('alice', { name: 'n', workspace: 'acme' })
    await world.renameWorkspace('acme', 'acme-new')
    const pair = basic(sentinel, tokenOf('alice'))
    expect((await git(pair)).status).toBe(403)
    expect((await git(pair, 'git-upload-pack', 'acme-new/app')).status).toBe(200)
    expect((await git(basic('x-token-auth', access), 'git-upload-pack', 'acme-new/app')).status).toBe(200)
    expect((await git(basic(sentinel, narrowed), 'git-upload-pack', 'acme-new/app')).status).toBe(200)
    expect((await ask('GET', '/repositories/acme/app')).status).toBe(404)
    expect((await ask('GET', '/repositories/acme-new/app/hooks')).body).toMatchObject({ size: 1 })
    expect((await ask('GET', '/repositories/acme-new/app/src/main/README.md')).body).toBe('# app\n')
  })

  it('a dead credential on git still gets the text of an unknown one', async () => {
    await start()
    const secret = tokenOf('alice')
    sandbox.world.expireToken(secret)
    expect(await git(basic(sentinel, secret))).toEqual(refused(401, mayNotHaveAccess))
  })
})

describe('listings that are gone', () => {
  const announced = '/user/permissions/workspaces'

  it.each([
    ['none', announced, 200],
    ['announced', announced, 410],
    ['announced', '/snippets', 200],
    ['all deprecated', '/snippets', 410],
    ['none', '/workspaces', 410],
    ['none', '/repositories/acme/app/issues/1/comments', 410],
  ] as const)('with the switch %s, %s is %i', async (unconfirmedRemovals, path, status) => {
    await start({ switches: { unconfirmedRemovals } })
    const ask = askAs(sandbox, 'alice', ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:snippet:bitbucket'])
    expect((await ask('GET', path)).status).toBe(status)
  })
})
