import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const secrets = new Map<string, string>()

/** A token that is refused with 401, called by its name in the record of the sandbox. */
function dead(name: string): string {
  const known = secrets.get(name)
  if (known !== undefined) return known
  const token = world.sandbox.world.addApiToken('alice', {
    name,
    app: 'bitbucket',
    scopes: ['read:repository:bitbucket'],
  })
  world.sandbox.world.revokeToken(token)
  secrets.set(name, token)
  return token
}

async function fingerprint(machine: Machine, name: string): Promise<string> {
  return (await machine.doctor()).context.seal(dead(name)).fingerprint
}

async function secretSentByGit(machine: Machine, url: string): Promise<string | undefined> {
  return (await wire(machine, 'ls-remote', url))[0]?.split('/')[1]
}

/** Every credential that git sends, in order, as `username/name of the secret`. An empty password is libcurl's own try. */
async function wire(machine: Machine, ...args: readonly string[]): Promise<readonly string[]> {
  const before = world.sandbox.requests.length
  await machine.git(...args)
  const sent = world.sandbox.requests.slice(before).flatMap(({ authorization }) => {
    if (authorization.scheme !== 'basic' || authorization.secret === 'empty') return []
    const [, name = authorization.secret] = /"(.*)"/.exec(authorization.secret) ?? []
    return [`${authorization.username}/${name}`]
  })
  return sent.filter((each, index) => each !== sent[index - 1])
}

/** The same, as the doctor foretells it from the files. */
async function foretold(machine: Machine, url = URL, folder?: string, use?: 'git-push'): Promise<readonly string[]> {
  const { context, detectors } = await machine.doctor()
  const scene = { home: machine.home, ...(folder === undefined ? {} : { folder }) }
  const { sources } = await traceGit(url, scene, context, detectors, undefined, use)
  const names = new Map([...secrets].map(([name, text]) => [context.seal(text).fingerprint, name]))
  return sources
    .filter(({ standing }) => standing.startsWith('sent'))
    .map(
      ({ username, sentAs, secret }) =>
        `${sentAs ?? username ?? ''}/${secret === undefined ? 'empty' : (names.get(secret.fingerprint) ?? 'unknown')}`,
    )
}

const netrcOf = (...entries: readonly (readonly [string, string])[]) =>
  entries.map(([login, password]) => `machine bitbucket.org login ${login} password ${password}\n`).join('')

const line = (username: string, secret: string, path = '') =>
  `https://${encodeURIComponent(username)}:${encodeURIComponent(secret)}@bitbucket.org${path}\n`

