import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { traceGit } from '../../src/diagnose/trace-git.ts'
import { Machine, startWorld, URL, type World } from './stage.ts'

/** The order in which git looks, asked of real git and compared with what git then really sends. */
let world: World
let good: string
const SENTINEL = 'x-bitbucket-api-token-auth'

beforeAll(async () => {
  world = await startWorld()
  good = world.sandbox.world.addApiToken('alice', {
    name: 'good',
    app: 'bitbucket',
    scopes: ['read:repository:bitbucket'],
  })
})
afterAll(() => world.stop())

async function trace(machine: Machine, url = URL, folder?: string) {
  const { context, detectors } = await machine.doctor()
  return traceGit(url, { home: machine.home, ...(folder === undefined ? {} : { folder }) }, context, detectors)
}

/** The username of the first credential that git sends. */
async function sentByGit(machine: Machine, url = URL): Promise<string | undefined> {
  const before = world.sandbox.requests.length
  await machine.git('ls-remote', url)
  const first = world.sandbox.requests.slice(before).find(({ authorization }) => authorization.scheme === 'basic')
  return first?.authorization.scheme === 'basic' ? first.authorization.username : undefined
}

const header = (username: string) => `Authorization: Basic ${Buffer.from(`${username}:nothing`).toString('base64')}`

test('header, netrc, helper: each is sent first when it is the first, as git does it', async () => {
  const machine = new Machine(world, 'order')
  await machine.store('from-helper', good)
  await machine.netrc('from-netrc', 'nothing')
  await machine.git('config', '--global', 'http.extraHeader', header('from-header'))
  for (const expected of ['from-header', 'from-netrc', 'from-helper']) {
    const chain = await trace(machine)
    expect(chain.sources.find(({ standing }) => standing === 'sent first')?.username).toBe(expected)
    expect(await sentByGit(machine)).toBe(expected)
    if (expected === 'from-header') await machine.git('config', '--global', '--unset-all', 'http.extraHeader')
    // Git went on from netrc to the helper, was answered 401 again, and erased the entry.
    if (expected === 'from-netrc') await machine.store('from-helper', good)
    if (expected === 'from-netrc') await machine.write('.netrc', '')
  }
})

test('the standing of the others says why they wait', async () => {
  const machine = new Machine(world, 'standing')
  await machine.store('from-helper', good)
  await machine.netrc('from-netrc', 'nothing')
  const { sources } = await trace(machine)
  expect(
    sources.map(({ kind, where, standing, place }) => ({ kind, where, standing, address: place?.address })),
  ).toEqual([
    {
      kind: 'netrc',
      where: `${join(machine.home, '.netrc')}:1`,
      standing: 'sent first',
      address: 'machine/bitbucket.org',
    },
    {
      kind: 'helper',
      where: `${join(machine.home, '.git-credentials')}:1`,
      standing: 'sent next',
      address: 'bitbucket.org',
    },
  ])
})

test('an empty helper value clears the list before it', async () => {
  const machine = new Machine(world, 'cleared')
  await machine.store('from-helper', good)
  await machine.git('config', '--global', '--add', 'credential.helper', '')
  expect((await trace(machine)).sources).toEqual([])
})

test('a helper for another host does not count, one for this URL does', async () => {
  const machine = new Machine(world, 'by-url')
  await machine.store('from-helper', good)
  const other = join(machine.home, 'other')
  await machine.write('other', `https://from-other:${encodeURIComponent(good)}@bitbucket.org\n`)
  await machine.write(
    '.gitconfig',
    `[credential "https://example.com"]\n\thelper = store\n[credential "https://bitbucket.org"]\n\thelper = store --file=${other}\n`,
  )
  expect((await trace(machine)).sources.map(({ username }) => username)).toEqual(['from-other'])
  expect(await sentByGit(machine)).toBe('from-other')
})

test('a secret in the URL of the remote ends the search', async () => {
  const machine = new Machine(world, 'userinfo')
  await machine.store(SENTINEL, good)
  const clone = join(machine.home, 'clone')
  await machine.git('init', '--quiet', clone)
  await machine.git(
    '-C',
    clone,
    'remote',
    'add',
    'origin',
    URL.replace('https://', `https://in-url:${encodeURIComponent(good)}@`),
  )
  const chain = await trace(machine, URL, clone)
  expect(chain.sources.map(({ kind, username, standing }) => [kind, username, standing])).toEqual([
    ['url userinfo', 'in-url', 'sent first'],
    ['helper', SENTINEL, 'masked'],
  ])
  expect(chain.sources[0]?.where).toBe(`${join(clone, '.git/config')}:7`)
})

