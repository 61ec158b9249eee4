import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProxyAgent, fetch as proxiedFetch } from 'undici'
import { describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from './index.ts'

const withSandbox = async (use: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
  const sandbox = await startSandbox()
  try {
    await use(sandbox)
  } finally {
    await sandbox.stop()
  }
}

const through = async (sandbox: Sandbox, url: string): Promise<number> => {
  const agent = new ProxyAgent({ uri: sandbox.proxyUrl, requestTls: { ca: readFileSync(sandbox.caFile) } })
  try {
    const reply = await proxiedFetch(url, { dispatcher: agent, redirect: 'manual' })
    await reply.text()
    return reply.status
  } finally {
    await agent.close()
  }
}

const connectStatus = (sandbox: Sandbox, authority: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(sandbox.proxyUrl, { method: 'CONNECT', path: authority })
    asked.on('connect', (reply, socket) => {
      socket.destroy()
      resolve(reply.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })

describe('the proxy', () => {
  it.each([
    ['https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack', 401],
    ['https://www.bitbucket.org/acme/app', 301],
    ['https://api.bitbucket.org/2.0/user', 401],
    ['https://id.atlassian.com/login', 200],
    ['https://api.atlassian.com/users/1/manage/api-tokens', 401],
    ['https://acme.atlassian.net/rest/api/3/myself', 401],
    ['https://api.bitbucket.org/_sandbox/requests', 403],
    ['https://bitbucket.org/_sandbox/requests', 501],
  ] as const)('%s: %i', (url, status) =>
    withSandbox(async (sandbox) => {
      expect(await through(sandbox, url)).toBe(status)
    }),
  )

  it.each(['github.com:443', 'bitbucket.org.evil.example:443', 'bitbucket.org:8443', '127.0.0.1:443', 'bitbucket.org'])(
    'refuses %s, and records that it did',
    (authority) =>
      withSandbox(async (sandbox) => {
        expect(await connectStatus(sandbox, authority)).toBe(403)
        expect(sandbox.requests).toMatchObject([{ via: 'proxy', method: 'CONNECT', status: 403 }])
      }),
  )
})

describe('starting and stopping', () => {
  it('keeps the key of the authority to the owner, and its names to the emulated ones', () =>
    withSandbox(async (sandbox) => {
      expect(statSync(join(sandbox.folder, 'ca-key.pem')).mode & 0o777).toBe(0o600)
      const authority = new X509Certificate(readFileSync(sandbox.caFile))
      expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true])
      const bundle = readFileSync(sandbox.bundleFile, 'utf8')
      expect(bundle.endsWith(readFileSync(sandbox.caFile, 'utf8'))).toBe(true)
      expect(bundle.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(10)
    }))

  it('removes its own folder and frees its ports', async () => {
    const sandbox = await startSandbox()
    await sandbox.stop()
    expect(existsSync(sandbox.folder)).toBe(false)
    const again = await startSandbox({ ports: { web: Number(new URL(sandbox.webUrl).port) } })
    expect(again.webUrl).toBe(sandbox.webUrl)
    await again.stop()
  })

  it.each(['web', 'proxy'])('a used %s port is an error with its code, and leaves nothing behind', async (door) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    await expect(startSandbox({ ports: { [door]: port } })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await new Promise((resolve) => taken.close(resolve))
  })

  it('does not take a folder that holds something else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'not-a-sandbox-'))
    const file = join(folder, 'mine.txt')
    writeFileSync(file, 'mine')
    await expect(startSandbox({ folder })).rejects.toThrow('neither empty nor a folder of the sandbox')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    await rm(folder, { recursive: true })
  })

  it('keeps a given folder, and starts in it again', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'kept-sandbox-')), 'inner')
    for (const _start of [1, 2]) {
      const sandbox = await startSandbox({ folder })
      sandbox.world.addWorkspace('acme')
      await sandbox.world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
      await sandbox.stop()
      expect(existsSync(join(folder, 'repositories', 'acme', 'app.git', 'HEAD'))).toBe(true)
    }
    await rm(join(folder, '..'), { recursive: true })
  })

  it('the same seed gives the same secrets and commits, in whatever order owners come', async () => {
    const made = async (seed: string, owners: readonly string[]): Promise<readonly string[]> => {
      const sandbox = await startSandbox({ seed })
      const { world } = sandbox
      world.addWorkspace('acme')
      await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: false, files: { 'a/b.txt': 'ü\n' } })
      for (const owner of owners) world.addUser({ username: owner, email: `${owner}@example.com` })
      const secrets = owners.flatMap((owner) => [
        world.addAppPassword(owner),
        world.addAppPassword(owner),
        world.addApiToken(owner, { name: 'ci' }),
      ])
      const head = readFileSync(
        join(sandbox.folder, 'repositories', 'acme', 'app.git', 'refs', 'heads', 'main'),
        'utf8',
      )
      await sandbox.stop()
      return [head, ...secrets.sort()]
    }
    const first = await made('one', ['alice', 'bob'])
    expect(new Set(first).size).toBe(7)
    expect(await made('one', ['bob', 'alice'])).toEqual(first)
    expect(await made('two', ['alice', 'bob'])).not.toEqual(first)
  })
})

describe('the record', () => {
  it('names secrets and never prints them, wherever the client put them', () =>
    withSandbox(async (sandbox) => {
      sandbox.world.addUser({ username: 'alice', email: 'alice@example.com' })
      const secret = sandbox.world.addApiToken('alice', { name: 'ci' })
      const odd = Buffer.from(`${secret}:${secret}`).toString('base64')
      await fetch(`${sandbox.webUrl}/2.0/user?access_token=${encodeURIComponent(secret)}`, {
        headers: { authorization: `Basic ${odd}` },
      })
      await fetch(`${sandbox.webUrl}/acme/${secret}/info/refs?service=git-upload-pack`)
      expect(sandbox.requests.map(({ path, authorization }) => [path, authorization])).toEqual([
        ['/2.0/user?access_token=***', { scheme: 'basic', username: '***', secret: 'API token "ci" of alice' }],
        ['/acme/***/info/refs?service=git-upload-pack', { scheme: 'none' }],
      ])
      expect(JSON.stringify(sandbox.requests)).not.toContain(secret.slice(12, 60))
    }))
})
