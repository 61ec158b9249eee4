import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ProxyAgent, fetch as proxiedFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../index.ts'
import { type Answer, type Ask, askAs, askWith, startTown } from '../town-for-tests.ts'

let sandbox: Sandbox
let alice: Ask
beforeEach(async () => {
  sandbox = await startTown()
  alice = askAs(sandbox, 'alice')
})
afterEach(() => sandbox.stop())

const app = '/repositories/acme/app'

const values = ({ body }: Answer): readonly Record<string, unknown>[] =>
  (body as { values: Record<string, unknown>[] }).values
const field = ({ body }: Answer, name: string): unknown => (body as Record<string, unknown>)[name]
const message = ({ body }: Answer): unknown => (body as { error: { message: unknown } }).error.message

const headOf = async (branch = 'main'): Promise<string> => {
  const { target } = (await alice('GET', `${app}/refs/branches/${branch}`)).body as { target: { hash: string } }
  return target.hash
}

describe('refs, commits and files', () => {
  it('are read from the repository by git', async () => {
    const head = await headOf()
    expect(values(await alice('GET', `${app}/refs`))).toMatchObject([{ type: 'branch', name: 'main' }])
    expect(values(await alice('GET', `${app}/commits/main`))).toMatchObject([
      { hash: head, message: 'First commit', parents: [] },
    ])
    expect((await alice('GET', `${app}/commit/${head.slice(0, 8)}`)).body).toMatchObject({ hash: head })
    expect(values(await alice('GET', `${app}/src/main/`)).map(({ type, path, size }) => [type, path, size])).toEqual([
      ['commit_file', 'README.md', 6],
      ['commit_directory', 'src', undefined],
    ])
    expect(await alice('GET', `${app}/src/${head}/src/main.txt`)).toEqual({ status: 200, body: 'one\n' })
    expect((await alice('GET', `${app}/src/main/src/main.txt?format=meta`)).body).toMatchObject({
      path: 'src/main.txt',
      size: 4,
    })
    expect((await alice('GET', `${app}/diff/${head}`)).body).toContain('+# app')
  })

  it.each([
    ['a missing file', '/src/main/none.txt', 'No such file or directory: none.txt'],
    ['a missing commit', '/commit/deadbeef', 'Commit not found'],
    ['a missing branch', '/refs/branches/none', 'Branch not found'],
    ['an option in place of a revision', '/commits/--output=x', 'Commit not found'],
    ['a range in place of a revision', '/src/main..main/README.md', 'Commit not found'],
  ])('%s is a 404', async (_what, path, text) => {
    const reply = await alice('GET', app + path)
    expect([reply.status, message(reply)]).toEqual([404, text])
  })

  it('branches with slashes and tags are made, filtered and removed', async () => {
    const target = { hash: 'main' }
    const branch = { name: 'feature/one', target }
    expect((await alice('POST', `${app}/refs/branches`, branch)).status).toBe(201)
    expect((await alice('POST', `${app}/refs/branches`, branch)).status).toBe(400)
    expect((await alice('POST', `${app}/refs/tags`, { name: 'v1', target })).status).toBe(201)
    expect(values(await alice('GET', `${app}/refs/branches?q=name="feature/one"`)).map(({ name }) => name)).toEqual([
      'feature/one',
    ])
    expect(values(await alice('GET', `${app}/refs/tags`)).map(({ name }) => name)).toEqual(['v1'])
    expect((await alice('DELETE', `${app}/refs/branches/feature/one`)).status).toBe(204)
    expect((await alice('GET', `${app}/refs/branches/feature/one`)).status).toBe(404)
    expect(message(await alice('GET', `${app}/refs/branches?q=name IN ("a")`))).toBe('Invalid query')
  })
})

