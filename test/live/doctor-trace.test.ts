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
async function sentByGit(machine: Machine): Promise<string | undefined> {
  const before = world.sandbox.requests.length
  await machine.git('ls-remote', URL)
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
