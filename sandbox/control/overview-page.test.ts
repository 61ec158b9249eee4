import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'

const hostile = '"><script>alert(1)</script>&lt;\u202egnp.exe'

const open = async (sandbox: Sandbox, query = ''): Promise<string> =>
  (await fetch(`${sandbox.webUrl}/_sandbox/${query}`)).text()

/** A request as no library sends it. */
const raw = (sandbox: Sandbox, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(sandbox.webUrl).port), '127.0.0.1', () => socket.end(text))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

describe('the page', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox()
    const { world } = sandbox
    world.addUser({ username: 'alice', email: `${hostile}@example.com`, displayName: hostile })
    world.addWorkspace('acme')
    await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
    world.grant('alice', 'acme/app', 'admin')
    world.addApiToken('alice', { name: hostile })
  })
  afterAll(() => sandbox.stop())

  it('writes names and paths as text, whatever they hold', async () => {
    await raw(sandbox, `GET /<script>alert(2)</script>?"onload=' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const page = await open(sandbox)
    const token = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;\\u202egnp.exe'
    expect(page).toContain(`API token &quot;${token}&quot; of alice`)
    expect(page).toContain(`${token}@example.com`)
    expect(page).toContain('bitbucket.org/&lt;script&gt;alert(2)&lt;/script&gt;?&quot;onload=&#39;')
    expect(page).not.toContain('<script')
    expect(page).not.toContain('\u202e')
  })

  it('allows its own style, its own forms, and nothing else', async () => {
    const reply = await fetch(`${sandbox.webUrl}/_sandbox/`)
    expect(reply.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    )
    const page = await reply.text()
    expect(page).not.toMatch(/ (style|on[a-z]+)=|https?:\/\/(?!api\.|bitbucket)/)
    expect([reply.headers.get('x-content-type-options'), reply.headers.get('x-frame-options')]).toEqual([
      'nosniff',
      'DENY',
    ])
  })

  it('shows the requests that match: by status, by class, by host, by words of the reason', async () => {
    const refs = await fetch(`${sandbox.webUrl}/acme/app.git/info/refs?service=git-upload-pack`)
    const missing = await fetch(`${sandbox.webUrl}/2.0/repositories/acme/none`)
    await Promise.all([refs.text(), missing.text()])
    const shown = async (query: string): Promise<readonly string[]> =>
      [
        ...(await open(sandbox, query)).matchAll(
          /<span class="tag \w+">(\d{3})<\/span>\s*<div><p><code>\w+ ([a-z.]+)/g,
        ),
      ].map(([, status, host]) => `${status} ${host}`)
    expect(await shown('?status=401')).toEqual(['401 bitbucket.org'])
    expect(await shown('?status=4xx')).toEqual(['404 api.bitbucket.org', '401 bitbucket.org'])
    expect(await shown('?host=api.bitbucket.org')).toEqual(['404 api.bitbucket.org'])
    expect(await shown('?text=THE%20CHALLENGE')).toEqual(['401 bitbucket.org'])
    expect(await open(sandbox, '?status=418')).toContain('No request matches.')
  })

  it('loads itself again only when it is asked to', async () => {
    expect(await open(sandbox, '?follow=5')).toContain('<meta http-equiv="refresh" content="5">')
    expect(await open(sandbox)).not.toContain('http-equiv="refresh"')
  })

  it('says who may do what, and what a token is worth at this clock', async () => {
    const page = await open(sandbox)
    expect(page).toContain('<td data-label="Permissions">alice: admin</td>')
    expect(page).toContain('<span class="tag works">expires in 365 days</span>')
  })
})

describe('a request that cannot be read', () => {
  it.each([
    ['an address that is none', 'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '400'],
    [
      'a form of two megabytes',
      `POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n${'x'.repeat(2_000_000)}`,
      '413',
    ],
  ])('%s ends its own connection, and the sandbox lives on', async (_name, text, status) => {
    const sandbox = await startSandbox()
    expect((await raw(sandbox, text)).slice(9, 12)).toBe(status)
    expect((await fetch(`${sandbox.webUrl}/2.0/user`)).status).toBe(401)
    await sandbox.stop()
  })
})