it.each([
  ['POST', '/refs/branches', { name: 'x', target: { hash: 'main' } }],
  ['DELETE', '/refs/branches/main', undefined],
  ['POST', '/pipelines_config/variables', { key: 'K', value: 'v' }],
  ['GET', '/deploy-keys', undefined],
])('a reader with every scope may not %s %s', async (method, path, body) => {
  const reply = await askAs(sandbox, 'bob')(method, app + path, body)
  expect([reply.status, message(reply)]).toEqual([403, 'Access denied. You must have write or admin access.'])
})

/** One more commit on a branch, written into the bare repository: no client of git is needed. */
const branchWithCommit = (name: string): void => {
  const folder = `${sandbox.folder}/repositories/acme/app.git`
  const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' }
  const identity = 'Sandbox <sandbox@example.com> 1767603700 +0000'
  const input = `commit refs/heads/${name}\ncommitter ${identity}\ndata 6\nSecond\nfrom refs/heads/main\nM 100644 inline new.txt\ndata 4\nnew\ndone\n`
  execFileSync('git', ['-c', 'safe.directory=*', 'fast-import', '--quiet', '--done'], { cwd: folder, env, input })
}

describe('pull requests', () => {
  const request = { title: 'A change', source: { branch: { name: 'work' } }, destination: { branch: { name: 'main' } } }

  it('are opened, approved, merged by git, and closed for everything else', async () => {
    branchWithCommit('work')
    const opened = await alice('POST', `${app}/pullrequests`, { ...request, close_source_branch: true })
    expect([opened.status, field(opened, 'id'), field(opened, 'state')]).toEqual([201, 1, 'OPEN'])
    expect(values(await alice('GET', `${app}/pullrequests/1/commits`)).map(({ message: text }) => text)).toEqual([
      'Second',
    ])
    expect((await alice('GET', `${app}/pullrequests/1/diff`)).body).toContain('+new')
    const bob = askAs(sandbox, 'bob')
    expect((await bob('POST', `${app}/pullrequests/1/approve`)).body).toMatchObject({
      approved: true,
      state: 'approved',
    })
    expect(field(await alice('GET', `${app}/pullrequests/1`), 'participants')).toMatchObject([
      { user: { username: 'bob' }, approved: true },
    ])
    expect((await bob('DELETE', `${app}/pullrequests/1/approve`)).status).toBe(204)
    const before = await headOf()
    const merged = await alice('POST', `${app}/pullrequests/1/merge`)
    expect([merged.status, field(merged, 'state')]).toEqual([200, 'MERGED'])
    const after = (await alice('GET', `${app}/commit/main`)).body as { hash: string; parents: { hash: string }[] }
    expect(field(merged, 'merge_commit')).toEqual({ type: 'commit', hash: after.hash.slice(0, 12) })
    expect([after.parents.length, after.parents[0]?.hash]).toEqual([2, before])
    expect((await alice('GET', `${app}/refs/branches/work`)).status).toBe(404)
    expect((await alice('POST', `${app}/pullrequests/1/decline`)).status).toBe(400)
  })

  it('are listed by state and by filter, open ones unless told', async () => {
    branchWithCommit('work')
    await alice('POST', `${app}/pullrequests`, request)
    await alice('POST', `${app}/pullrequests`, { ...request, title: 'Another' })
    await alice('POST', `${app}/pullrequests/1/decline`)
    const ids = async (query: string) => values(await alice('GET', `${app}/pullrequests${query}`)).map(({ id }) => id)
    expect(await ids('')).toEqual([2])
    expect(await ids('?state=DECLINED')).toEqual([1])
    expect(await ids('?state=OPEN&state=DECLINED')).toEqual([2, 1])
    expect(await ids('?q=state="DECLINED" AND source.branch.name="work"')).toEqual([1])
    expect(await ids('?q=title~"ANOTH"')).toEqual([2])
  })

  it('take comments and changes, and wrong branches are told by field', async () => {
    branchWithCommit('work')
    const wrong = await alice('POST', `${app}/pullrequests`, { ...request, source: { branch: { name: 'none' } } })
    expect(wrong).toEqual({
      status: 400,
      body: { type: 'error', error: { message: 'Bad request', fields: { source: ['branch not found: none'] } } },
    })
    const untitled = await alice('POST', `${app}/pullrequests`, { source: request.source })
    expect(untitled.body).toMatchObject({ error: { fields: { title: ['This field is required.'] } } })
    await alice('POST', `${app}/pullrequests`, request)
    expect(field(await alice('PUT', `${app}/pullrequests/1`, { title: 'Better' }), 'title')).toBe('Better')
    expect((await alice('POST', `${app}/pullrequests/1/comments`, { content: { raw: 'Fine' } })).status).toBe(201)
    expect(values(await alice('GET', `${app}/pullrequests/1/comments`))).toMatchObject([
      { id: 1, content: { raw: 'Fine' } },
    ])
  })

  it('a reader may open one and may not merge it', async () => {
    branchWithCommit('work')
    const bob = askAs(sandbox, 'bob')
    expect((await bob('POST', `${app}/pullrequests`, request)).status).toBe(201)
    const merge = await bob('POST', `${app}/pullrequests/1/merge`)
    expect([merge.status, message(merge)]).toEqual([403, 'Access denied. You must have write or admin access.'])
  })
})