const header = (username: string, secret = 'nothing') =>
  `Authorization: Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`

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
  { name: 'the first entry answers', userinfo: '', stored: 'bob', git: 'bob', secret: 'one' },
  {
    name: 'a username in the URL takes the entry of that name',
    userinfo: 'alice@',
    stored: 'alice',
    git: 'alice',
    secret: 'two',
  },
  // Measured with libcurl 7.88: the name of the URL, and the password of the last entry.
  {
    name: 'a username without an entry takes the last',
    userinfo: 'carol@',
    stored: 'alice',
    git: 'carol',
    secret: 'two',
  },
])('netrc with two logins: $name', async ({ userinfo, stored, git, secret }) => {
  const machine = new Machine(world, `netrc-${userinfo}`)
  await machine.write('.gitconfig', '')
  await machine.write('.netrc', netrcOf(['bob', dead('one')], ['alice', dead('two')]))
  const url = URL.replace('https://', `https://${userinfo}`)
  const first = (await trace(machine, url)).sources.find(({ standing }) => standing === 'sent first')
  expect(first?.username).toBe(stored)
  expect([first?.sentAs ?? first?.username, first?.secret?.fingerprint]).toEqual([
    git,
    await fingerprint(machine, secret),
  ])
  expect(await sentByGit(machine, url)).toBe(git)
  expect(await secretSentByGit(machine, url)).toBe(secret)
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

/** A machine whose tokens are all refused with 401, so that git shows everything that it has. */
interface Scenery {
  readonly name: string
  readonly files: () => Readonly<Record<string, string>>
  readonly userinfo?: string
  readonly sent: readonly string[]
}

const STORE = '[credential]\n\thelper = store\n'
const at = (key: string, ...lines: readonly string[]) => `[${key}]\n${lines.map((each) => `\t${each}\n`).join('')}`

const SCENERIES: readonly Scenery[] = [
  {
    name: 'netrc, then the helper after a 401',
    files: () => ({
      '.gitconfig': STORE,
      '.netrc': netrcOf(['n', dead('one')]),
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['n/one', 's/two'],
  },
  {
    name: 'a header in every request, and the helper asked and lost',
    files: () => ({
      '.gitconfig': at('http', `extraHeader = ${header('h', dead('one'))}`) + STORE,
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['h/one'],
  },
  {
    name: 'the general header before the special one: both go out, and the first is read',
    files: () => ({
      '.gitconfig':
        at('http', `extraHeader = ${header('general', dead('one'))}`) +
        at('http "https://bitbucket.org/"', `extraHeader = ${header('special', dead('two'))}`),
    }),
    sent: ['general/one'],
  },
  {
    name: 'the special header before the general one: git drops the general one',
    files: () => ({
      '.gitconfig':
        at('http "https://bitbucket.org/"', `extraHeader = ${header('special', dead('two'))}`) +
        at('http', `extraHeader = ${header('general', dead('one'))}`),
    }),
    sent: ['special/two'],
  },
  {
    name: 'a header of another path does not count, one of this path does',
    files: () => ({
      '.gitconfig':
        at('http "https://bitbucket.org/other"', `extraHeader = ${header('other', dead('one'))}`) +
        at('http "https://bitbucket.org/acme"', `extraHeader = ${header('acme', dead('two'))}`),
    }),
    sent: ['acme/two'],
  },
  {
    name: 'an empty header takes back what was read before it',
    files: () => ({
      '.gitconfig':
        at('http', `extraHeader = ${header('h', dead('one'))}`) +
        at('http "https://bitbucket.org"', 'extraHeader =') +
        STORE,
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['s/two'],
  },
  {
    name: 'a header of an included file',
    files: () => ({
      '.gitconfig': at('include', 'path = more/git'),
      'more/git': at('http', `extraHeader = ${header('included', dead('one'))}`),
    }),
    sent: ['included/one'],
  },
  {
    name: 'both files of store: the one of the home answers first',
    files: () => ({
      '.gitconfig': STORE,
      '.config/git/credentials': line('xdg', dead('one')),
      '.git-credentials': line('home', dead('two')),
    }),
    sent: ['home/two'],
  },
  {
    name: 'the second file of store, when the first has nothing for this host',
    files: () => ({
      '.gitconfig': STORE,
      '.config/git/credentials': line('xdg', dead('one')),
      '.git-credentials': 'https://a:b@example.com\n',
    }),
    sent: ['xdg/one'],
  },
  {
    name: 'a helper that is not there is passed over',
    files: () => ({
      '.gitconfig': at('credential', 'helper = not-there', 'helper = store'),
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['s/two'],
  },
  {
    name: 'a helper for a partial URL',
    files: () => ({
      '.gitconfig': at('credential "bitbucket.org"', 'helper = store'),
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['s/two'],
  },
  {
    name: 'a helper for a host with a star',
    files: () => ({
      '.gitconfig': at('credential "https://*.org"', 'helper = store'),
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['s/two'],
  },
  {
    name: 'a helper that names the user, and the next one that has him',
    files: () => ({
      '.gitconfig': at('credential', 'helper = "!echo username=second; :"', 'helper = store'),
      '.git-credentials': line('first', dead('one')) + line('second', dead('two')),
    }),
    sent: ['second/two'],
  },
  {
    name: 'a snippet answers under its own name, whatever name is asked for',
    files: () => ({
      '.gitconfig': at('credential', `helper = "!f() { echo username=own; echo password=${dead('one')}; }; f"`),
    }),
    userinfo: 'alice@',
    sent: ['own/one'],
  },
  {
    name: 'a helper with an absolute path',
    files: () => ({
      '.gitconfig': at('credential', 'helper = "/usr/lib/git-core/git-credential-store --file=elsewhere"'),
      elsewhere: line('abs', dead('one')),
    }),
    sent: ['abs/one'],
  },
  {
    name: 'the username of the URL goes to netrc and to the helper',
    files: () => ({
      '.gitconfig': STORE,
      '.netrc': netrcOf(['n', dead('one')]),
      '.git-credentials': line('alice', dead('two')),
    }),
    userinfo: 'alice@',
    sent: ['alice/one', 'alice/two'],
  },
  {
    name: 'an e-mail in the URL, percent-encoded',
    files: () => ({ '.gitconfig': STORE, '.git-credentials': line('alice@example.com', dead('two')) }),
    userinfo: 'alice%40example.com@',
    sent: ['alice@example.com/two'],
  },
  {
    name: 'credential.username is not known to libcurl, and is to the helper',
    files: () => ({
      '.gitconfig': at('credential "https://bitbucket.org"', 'username = alice') + STORE,
      '.netrc': netrcOf(['n', dead('one')]),
      '.git-credentials': line('s', dead('one')) + line('alice', dead('two')),
    }),
    sent: ['n/one', 'alice/two'],
  },
  {
    name: 'the last credential.username counts',
    files: () => ({
      '.gitconfig':
        at('credential "https://bitbucket.org/acme"', 'username = bob') + at('credential', 'username = alice') + STORE,
      '.git-credentials': line('bob', dead('one')) + line('alice', dead('two')),
    }),
    sent: ['alice/two'],
  },
  {
    name: 'useHttpPath takes the line with the path',
    files: () => ({
      '.gitconfig': at('credential', 'useHttpPath = true') + STORE,
      '.git-credentials': line('whole', dead('one')) + line('own', dead('two'), '/acme/app.git'),
    }),
    sent: ['own/two'],
  },
  {
    name: 'useHttpPath passes over a line without a path',
    files: () => ({
      '.gitconfig': at('credential', 'useHttpPath = true') + STORE,
      '.git-credentials': line('whole', dead('one')),
    }),
    sent: [],
  },
  {
    name: 'a secret in a rewritten URL',
    files: () => ({
      '.gitconfig':
        at(`url "https://u:${encodeURIComponent(dead('one'))}@bitbucket.org/"`, 'insteadOf = https://bitbucket.org/') +
        STORE,
      '.git-credentials': line('s', dead('two')),
    }),
    sent: ['u/one'],
  },
  {
    name: 'a helper that tells git to stop',
    files: () => ({
      '.gitconfig': at('credential', 'helper = "!echo quit=1; :"', 'helper = store'),
      '.git-credentials': line('s', dead('two')),
    }),
    sent: [],
  },
]

describe('what the doctor foretells is what git sends', () => {
  test.each(SCENERIES)('$name', async ({ name, files, userinfo = '', sent }) => {
    const machine = new Machine(world, `scenery-${name.replace(/\W+/g, '-')}`)
    await furnish(machine, files())
    const url = URL.replace('https://', `https://${userinfo}`)
    expect(await foretold(machine, url)).toEqual(sent)
    expect(await wire(machine, 'ls-remote', url)).toEqual(sent)
  })
})

async function furnish(machine: Machine, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries({ '.gitconfig': '', ...files })) await machine.write(name, text)
}

describe('in a clone', () => {
  async function cloned(name: string, config: string, files: Readonly<Record<string, string>> = {}) {
    const machine = new Machine(world, `clone-${name}`)
    await furnish(machine, files)
    const folder = await machine.clone('')
    await machine.write('clone/.git/config', (await machine.read('clone/.git/config')) + config)
    return { machine, folder }
  }

  test('the URL for pushing is another one, and is told with its file and line', async () => {
    const push = `https://p:${encodeURIComponent(dead('two'))}@bitbucket.org/acme/app.git`
    const { machine, folder } = await cloned('pushurl', at('remote "origin"', `pushurl = ${push}`), {
      '.gitconfig': STORE,
      '.git-credentials': line('s', dead('one')),
    })
    expect(await foretold(machine, 'origin', folder)).toEqual(['s/one'])
    expect(await foretold(machine, 'origin', folder, 'git-push')).toEqual(['p/two'])
    expect(await wire(machine, '-C', folder, 'push', 'origin', 'HEAD')).toEqual([])
    await machine.git('-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-m', 'one')
    expect(await wire(machine, '-C', folder, 'push', 'origin', 'HEAD')).toEqual(['p/two'])
    const { context, detectors } = await machine.doctor()
    const chain = await traceGit('origin', { home: machine.home, folder }, context, detectors, undefined, 'git-push')
    expect(chain.route).toEqual([{ where: `${folder}/.git/config:10`, text: 'remote origin' }])
    expect(chain.side).toBe('push')
  })

  test('pushInsteadOf changes the URL for pushing alone', async () => {
    const base = `https://p:${encodeURIComponent(dead('two'))}@bitbucket.org/`
    const { machine, folder } = await cloned(
      'pushinsteadof',
      at(`url "${base}"`, 'pushInsteadOf = https://bitbucket.org/'),
      {
        '.gitconfig': STORE,
        '.git-credentials': line('s', dead('one')),
      },
    )
    expect(await foretold(machine, 'origin', folder)).toEqual(['s/one'])
    expect(await foretold(machine, URL, folder, 'git-push')).toEqual(['p/two'])
    await machine.git('-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-m', 'one')
    expect(await wire(machine, '-C', folder, 'push', 'origin', 'HEAD')).toEqual(['p/two'])
  })

  test.each([
    { name: 'includeIf gitdir', key: (folder: string) => `includeIf "gitdir:${folder}/"` },
    { name: 'includeIf hasconfig', key: () => 'includeIf "hasconfig:remote.*.url:https://bitbucket.org/**"' },
  ])('$name counts as git counts it', async ({ name, key }) => {
    const folder = `${new Machine(world, `clone-${name}`).home}/clone`
    const { machine } = await cloned(name, '', {
      '.gitconfig': at(key(folder), 'path = extra'),
      extra: at('http', `extraHeader = ${header('conditional', dead('one'))}`),
    })
    expect(await foretold(machine, 'origin', folder)).toEqual(['conditional/one'])
    expect(await wire(machine, '-C', folder, 'ls-remote', 'origin')).toEqual(['conditional/one'])
    const { sources } = await trace(machine, 'origin', folder)
    expect(sources.map(({ where }) => where)).toEqual([`${machine.home}/extra:2`])
  })

  test('a work tree with a configuration of its own', async () => {
    const { machine, folder } = await cloned('worktree', '')
    await machine.git('-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-m', 'one')
    const tree = join(machine.home, 'tree')
    await machine.git('-C', folder, 'worktree', 'add', tree)
    await machine.git('-C', folder, 'config', 'extensions.worktreeConfig', 'true')
    await machine.git('-C', tree, 'config', '--worktree', 'http.extraHeader', header('own-tree', dead('one')))
    expect(await foretold(machine, 'origin', tree)).toEqual(['own-tree/one'])
    expect(await wire(machine, '-C', tree, 'ls-remote', 'origin')).toEqual(['own-tree/one'])
    expect(await foretold(machine, 'origin', folder)).toEqual([])
    const { sources } = await trace(machine, 'origin', tree)
    expect(sources[0]?.where).toBe(`${folder}/.git/worktrees/tree/config.worktree:2`)
  })

  test('a remote that is an alias is found by the URL that it stands for', async () => {
    const { machine, folder } = await cloned('alias', '', {
      '.gitconfig': at('url "https://alias@bitbucket.org/"', 'insteadOf = bb:'),
    })
    await machine.git('-C', folder, 'remote', 'set-url', 'origin', 'bb:acme/app.git')
    const chain = await trace(machine, URL, folder)
    expect(chain.pinned).toMatchObject({ username: 'alias', from: 'insteadOf', where: `${machine.home}/.gitconfig:2` })
    expect(chain.route?.map(({ text }) => text)).toEqual(['remote origin', 'insteadOf'])
  })

  test('what is no credential is told beside the chain', async () => {
    const config =
      at('remote "origin"', 'pushurl = https://bitbucket.org/acme/other.git') +
      at('submodule "libs/one"', 'url = https://u:s@bitbucket.org/acme/one.git') +
      at('http', 'proxy = http://me:pass@proxy.example.org', 'sslVerify = false', 'cookieFile = /tmp/jar') +
      at('lfs', 'url = https://bitbucket.org/acme/big.git/info/lfs')
    const { machine, folder } = await cloned('notes', config)
    const { notes = [] } = await trace(machine, 'origin', folder)
    expect(notes.map(({ text }) => text)).toEqual([
      'http.proxy names a proxy with a login of its own, which is no credential of Bitbucket',
      'http.cookieFile sends the cookies of a file as well; a cookie is no credential of Bitbucket',
      'http.sslVerify is off: whoever stands between can read the credential',
      'git pushes to another URL than it fetches from: https://bitbucket.org/acme/other.git. Ask with --operation push',
      'Git LFS asks https://bitbucket.org/acme/big.git/info/lfs, another repository, with the credential of the same helpers',
      `the submodule libs/one is fetched from https://bitbucket.org/acme/one.git, with userinfo. Ask for it alone: keyturn doctor https://bitbucket.org/acme/one.git --folder ${folder}/libs/one`,
    ])
    expect(notes[2]?.where).toBe(`${folder}/.git/config:15`)
  })
})

describe('helpers that say nothing', () => {
  async function outcomes(config: string, files: Readonly<Record<string, string>> = {}, helperSeconds?: number) {
    const machine = new Machine(world, `silent-${Object.keys(files).join('-')}${config.length}`)
    await furnish(machine, { '.gitconfig': config, ...files })
    const { context, detectors } = await machine.doctor()
    const scene = { home: machine.home, ...(helperSeconds === undefined ? {} : { helperSeconds }) }
    const { steps = [] } = await traceGit(URL, scene, context, detectors)
    return { machine, told: steps.flatMap((step) => ('outcome' in step ? [step.outcome] : ['a source'])) }
  }

  test('each is told by what it did', async () => {
    const config = at(
      'credential',
      'helper = cache',
      'helper = store',
      'helper = not-there',
      'helper = oauth',
      'helper = "!echo username=someone; :"',
      'helper = "!exit 3; :"',
      'helper = "!echo quit=1; :"',
      'helper = store',
    )
    const { told } = await outcomes(config)
    expect(told).toEqual([
      'silent',
      'silent',
      'could not be run',
      'not asked',
      'named a user',
      'silent',
      'told git to stop',
    ])
  })

  test('one that waits for ever is ended with everything it started, and reaches no terminal', async () => {
    const helper = `!f() { test -t 0 && echo tty >>$HOME/seen; (echo x >/dev/tty) 2>/dev/null && echo tty >>$HOME/seen; sleep 611; }; f`
    const { machine, told } = await outcomes(at('credential', `helper = "${helper.replaceAll('"', '\\"')}"`), {}, 1)
    expect(told).toEqual(['timed out'])
    await expect(machine.read('seen')).rejects.toThrow('ENOENT')
    const { stdout } = await machine.shell("ps -e -o args | grep -c '^sleep 61[1]$' || true")
    expect(stdout.trim()).toBe('0')
  })

  test('asking starts no daemon and changes no file', async () => {
    const { machine } = await outcomes(at('credential', 'helper = cache', 'helper = store'), {
      '.git-credentials': line('s', dead('one')),
    })
    const before = await machine.files()
    await trace(machine)
    expect(await machine.files()).toEqual(before)
    expect(Object.keys(before).filter((path) => path.includes('cache'))).toEqual([])
  })
})
