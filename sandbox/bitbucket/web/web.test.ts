import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
const token = (scopes: readonly string[]): string =>
  basic(sentinel, sandbox.world.addApiToken('alice', { name: 'web', scopes }))

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
  const get = (path: string, authorization?: string): Promise<Response> =>
    fetch(`${sandbox.webUrl}${path}`, authorization === undefined ? {} : { headers: { authorization } })

  it('are made by git archive, in every format', async () => {
    await start()
    const names: string[] = []
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-archives-'))
    for (const format of ['zip', 'tar.gz', 'tar.bz2']) {
      const reply = await get(`/acme/app/get/main.${format}`, token(readOnly))
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

  it.each([
    ['without a credential', () => undefined, 401],
    ['with the scope of reading', () => token(readOnly), 200],
    ['without the scope of reading', () => token(['read:user:bitbucket']), 403],
    ['under the e-mail', () => basic('alice@example.com', token(readOnly)), 401],
  ])('a private file %s', async (_how, authorization, status) => {
    await start()
    expect((await get('/acme/app/raw/main/README.md', authorization())).status).toBe(status)
  })

  it('a missing file is a page of the web site', async () => {
    await start()
    const reply = await get('/acme/app/raw/main/none.txt', token(readOnly))
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
    expect((await get('/acme/app/raw/main/README.md', token(readOnly))).status).toBe(api)
    expect((await get('/acme/app/raw/main/README.md', basic('x-token-auth', secret))).status).toBe(access)
  })
})

it('pages of the web site stay loud', async () => {
  await start()
  expect((await fetch(`${sandbox.webUrl}/acme/app/branches/`)).status).toBe(501)
})