describe('build statuses', () => {
  const status = { key: 'ci', state: 'INPROGRESS', url: 'https://ci.example.com/1' }

  it('are reported, told and changed, with the scope of reading', async () => {
    const place = `${app}/commit/${await headOf()}/statuses`
    const ci = askAs(sandbox, 'bob', ['read:repository:bitbucket'])
    expect(await ci('POST', `${place}/build`, status)).toMatchObject({ status: 201, body: { ...status, name: 'ci' } })
    expect((await ci('PUT', `${place}/build/ci`, { state: 'SUCCESSFUL' })).body).toMatchObject({
      ...status,
      state: 'SUCCESSFUL',
    })
    expect(values(await ci('GET', place)).map(({ key, state }) => [key, state])).toEqual([['ci', 'SUCCESSFUL']])
    expect((await ci('GET', `${place}/build/other`)).status).toBe(404)
  })

  it('without their fields are a 400 even where the scope is missing, and a pull request is a 403', async () => {
    const poor = askAs(sandbox, 'alice', ['read:user:bitbucket'])
    const place = `${app}/commit/${await headOf()}/statuses/build`
    expect((await poor('POST', place, { key: 'ci' })).status).toBe(400)
    expect((await poor('POST', place, status)).status).toBe(403)
    expect((await poor('POST', `${app}/pullrequests`, {})).status).toBe(403)
  })

  it('of an unknown commit are a 404', async () => {
    expect((await alice('POST', `${app}/commit/deadbeef/statuses/build`, status)).status).toBe(404)
  })
})

describe.each([
  ['a repository', app, 'repository'],
  ['a workspace', '/workspaces/acme', 'workspace'],
])('the webhooks of %s', (_what, place, subject) => {
  it('are made, told, changed and removed, and never tell their secret', async () => {
    const hook = { url: 'https://ci.example.com/hook', description: 'ci', active: true, events: ['repo:push'] }
    const made = await alice('POST', `${place}/hooks`, { ...hook, secret: 'whatever' })
    expect(made).toMatchObject({ status: 201, body: { ...hook, subject_type: subject, secret_set: true } })
    expect(JSON.stringify(made.body)).not.toContain('whatever')
    const uid = encodeURIComponent(String(field(made, 'uuid')))
    expect(values(await alice('GET', `${place}/hooks`)).length).toBe(1)
    const changed = await alice('PUT', `${place}/hooks/${uid}`, { ...hook, active: false })
    expect(changed.body).toMatchObject({ uuid: field(made, 'uuid'), active: false, secret_set: false })
    expect((await alice('DELETE', `${place}/hooks/${uid}`)).status).toBe(204)
    expect((await alice('GET', `${place}/hooks/${uid}`)).status).toBe(404)
  })

  it('need the rights of an administrator', async () => {
    const reply = await askAs(sandbox, 'bob')('GET', `${place}/hooks`)
    expect([reply.status, message(reply)]).toEqual([403, 'Access denied. You must have write or admin access.'])
  })
})

