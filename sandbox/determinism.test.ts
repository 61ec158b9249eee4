import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from './index.ts'

const basic = (username: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
})

/** Everything a client can see, with the port taken out, which the machine chose. */
const visit = async (sandbox: Sandbox, path: string, init: RequestInit = {}): Promise<readonly unknown[]> => {
  const reply = await fetch(sandbox.webUrl + path, { redirect: 'manual', ...init })
  const headers = [...reply.headers].filter(([name]) => name !== 'date')
  const seen = [reply.status, headers, await reply.text()]
  return JSON.parse(JSON.stringify(seen).replaceAll(sandbox.webUrl, 'http://sandbox'))
}

const people = async ({ world }: Sandbox): Promise<{ appPassword: string; token: string }> => {
  world.addUser({ username: 'alice', email: 'alice@acme.example' })
  world.addWorkspace('acme')
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
  world.grant('alice', 'acme/app', 'write')
  const scopes = ['read:user:bitbucket', 'read:repository:bitbucket']
  return { appPassword: world.addAppPassword('alice'), token: world.addApiToken('alice', { name: 'ci', scopes }) }
}

const formOf = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) })

/** Git, REST, the account pages, random faults and the clock, one after the other. */
const walk = async (seed: string): Promise<{ readonly seen: string; readonly recorded: string }> => {
  const sandbox = await startSandbox({ seed, now: '2026-07-27T23:00:00Z' })
  const { appPassword, token } = await people(sandbox)
  const refs = '/acme/app.git/info/refs?service=git-upload-pack'
  const tokens = '/manage-profile/security/api-tokens'
  const seen: unknown[] = [appPassword, token, sandbox.world.addOAuthConsumer('ci')]
  const ask = async (path: string, init?: RequestInit): Promise<void> => {
    seen.push(await visit(sandbox, path, init))
  }
  await ask(refs)
  await ask(refs, { headers: basic('alice', appPassword) })
  sandbox.world.injectFault({ kind: 'random-unauthorized', match: '/2.0/user', rate: 0.5, times: 20 })
  for (let asked = 0; asked < 20; asked++) await ask('/2.0/user', { headers: basic('alice@acme.example', token) })
  sandbox.world.setClock('2026-07-28')
  await ask(refs, { headers: basic('alice', appPassword) })
  await ask('/login', formOf({ email: 'alice@acme.example', password: 'sandbox', continue: tokens }))
  const cookie = /sandbox\.account\.session=[^;"]+/.exec(JSON.stringify(seen.at(-1)))?.[0] ?? ''
  await ask(`${tokens}/create`, { ...formOf({ name: 'made', expires: '2026-12-01' }), headers: { cookie } })
  await ask(tokens, { headers: { cookie } })
  await ask('/_sandbox/')
  seen.push(readFileSync(join(sandbox.folder, 'repositories', 'acme', 'app.git', 'refs', 'heads', 'main'), 'utf8'))
  const recorded = JSON.stringify(sandbox.requests, undefined, 1)
  await sandbox.stop()
  return { seen: JSON.stringify(seen, undefined, 1), recorded }
}

describe('one seed', () => {
  it('gives the same answers and the same recording, byte for byte, and another seed others', async () => {
    const first = await walk('one')
    expect(await walk('one')).toEqual(first)
    const other = await walk('two')
    expect(other.seen).not.toBe(first.seen)
    expect(other.recorded).not.toBe(first.recorded)
    const statuses: readonly number[] = JSON.parse(first.recorded).map(({ status }: { status: number }) => status)
    expect([...new Set(statuses)].sort()).toEqual([200, 303, 401, 410])
  })
})
