import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'

describe('the control interface', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox()
  })
  afterAll(() => sandbox.stop())

  const post = async (act: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const reply = await fetch(`${sandbox.webUrl}/_sandbox/${act}`, init)
    return { status: reply.status, body: JSON.parse(await reply.text()) }
  }

  it('builds a town, hands out secrets, moves the clock and takes access away', async () => {
    expect((await post('users', { username: 'alice', email: 'alice@example.com' })).body).toEqual({})
    await post('workspaces', { slug: 'acme' })
    await post('repositories', { workspace: 'acme', slug: 'app', isPrivate: true })
    await post('grants', { username: 'alice', repository: 'acme/app', permission: 'read' })
    const { secret } = (await post('api-tokens', { username: 'alice', name: 'ci' })).body
    const status = async () => {
      const headers = { authorization: `Bearer ${secret}` }
      return (await fetch(`${sandbox.webUrl}/2.0/repositories/acme/app`, { headers })).status
    }
    expect(await status()).toBe(200)
    await post('grants', { username: 'alice', repository: 'acme/app', permission: 'none' })
    expect(await status()).toBe(404)
    await post('clock', { now: '2027-11-24T00:00:00Z' })
    expect(await status()).toBe(401)
    const records = await (await fetch(`${sandbox.webUrl}/_sandbox/requests`)).json()
    expect(records).toEqual(sandbox.requests)
    expect(JSON.stringify(records)).not.toContain(secret)
    const page = await (await fetch(`${sandbox.webUrl}/_sandbox/`)).text()
    expect(page).toContain('API token &quot;ci&quot; of alice is expired')
    expect(page).not.toContain(secret)
  })

  it.each([
    ['users', { username: 'x' }],
    ['grants', { username: 'alice', repository: 'acme', permission: 'read' }],
    ['users', { username: 'x', email: 'x@example.com', admin: true }],
    ['repositories', { workspace: 'nowhere', slug: 'app', isPrivate: true }],
    ['repositories', { workspace: 'acme', slug: '../../escape', isPrivate: true }],
  ])('%s refuses %j and says why', async (act, body) => {
    expect(await post(act, body)).toEqual({ status: 400, body: { error: expect.stringMatching(/./) } })
  })

  it('does not answer under another host name, nor to a body that a page can send without asking', async () => {
    const { port } = new URL(sandbox.webUrl)
    const foreign = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'evil.example' }
      const asked = request({ host: '127.0.0.1', port, path: '/_sandbox/requests', headers }, (reply) => {
        reply.resume()
        resolve(reply.statusCode)
      })
      asked.on('error', reject)
      asked.end()
    })
    const form = await fetch(`${sandbox.webUrl}/_sandbox/clock`, { method: 'POST', body: '{"now":"2026-01-01"}' })
    expect([foreign, form.status]).toEqual([403, 415])
  })

  it('sets, advances and runs the clock, and says where it stands', async () => {
    expect((await post('clock', { now: '2026-07-27T23:00Z' })).body).toEqual({
      now: '2026-07-27T23:00:00.000Z',
      rate: 0,
    })
    expect((await post('clock', { advanceSeconds: 3600 })).body).toEqual({ now: '2026-07-28T00:00:00.000Z', rate: 0 })
    expect((await post('clock', { rate: 60 })).body.rate).toBe(60)
    expect((await post('clock', { now: '2026-01-01', rate: 0 })).body.rate).toBe(0)
    const reading = await (await fetch(`${sandbox.webUrl}/_sandbox/clock`)).json()
    expect(reading).toEqual(sandbox.world.clock())
    expect([await post('clock', { now: 'soon' }), await post('clock', { rate: -1 })]).toEqual([
      { status: 400, body: { error: 'not a date: soon' } },
      { status: 400, body: { error: expect.stringContaining('rate') } },
    ])
  })

  const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${sandbox.webUrl}/_sandbox/clock`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers,
      redirect: 'manual',
    })

  it('takes the forms of its own page, shows what is wrong with them, and no form of another page', async () => {
    const { origin } = new URL(sandbox.webUrl)
    const own = { origin, 'sec-fetch-site': 'same-origin' }
    const moved = await form({ now: '2026-06-09 00:05' }, own)
    expect([moved.status, moved.headers.get('location')]).toEqual([303, '/_sandbox/#clock'])
    expect(sandbox.world.clock()).toEqual({ now: '2026-06-09T00:05:00.000Z', rate: 0 })
    const wrong = await form({ now: '<soon>' }, own)
    const problem = '<p class="problem" role="alert">The clock was not moved: not a date: &lt;soon&gt;</p>'
    expect([wrong.status, (await wrong.text()).includes(problem)]).toEqual([400, true])
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await form({ now: '2026-01-01' }, { ...own, ...foreign })).status).toBe(403)
    }
    expect(sandbox.world.clock().now).toBe('2026-06-09T00:05:00.000Z')
  })

  it('renames a workspace, adds a deploy key and opens a lock', async () => {
    sandbox.world.addUser({ username: 'dora', email: 'dora@example.com' })
    sandbox.world.addWorkspace('old')
    await sandbox.world.addRepository({ workspace: 'old', slug: 'app', isPrivate: true })
    sandbox.world.grant('dora', 'old/app', 'admin')
    const key = { label: 'ci', key: 'ssh-ed25519 AAAA' }
    const acts = [
      await post('deploy-keys', { repository: 'old/app', ...key }),
      await post('workspace-names', { slug: 'old', newSlug: 'new' }),
      await post('lock-outs', { username: 'dora' }),
    ]
    expect(acts).toEqual(acts.map(() => ({ status: 200, body: {} })))
    const scopes = ['admin:repository:bitbucket', 'read:ssh-key:bitbucket']
    const { secret } = (await post('api-tokens', { username: 'dora', name: 'keys', scopes })).body
    const pair = Buffer.from(`dora@example.com:${secret}`).toString('base64')
    const headers = { authorization: `Basic ${pair}` }
    const reply = await fetch(`${sandbox.webUrl}/2.0/repositories/new/app/deploy-keys`, { headers })
    expect(await reply.json()).toMatchObject({ values: [key] })
    expect(await post('lock-outs', { username: 'nobody' })).toEqual({
      status: 400,
      body: { error: 'no user nobody in the sandbox' },
    })
  })

  it('gives only the requests after a number', async () => {
    await fetch(`${sandbox.webUrl}/2.0/user`)
    const last = sandbox.requests.at(-1)
    const after = await fetch(`${sandbox.webUrl}/_sandbox/requests?after=${(last?.number ?? 0) - 1}`)
    expect(await after.json()).toEqual([last])
  })

  it('is not reachable through the proxy, and unknown acts fail loudly', async () => {
    const here = await fetch(`${sandbox.webUrl}/_sandbox/unknown`, { method: 'POST' })
    expect(here.status).toBe(501)
    const elsewhere = await fetch(`${sandbox.webUrl}/acme/app/src/main/README.md`)
    expect(elsewhere.status).toBe(501)
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 501, because: 'this route is not emulated' })
  })
})