describe('pipelines variables', () => {
  const environment = async (): Promise<string> => {
    const [first] = values(await alice('GET', `${app}/environments`))
    return encodeURIComponent(String(first?.['uuid']))
  }

  it.each([
    ['repository', async () => `${app}/pipelines_config/variables`],
    ['deployment environment', async () => `${app}/deployments_config/environments/${await environment()}/variables`],
    ['workspace', async () => '/workspaces/acme/pipelines-config/variables'],
  ])('of a %s: a secured value is never told again', async (_what, placeOf) => {
    const place = await placeOf()
    const open = await alice('POST', place, { key: 'URL', value: 'plain', secured: false })
    const secured = await alice('POST', place, { key: 'KEY', value: 'hidden', secured: true })
    expect([open.status, field(open, 'value'), secured.status, field(secured, 'value')]).toEqual([
      201,
      'plain',
      201,
      undefined,
    ])
    expect((await alice('POST', place, { key: 'KEY', value: 'again' })).status).toBe(409)
    const uuid = encodeURIComponent(String(field(secured, 'uuid')))
    await alice('PUT', `${place}/${uuid}`, { key: 'KEY', value: 'changed', secured: true })
    const listed = values(await alice('GET', place))
    expect(listed.map(({ key, value, secured: hidden }) => [key, value, hidden])).toEqual([
      ['URL', 'plain', false],
      ['KEY', undefined, true],
    ])
    expect((await alice('DELETE', `${place}/${uuid}`)).status).toBe(204)
    expect(values(await alice('GET', place)).length).toBe(1)
  })

  it('every repository starts with three environments', async () => {
    expect(values(await alice('GET', `${app}/environments`)).map(({ name }) => name)).toEqual([
      'Test',
      'Staging',
      'Production',
    ])
  })
})

describe('downloads', () => {
  const token = (): string =>
    sandbox.world.addApiToken('alice', {
      name: 'd',
      scopes: ['read:repository:bitbucket', 'write:repository:bitbucket'],
    })
  const bytes = new Uint8Array([0, 255, 13, 10, 13, 10, 45, 45, 128])

  it('keep their bytes, and are fetched from a host that refuses the credential', async () => {
    const form = new FormData()
    form.append('files', new Blob([bytes]), 'build.bin')
    const headers = { authorization: `Bearer ${token()}` }
    const place = `${sandbox.webUrl}/2.0${app}/downloads`
    expect((await fetch(place, { method: 'POST', headers, body: form })).status).toBe(201)
    expect(values(await alice('GET', `${app}/downloads`))).toMatchObject([{ name: 'build.bin', size: bytes.length }])
    const redirect = await fetch(`${place}/build.bin`, { headers, redirect: 'manual' })
    const location = redirect.headers.get('location') ?? ''
    expect([redirect.status, location.startsWith(`${sandbox.webUrl}/_uploads/`)]).toEqual([302, true])
    expect(new Uint8Array(await (await fetch(location)).arrayBuffer())).toEqual(bytes)
    const leaked = await fetch(location, { headers })
    expect([leaked.status, await leaked.text()]).toEqual([
      400,
      expect.stringContaining('Only one auth mechanism allowed'),
    ])
    expect((await alice('DELETE', `${app}/downloads/build.bin`)).status).toBe(204)
    expect((await alice('GET', `${app}/downloads/build.bin`)).status).toBe(404)
  })
})

