import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountDesk } from '../atlassian/account-desk.ts'
import type { Incoming, Reply, Stage } from '../reply.ts'
import { defaultSwitches } from '../switches.ts'
import { SandboxWorld } from '../world.ts'
import { behaviours } from './behaviours/perform.ts'
import { findOperation, type Operation, operations } from './operation-index.ts'
import { scopeRows } from './operation-scopes.ts'
import { answerRest } from './rest.ts'

/** Scopes, the paths published with them, and the operations on those paths, in the OpenAPI document of 2026-08-22. */
const counts: readonly (readonly [string, number, number])[] = [
  ['', 14, 25],
  ['admin:pipeline', 13, 18],
  ['admin:project', 6, 9],
  ['admin:project + delete:permission', 2, 2],
  ['admin:project + delete:ssh-key', 1, 1],
  ['admin:project + write:permission', 2, 2],
  ['admin:project + write:ssh-key', 1, 1],
  ['admin:repository', 9, 17],
  ['admin:repository + delete:permission', 2, 2],
  ['admin:repository + delete:ssh-key', 1, 1],
  ['admin:repository + write:permission', 2, 2],
  ['admin:repository + write:ssh-key', 2, 2],
  ['admin:workspace', 5, 5],
  ['delete:gpg-key', 1, 1],
  ['delete:repository', 1, 1],
  ['delete:snippet', 1, 1],
  ['delete:ssh-key', 1, 1],
  ['delete:webhook', 2, 2],
  ['read:gpg-key', 2, 2],
  ['read:gpg-key + write:gpg-key', 1, 1],
  ['read:pipeline', 26, 26],
  ['read:pipeline + write:pipeline', 3, 3],
  ['read:project', 6, 6],
  ['read:pullrequest', 23, 30],
  ['read:pullrequest + write:pullrequest', 6, 6],
  ['read:repository', 45, 56],
  ['read:repository + write:repository', 4, 4],
  ['read:runner', 4, 4],
  ['read:runner + write:runner', 4, 4],
  ['read:snippet', 13, 13],
  ['read:snippet + write:snippet', 6, 6],
  ['read:ssh-key', 2, 2],
  ['read:ssh-key + write:ssh-key', 2, 2],
  ['read:user', 4, 4],
  ['read:user + read:workspace', 2, 2],
  ['read:webhook', 4, 4],
  ['read:webhook + write:webhook', 4, 4],
  ['read:workspace', 7, 7],
  ['write:pipeline', 4, 4],
  ['write:pullrequest', 2, 2],
  ['write:repository', 6, 6],
  ['write:runner', 2, 2],
  ['write:snippet', 3, 4],
]

describe('the table', () => {
  it('holds every row of the published document, with its paths and operations', () => {
    const rows = scopeRows.map(({ scopes, operations: entries }) => [
      scopes.join(' + '),
      entries.length,
      entries.reduce((sum, entry) => sum + (entry.split(' ')[0] ?? '').split('/').length, 0),
    ])
    expect(rows).toEqual(counts)
  })

  it('names no operation twice', () => {
    const ids = operations.map(({ id }) => id)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
    expect(ids.length).toBe(297)
  })

  it('has an operation for every behaviour', () => {
    const ids = new Set(operations.map(({ id }) => id))
    const played = Object.values(behaviours).flatMap((group) => Object.keys(group))
    expect(played.filter((id) => !ids.has(id))).toEqual([])
  })

  it('gives every operation of API tokens a scope of the older vocabulary, except for application properties', () => {
    const without = operations.filter(({ scopes, legacyScopes }) => scopes.length > 0 && legacyScopes.length === 0)
    expect([...new Set(without.flatMap(({ scopes }) => scopes))]).toEqual(['admin:workspace:bitbucket'])
  })
})

const sample: Readonly<Record<string, string>> = {
  workspace: 'acme',
  repo_slug: 'app',
  path: 'README.md',
  name: 'main',
}
const pathOf = ({ template }: Operation): string =>
  template.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => sample[name] ?? 'x')

describe('finding an operation', () => {
  it.each(operations)('$id is found by its path', (operation) => {
    const found = findOperation(operation.method, pathOf(operation))
    expect(found.kind === 'found' && found.operation.id).toBe(operation.id)
  })

  it.each([
    [
      'GET',
      '/repositories/acme/app/refs/branches/feature/one',
      { workspace: 'acme', repo_slug: 'app', name: 'feature/one' },
    ],
    [
      'GET',
      '/repositories/acme/app/refs/branches/feature%2Fone',
      { workspace: 'acme', repo_slug: 'app', name: 'feature/one' },
    ],
    ['GET', '/repositories/acme/app/src/main/', { workspace: 'acme', repo_slug: 'app', commit: 'main', path: '' }],
    [
      'GET',
      '/repositories/acme/app/src/main/a/b.txt',
      { workspace: 'acme', repo_slug: 'app', commit: 'main', path: 'a/b.txt' },
    ],
    ['HEAD', '/repositories/acme/app/hooks/%7B1%7D', { workspace: 'acme', repo_slug: 'app', uid: '{1}' }],
  ])('%s %s names %o', (method, path, names) => {
    expect(findOperation(method, path)).toMatchObject({ kind: 'found', names })
  })

  it.each([
    ['GET', '/nothing', 'unknown path'],
    ['GET', '/repositories/acme/app/hooks/1/2', 'unknown path'],
    ['GET', '/', 'unknown path'],
    ['PATCH', '/repositories/acme/app', 'other method'],
  ])('%s %s is an %s', (method, path, kind) => {
    expect(findOperation(method, path)).toEqual({ kind })
  })
})

