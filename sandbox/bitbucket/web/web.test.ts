import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Sandbox, SandboxOptions } from '../../index.ts'
import { basic, startTown } from '../town-for-tests.ts'

let sandbox: Sandbox
afterEach(() => sandbox.stop())

const sentinel = 'x-bitbucket-api-token-auth'
const readOnly = ['read:repository:bitbucket']
const readWrite = ['read:repository:bitbucket', 'write:repository:bitbucket']
const mayNotHaveAccess =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'

const start = async (options: SandboxOptions = {}): Promise<void> => {
  sandbox = await startTown(options)
}
const token = (scopes: readonly string[], username = sentinel): string =>
  basic(username, sandbox.world.addApiToken('alice', { name: 'web', scopes }))

interface BatchObject {
  readonly oid: string
  readonly size: number
  readonly error?: { readonly code: number }
  readonly actions?: Readonly<Record<string, { readonly href: string }>>
}

describe('Git LFS', () => {
  const content = Buffer.from([0, 1, 2, 255, 10])
  const oid = createHash('sha256').update(content).digest('hex')
  const object = { oid, size: content.length }
  const json = { accept: 'application/vnd.git-lfs+json', 'content-type': 'application/vnd.git-lfs+json' }

  const post = (path: string, body: unknown, authorization?: string): Promise<Response> =>
    fetch(`${sandbox.webUrl}/acme/app.git/info/lfs/${path}`, {
      method: 'POST',
      headers: { ...json, ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify(body),
    })

  const batch = (operation: 'upload' | 'download', authorization?: string): Promise<Response> =>
    post('objects/batch', { operation, transfers: ['basic'], objects: [object] }, authorization)

  const first = async (reply: Response): Promise<BatchObject> => {
    const { objects } = (await reply.json()) as { objects: BatchObject[] }
    return objects[0] ?? { oid: '', size: 0 }
  }

  it('an object goes up, is verified, and comes down with its bytes', async () => {
    await start()
    const authorization = token(readWrite)
    expect((await first(await batch('download', authorization))).error).toEqual({
      code: 404,
      message: 'Object does not exist',
    })
    const reply = await batch('upload', authorization)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/vnd.git-lfs+json'])
    const { actions } = await first(reply)
    const { upload, verify } = actions ?? {}
    expect((await fetch(upload?.href ?? '', { method: 'PUT', body: content })).status).toBe(200)
    expect(
      (await fetch(verify?.href ?? '', { method: 'POST', headers: json, body: JSON.stringify(object) })).status,
    ).toBe(200)
    expect((await first(await batch('upload', authorization))).actions).toBe(undefined)
    const { actions: down } = await first(await batch('download', token(readOnly)))
    const got = await fetch(down?.['download']?.href ?? '')
    expect(Buffer.from(await got.arrayBuffer())).toEqual(content)
  })

  it('bytes that do not hash to their name are not stored', async () => {
    await start()
    const authorization = token(readWrite)
    const { actions } = await first(await batch('upload', authorization))
    expect((await fetch(actions?.['upload']?.href ?? '', { method: 'PUT', body: 'other' })).status).toBe(422)
    expect((await first(await batch('download', authorization))).error?.code).toBe(404)
  })

  it('a transfer is recorded with the status that was sent', async () => {
    await start()
    const { actions } = await first(await batch('upload', token(readWrite)))
    const href = actions?.['upload']?.href ?? ''
    await fetch(href, { method: 'PUT', body: 'other' })
    await fetch(href, { method: 'PUT', body: content })
    const sent = sandbox.requests.slice(-2).map(({ status, because }) => [status, because])
    expect(sent).toEqual([
      [422, 'LFS upload'],
      [200, 'LFS upload'],
    ])
  })

  it('a transfer whose client goes away before an answer is recorded without a status', async () => {
    await start()
    const { actions } = await first(await batch('upload', token(readWrite)))
    const url = new URL(actions?.['upload']?.href ?? '')
    const socket = connect(Number(url.port), '127.0.0.1', () => {
      socket.write(`PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 5\r\n\r\nab`)
      socket.end()
    })
    socket.on('error', () => undefined)
    await expect
      .poll(() => sandbox.requests.at(-1))
      .toMatchObject({
        status: 0,
        because: 'LFS upload; the connection ended before an answer',
      })
  })

  it('a link is good for its object and its direction only', async () => {
    await start()
    const { actions } = await first(await batch('upload', token(readWrite)))
    const href = actions?.['upload']?.href ?? ''
    expect((await fetch(href)).status).toBe(403)
    expect((await fetch(href.replace(oid, '0'.repeat(64)), { method: 'PUT', body: content })).status).toBe(403)
  })

  it('without a credential there is a challenge of its own', async () => {
    await start()
    const reply = await batch('download')
    expect([reply.status, reply.headers.get('lfs-authenticate'), await reply.json()]).toEqual([
      401,
      'Basic realm="Bitbucket.org HTTP"',
      { message: mayNotHaveAccess },
    ])
  })

  it.each([
    ['upload', readOnly, 403],
    ['upload', ['write:repository:bitbucket'], 403],
    ['upload', readWrite, 200],
    ['download', readOnly, 200],
    ['download', ['read:pullrequest:bitbucket'], 403],
  ] as const)('%s with %j: %i', async (operation, scopes, status) => {
    await start()
    expect((await batch(operation, token(scopes))).status).toBe(status)
  })

  it('the locks of a repository are empty, and asking for them needs the scopes of a push', async () => {
    await start()
    const reply = await post('locks/verify', {}, token(readWrite))
    expect([reply.status, await reply.json()]).toEqual([200, { ours: [], theirs: [] }])
    expect((await post('locks/verify', {}, token(readOnly))).status).toBe(403)
  })

  it('an access token works under x-token-auth', async () => {
    await start()
    const secret = sandbox.world.addAccessToken({ resource: 'acme/app', name: 'lfs', scopes: ['repository:write'] })
    expect((await batch('upload', basic('x-token-auth', secret))).status).toBe(200)
  })

  it.each([
    ['lfsTakesApiTokens', { lfsTakesApiTokens: false }],
    ['lfsTakesAccessTokens', { lfsTakesAccessTokens: false }],
  ] as const)('the switch %s refuses that kind with 403', async (name, switches) => {
    await start({ switches })
    const access = sandbox.world.addAccessToken({ resource: 'acme/app', name: 'lfs', scopes: ['repository'] })
    const pairs = { lfsTakesApiTokens: token(readOnly), lfsTakesAccessTokens: basic('x-token-auth', access) }
    expect((await batch('download', pairs[name])).status).toBe(403)
  })

  it('with the defect of 2017 a request without a credential is a 403', async () => {
    await start({ switches: { lfsWithoutCredential: '403' } })
    expect((await batch('download')).status).toBe(403)
    expect((await batch('download', basic(sentinel, 'nonsense'))).status).toBe(401)
  })
})

describe('archives and raw files', () => {
  const email = 'alice@example.com'
  const get = (path: string, authorization?: string): Promise<Response> =>
    fetch(`${sandbox.webUrl}${path}`, {
      redirect: 'manual',
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    })
  const privateFile = '/acme/app/raw/main/README.md'

  it('are made by git archive, in every format', async () => {
    await start()
    const names: string[] = []
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-archives-'))
    for (const format of ['zip', 'tar.gz', 'tar.bz2']) {
      const reply = await get(`/acme/app/get/main.${format}`, token(readOnly, email))
      expect(reply.status).toBe(200)
      const file = join(folder, `a.${format}`)
      writeFileSync(file, Buffer.from(await reply.arrayBuffer()))
      const list = format === 'zip' ? ['unzip', '-Z1', file] : ['tar', '-tf', file]
      const [command = '', ...args] = list
      names.push(
        ...execFileSync(command, args, { encoding: 'utf8' })
          .split('\n')
          .filter((name) => name.endsWith('.md')),
      )
    }
    rmSync(folder, { recursive: true })
    expect(names.length).toBe(3)
    expect(names.every((name) => /^acme-app-[0-9a-f]{12}\/README\.md$/.test(name))).toBe(true)
  })

  it('of a public repository need no credential', async () => {
    await start()
    const archive = await get('/acme/site/get/main.tar.gz')
    expect(gunzipSync(Buffer.from(await archive.arrayBuffer())).toString('latin1')).toContain('index.txt')
    expect(await (await get('/acme/site/raw/main/index.txt')).text()).toBe('site\n')
  })

  const oauth = (): string => sandbox.world.addOAuthToken({ actsAs: { user: 'alice' }, scopes: ['repository'] })

  it.each([
    ['without a credential', () => undefined, 302],
    ['with an API token under the e-mail', () => token(readOnly, email), 200],
    ['with an API token as Bearer', () => `Bearer ${sandbox.world.addApiToken('alice', { name: 'b' })}`, 200],
    ['without the scope of reading', () => token(['read:user:bitbucket'], email), 403],
    ["with an API token under git's fixed user", () => token(readOnly), 302],
    ['with an API token under the username', () => token(readOnly, 'alice'), 302],
    ["with an API token under somebody else's e-mail", () => token(readOnly, 'bob@example.com'), 302],
    ['with an invented secret', () => basic(email, 'nonsense'), 302],
    ['with an OAuth token as Bearer', () => `Bearer ${oauth()}`, 200],
    ['with an OAuth token under x-token-auth', () => basic('x-token-auth', oauth()), 302],
  ])('a private file %s', async (_how, authorization, status) => {
    await start()
    expect((await get(privateFile, authorization())).status).toBe(status)
  })

  it('whoever is not signed in is led to the login page, also from a public file with a wrong credential', async () => {
    await start()
    const reply = await get('/acme/site/raw/main/index.txt', token(readOnly))
    const next = encodeURIComponent('/acme/site/raw/main/index.txt')
    expect([reply.status, reply.headers.get('location'), await reply.text()]).toEqual([
      302,
      `${sandbox.webUrl}/account/signin/?next=${next}`,
      '',
    ])
    expect(sandbox.requests.at(-1)?.because).toBe(
      `downloads take API token "web" of alice under the e-mail of its owner, not under ${sentinel}: the login page`,
    )
    expect((await get(`${privateFile}?access_token=${oauth()}`)).status).toBe(403)
  })

  it.each([
    [{ webDownloadsTakeGitNames: true }, 200, 200],
    [{ webDownloadRefusal: '401' }, 401, 401],
  ] as const)("with the switches %j git's names get %i and %i", async (switches, fixed, username) => {
    await start({ switches })
    expect((await get(privateFile, token(readOnly))).status).toBe(fixed)
    expect((await get(privateFile, token(readOnly, 'alice'))).status).toBe(username)
  })

  it('a dead token is named as dead, whatever its name', async () => {
    await start()
    const secret = sandbox.world.addApiToken('alice', { name: 'web' })
    sandbox.world.revokeToken(secret)
    await get(privateFile, basic('alice', secret))
    expect(sandbox.requests.at(-1)?.because).toBe('API token "web" of alice is revoked: the login page')
  })

  it('a missing file is a page of the web site', async () => {
    await start()
    const reply = await get('/acme/app/raw/main/none.txt', token(readOnly, email))
    const text = await reply.text()
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(text.length).toBeGreaterThan(20_000)
  })

  it.each([
    [{}, 200, 403],
    [{ webDownloadsTakeApiTokens: false, webDownloadsTakeAccessTokens: true }, 403, 200],
  ])('with the switches %j an API token gets %i and an access token %i', async (switches, api, access) => {
    await start({ switches })
    const secret = sandbox.world.addAccessToken({ resource: 'acme/app', name: 'web', scopes: ['repository'] })
    expect((await get(privateFile, token(readOnly, email))).status).toBe(api)
    expect((await get(privateFile, basic('x-token-auth', secret))).status).toBe(access)
    expect((await get(privateFile, `Bearer ${secret}`)).status).toBe(access)
  })
})

it('pages of the web site stay loud', async () => {
  await start()
  expect((await fetch(`${sandbox.webUrl}/acme/app/branches/`)).status).toBe(501)
})