it('a download leads to another host, which is reached through the proxy as well', async () => {
  const form = new FormData()
  form.append('files', new Blob(['text']), 'a file.txt')
  const secret = sandbox.world.addApiToken('alice', { name: 'd' })
  const headers = { authorization: `Bearer ${secret}` }
  await fetch(`${sandbox.webUrl}/2.0${app}/downloads`, { method: 'POST', headers, body: form })
  const dispatcher = new ProxyAgent({ uri: sandbox.proxyUrl, requestTls: { ca: readFileSync(sandbox.caFile) } })
  try {
    const url = `https://api.bitbucket.org/2.0${app}/downloads/a%20file.txt`
    const redirect = await proxiedFetch(url, { dispatcher, headers, redirect: 'manual' })
    const location = redirect.headers.get('location') ?? ''
    expect(new URL(location).host).toBe('bbuseruploads.s3.amazonaws.com')
    expect(await (await proxiedFetch(location, { dispatcher })).text()).toBe('text')
  } finally {
    await dispatcher.close()
  }
})

describe('people, projects and keys', () => {
  it('members and their permissions are told', async () => {
    const names = (answer: Answer) =>
      values(answer).map(({ user, permission }) => [(user as { username: string }).username, permission])
    expect(names(await alice('GET', '/workspaces/acme/members'))).toEqual([
      ['alice', undefined],
      ['bob', undefined],
    ])
    expect(names(await alice('GET', '/workspaces/acme/members?q=user.nickname="bob"'))).toEqual([['bob', undefined]])
    expect(names(await alice('GET', '/workspaces/acme/permissions'))).toEqual([
      ['alice', 'owner'],
      ['bob', 'member'],
    ])
    const admins = [
      ['alice', 'admin'],
      ['bob', 'read'],
    ]
    expect(names(await alice('GET', '/workspaces/acme/permissions/repositories/app'))).toEqual(admins)
    expect(names(await alice('GET', `${app}/permissions-config/users`))).toEqual(admins)
    const [member] = values(await alice('GET', '/workspaces/acme/members'))
    const uuid = (member?.['user'] as { uuid: string } | undefined)?.uuid ?? ''
    expect((await alice('GET', `/users/${encodeURIComponent(uuid)}`)).body).toMatchObject({ username: 'alice' })
    expect((await alice('GET', '/users/alice')).status).toBe(404)
  })

  it('repositories are listed by role', async () => {
    const names = async (role: string) =>
      values(await alice('GET', `/repositories/acme${role}`)).map(({ slug }) => slug)
    expect(await names('')).toEqual(['app', 'site'])
    expect(await names('?role=member')).toEqual(['app'])
    sandbox.world.grant('alice', 'acme/app', 'read')
    expect(await names('?role=contributor')).toEqual([])
  })

  it('a workspace and a repository are found by their UUIDs as well', async () => {
    const uuidOf = (answer: Answer): string => encodeURIComponent(String(field(answer, 'uuid')))
    const workspace = uuidOf(await alice('GET', '/workspaces/acme'))
    const repository = uuidOf(await alice('GET', app))
    for (const path of [`acme/${repository}`, `${workspace}/app`, `${workspace}/${repository}`]) {
      expect(field(await alice('GET', `/repositories/${path}`), 'full_name')).toBe('acme/app')
    }
    expect(values(await alice('GET', `/repositories/${workspace}`)).length).toBe(2)
    expect((await alice('GET', `/repositories/other/${repository}`)).status).toBe(404)
  })

  it('projects are made, told, renamed and removed', async () => {
    expect((await alice('POST', '/workspaces/acme/projects', { key: 'OPS', name: 'Ops' })).status).toBe(201)
    expect((await alice('POST', '/workspaces/acme/projects', { key: 'OPS', name: 'Ops' })).status).toBe(400)
    expect(values(await alice('GET', '/workspaces/acme/projects')).map(({ key }) => key)).toEqual(['MAIN', 'OPS'])
    expect(field(await alice('PUT', '/workspaces/acme/projects/OPS', { name: 'Operations' }), 'name')).toBe(
      'Operations',
    )
    expect((await alice('DELETE', '/workspaces/acme/projects/OPS')).status).toBe(204)
    expect((await alice('DELETE', '/workspaces/acme/projects/MAIN')).status).toBe(400)
  })

  it('deploy keys need the scope and the rights of an administrator to be read', async () => {
    sandbox.world.addDeployKey('acme/app', 'ci', 'ssh-ed25519 AAAA ci@example.com')
    expect(values(await alice('GET', `${app}/deploy-keys`))).toMatchObject([
      { id: 1, label: 'ci', comment: 'ci@example.com' },
    ])
    expect((await alice('POST', `${app}/deploy-keys`, { key: 'ssh-ed25519 BBBB', label: 'two' })).status).toBe(200)
    expect((await alice('DELETE', `${app}/deploy-keys/2`)).status).toBe(204)
    expect((await askAs(sandbox, 'bob')('GET', `${app}/deploy-keys`)).status).toBe(403)
  })
})