test.each([
  { name: 'the first entry answers', userinfo: '', sends: 'bob', git: 'bob' },
  { name: 'a username in the URL takes the entry of that name', userinfo: 'alice@', sends: 'alice', git: 'alice' },
  // libcurl then answers with the name of the URL and an empty password.
  { name: 'a username without an entry takes none', userinfo: 'carol@', sends: undefined, git: 'carol' },
])('netrc with two logins: $name', async ({ userinfo, sends, git }) => {
  const machine = new Machine(world, `netrc-${userinfo}`)
  await machine.write('.gitconfig', '')
  await machine.write(
    '.netrc',
    'machine bitbucket.org login bob password one\nmachine bitbucket.org login alice password two\n',
  )
  const url = URL.replace('https://', `https://${userinfo}`)
  const { sources } = await trace(machine, url)
  expect(sources.find(({ standing }) => standing === 'sent first')?.username).toBe(sends)
  expect(await sentByGit(machine, url)).toBe(git)
})

const ENTRY = 'machine bitbucket.org login by-name password one\n'
const DEFAULT = 'default login by-default password two\n'

test.each([
  { name: 'it alone answers', netrc: DEFAULT, sends: 'by-default', line: 1 },
  { name: 'an entry before it answers', netrc: ENTRY + DEFAULT, sends: 'by-name', line: 1 },
  { name: 'it answers before a later entry', netrc: DEFAULT + ENTRY, sends: 'by-default', line: 1 },
])('netrc with "default": $name', async ({ netrc, sends, line }) => {
  const machine = new Machine(world, 'netrc-default')
  await machine.write('.gitconfig', '')
  await machine.write('.netrc', netrc)
  const [first] = (await trace(machine)).sources
  expect(first).toMatchObject({ kind: 'netrc', username: sends, standing: 'sent first' })
  expect(first?.where).toContain(`${join(machine.home, '.netrc')}:${line}`)
  expect(await sentByGit(machine)).toBe(sends)
})

test('the lines of a store answer in their order', async () => {
  const machine = new Machine(world, 'lines')
  await machine.store('first', 'one')
  await machine.write('.git-credentials', `${await machine.read('.git-credentials')}https://second:two@bitbucket.org\n`)
  expect((await trace(machine)).sources.map(({ username, standing, why }) => [username, standing, why])).toEqual([
    ['first', 'sent first', 'the helper answers before anything is asked of a person or a program'],
    ['second', 'masked', 'a line before it in the same file answers'],
  ])
  expect(await sentByGit(machine)).toBe('first')
})

test('a rewrite to another host is named with its file and line', async () => {
  const machine = new Machine(world, 'rewritten')
  await machine.write('.gitconfig', '')
  const clone = await machine.clone('')
  await machine.git('-C', clone, 'config', 'url.https://u:s@mirror.example.org/.insteadOf', 'https://bitbucket.org/')
  await expect(trace(machine, URL, clone)).rejects.toMatchObject({
    code: 'R112',
    parts: {
      at: `${join(clone, '.git/config')}:10`,
      because:
        'url.insteadOf makes git ask https://mirror.example.org/ in place of https://bitbucket.org/, and that is not bitbucket.org over HTTPS',
      next: ['Remove the setting, or ask outside the clone that has it.', `  keyturn doctor ${URL} --folder /`],
    },
  })
})

test('credential.username pins the name as a URL does', async () => {
  const machine = new Machine(world, 'pinned')
  await machine.store(SENTINEL, good)
  await machine.git('config', '--global', 'credential.https://bitbucket.org.username', 'someone')
  const chain = await trace(machine)
  expect({ pinned: chain.pinned?.username, from: chain.pinned?.from, standing: chain.sources[0]?.standing }).toEqual({
    pinned: 'someone',
    from: 'credential.username',
    standing: 'not matched',
  })
})

test.each(['git@bitbucket.org:acme/app.git', 'https://github.com/acme/app.git', 'origin'])(
  '%s is not a URL of Bitbucket over HTTPS',
  async (url) => {
    const machine = new Machine(world, 'elsewhere')
    await machine.write('.gitconfig', '')
    await expect(trace(machine, url)).rejects.toMatchObject({ code: 'R112' })
  },
)