describe('every operation asks for all its scopes', () => {
  let folder: string
  let stage: Stage
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-scopes-'))
    const world = new SandboxWorld({ folder, seed: 'scopes', now: '2026-11-23T09:00:00Z' })
    world.addUser({ username: 'alice', email: 'alice@example.com' })
    world.addWorkspace('acme')
    await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
    world.grant('alice', 'acme/app', 'admin')
    const switches = { ...defaultSwitches, unconfirmedRemovals: 'none' } as const
    stage = { world, switches, desk: new AccountDesk('scopes') }
  })
  afterAll(() => rm(folder, { recursive: true }))

  const status = '{"key":"ci","state":"SUCCESSFUL","url":"https://ci.example.com/1"}'

  const ask = async (operation: Operation, secret: string): Promise<Reply> => {
    const request: Incoming = {
      method: operation.method,
      host: 'api.bitbucket.org',
      path: `/2.0${pathOf(operation)}`,
      query: new URLSearchParams(),
      headers: {},
      presented: { scheme: 'bearer', secret },
      origin: 'https://api.bitbucket.org',
      body: async () => (operation.id.endsWith('/statuses/build') ? status : '{}'),
    }
    const reply = await answerRest(stage, request)
    if ('backend' in reply) return { status: 200, headers: {}, body: '', because: reply.because }
    return reply
  }

  const apiToken = (scopes: readonly string[]): string => stage.world.addApiToken('alice', { name: 'one', scopes })
  const refusal = (required: readonly string[], granted: readonly string[]) => ({
    type: 'error',
    error: { message: 'Your credentials lack one or more required privilege scopes.', detail: { required, granted } },
  })

  const gone = new Set(['GET /repositories', 'GET /workspaces', 'GET /user/permissions/repositories'])
  const alive = operations.filter(({ id }) => !gone.has(id))

  it.each(alive.filter(({ scopes }) => scopes.length > 0))('$id with $scopes', async (operation) => {
    for (const missing of operation.scopes) {
      const granted = ['read:account', ...operation.scopes.filter((scope) => scope !== missing)]
      const reply = await ask(operation, apiToken(granted))
      expect([reply.status, JSON.parse(String(reply.body))]).toEqual([403, refusal(operation.scopes, granted)])
      expect(reply.headers).toMatchObject({
        'x-oauth-scopes': granted.join(', '),
        'x-accepted-oauth-scopes': operation.legacyScopes.join(', '),
        'x-credential-type': 'api_token',
      })
    }
    expect((await ask(operation, apiToken(operation.scopes))).status).not.toBe(403)
  })

  const forResources = alive.filter(
    ({ template, legacyScopes }) => legacyScopes.length > 0 && !template.startsWith('/user/'),
  )

  it.each(forResources.filter(({ template }) => template !== '/user'))(
    '$id with the older $legacyScopes',
    async (operation) => {
      const token = (scopes: readonly string[]): string =>
        stage.world.addAccessToken({ resource: 'acme', name: 'one', scopes })
      const reply = await ask(operation, token(['issue']))
      expect([reply.status, JSON.parse(String(reply.body))]).toEqual([403, refusal(operation.legacyScopes, ['issue'])])
      expect((await ask(operation, token(operation.legacyScopes))).status).not.toBe(403)
    },
  )

  it.each(operations.filter(({ id }) => gone.has(id)))('$id is gone, whatever the scopes', async (operation) => {
    expect((await ask(operation, apiToken(operation.scopes))).status).toBe(410)
  })

  it('what is not played says so, and reading shows an empty world', async () => {
    const answers = new Map<string, number>()
    for (const operation of alive) {
      const { status: code } = await ask(operation, apiToken(operation.scopes))
      answers.set(operation.id, code)
    }
    const codes = (method: string): readonly number[] =>
      [...new Set([...answers].filter(([id]) => id.startsWith(`${method} `)).map(([, code]) => code))].sort()
    expect(codes('GET')).toEqual([200, 404])
    expect(codes('DELETE')).toEqual([404, 501])
    expect(answers.get('POST ~R/pipelines')).toBe(501)
    expect(answers.get('GET ~R/pipelines')).toBe(200)
    expect(answers.get('GET ~R/pipelines_config')).toBe(404)
  })
})