describe('pages', () => {
  it('are followed through next, on the address the client used', async () => {
    for (let i = 0; i < 5; i++) sandbox.world.addDeployKey('acme/app', `key ${i}`, 'ssh-ed25519 AAAA')
    const seen: unknown[] = []
    let next: string | undefined = `${sandbox.webUrl}/2.0${app}/deploy-keys?pagelen=2`
    const sizes: unknown[] = []
    while (next !== undefined) {
      const answer: Answer = await alice('GET', next.slice(`${sandbox.webUrl}/2.0`.length))
      seen.push(...values(answer).map(({ id }) => id))
      sizes.push([field(answer, 'page'), field(answer, 'size'), field(answer, 'pagelen')])
      next = field(answer, 'next') as string | undefined
    }
    expect(seen).toEqual([1, 2, 3, 4, 5])
    expect(sizes).toEqual([
      [1, 5, 2],
      [2, 5, 2],
      [3, 5, 2],
    ])
  })

  it.each([
    ['/pullrequests?pagelen=50', 200],
    ['/pullrequests?pagelen=51', 400],
    ['/pullrequests?pagelen=100', 400],
    ['/refs?pagelen=100', 200],
    ['/refs?pagelen=101', 400],
    ['/refs?pagelen=0', 400],
    ['/refs?pagelen=many', 400],
  ])('%s: %i', async (path, status) => {
    const reply = await alice('GET', app + path)
    expect(reply.status).toBe(status)
    if (status === 400) expect(message(reply)).toBe('Invalid pagelen')
  })
})

describe('filters and order', () => {
  it.each([
    ['/repositories/acme?q=name="site"', ['site']],
    ['/repositories/acme?q=name!="site" AND is_private=true', ['app']],
    ['/repositories/acme?q=project.key="NONE"', []],
    ['/repositories/acme?sort=-name', ['site', 'app']],
    ['/repositories/acme?sort=name&pagelen=1', ['app']],
  ])('%s gives %j', async (path, names) => {
    expect(values(await alice('GET', path)).map(({ slug }) => slug)).toEqual(names)
  })
})

describe('without a credential', () => {
  const nobody = (): Ask => askWith(sandbox, undefined)

  it('public content is read, and nothing else', async () => {
    expect((await nobody()('GET', '/repositories/acme/site/src/main/index.txt')).body).toBe('site\n')
    expect((await nobody()('GET', '/repositories/acme/site/pullrequests')).status).toBe(200)
    expect((await nobody()('GET', '/repositories/acme/site/hooks')).status).toBe(401)
    expect((await nobody()('POST', '/repositories/acme/site/pullrequests', {})).status).toBe(401)
    expect((await nobody()('GET', `${app}/refs`)).status).toBe(404)
  })
})
