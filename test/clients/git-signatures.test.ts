import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts'
import { type ClientRun, GitHome, type Pair, runClient } from './client-run.ts'
import { listWithIsomorphicGit } from './isomorphic-client.ts'

const sentinel = 'x-bitbucket-api-token-auth'
const url = 'https://bitbucket.org/acme/app.git'

const mayNotHaveAccess =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'
const lackScopes = 'Your credentials lack one or more required privilege scopes.'
const noAccess =
  "The requested repository either does not exist or you do not have access. If you believe this repository exists and you have access, make sure you're authenticated."
const appPasswordLines = [
  'CHANGE-3222 - Functionality has been deprecated',
  'App passwords are deprecated and must be replaced with API tokens.',
  'https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
]

/** acme/app is private, acme/site is public; alice writes, bob reads, carol has nothing. */
const startTown = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox(options)
  const { world } = sandbox
  for (const username of ['alice', 'bob', 'carol']) world.addUser({ username, email: `${username}@example.com` })
  world.addWorkspace('acme')
  world.addWorkspace('other')
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
  await world.addRepository({ workspace: 'acme', slug: 'site', isPrivate: false })
  world.grant('alice', 'acme/app', 'write')
  world.grant('alice', 'acme/site', 'write')
  world.grant('bob', 'acme/app', 'read')
  return sandbox
}

interface Row {
  readonly cause: string
  readonly pair: (sandbox: Sandbox) => Pair
  readonly push?: true
  readonly arrange?: (sandbox: Sandbox) => void
  readonly options?: SandboxOptions
  readonly status: 401 | 403 | 404 | 410 | 429 | 503
  readonly body: readonly string[]
}

const token = (sandbox: Sandbox, options: Partial<Parameters<Sandbox['world']['addApiToken']>[1]> = {}): string =>
  sandbox.world.addApiToken('alice', { name: 'ci', ...options })

const withSentinel = (options: Partial<Parameters<Sandbox['world']['addApiToken']>[1]>) => (sandbox: Sandbox) => ({
  username: sentinel,
  secret: token(sandbox, options),
})

/** Documented or pasted by users; the sources stand beside the texts in sandbox/bitbucket/git-texts.ts. */
const rows: readonly Row[] = [
  {
    cause: 'an app password after 2026-07-28',
    pair: (sandbox) => ({ username: 'alice', secret: sandbox.world.addAppPassword('alice') }),
    status: 410,
    body: appPasswordLines,
  },
  {
    cause: 'an app password without the prefix',
    pair: (sandbox) => ({ username: 'alice', secret: sandbox.world.addAppPassword('alice', { unprefixed: true }) }),
    status: 410,
    body: appPasswordLines,
  },
  {
    cause: 'an app password inside a brown-out window',
    options: { now: '2026-06-09T06:14:00Z' },
    pair: (sandbox) => ({ username: 'alice', secret: sandbox.world.addAppPassword('alice') }),
    status: 410,
    body: appPasswordLines,
  },
  {
    cause: 'an API token without scopes',
    pair: withSentinel({ scopes: 'none' }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'an API token for Jira',
    pair: withSentinel({ app: 'jira', scopes: ['read:jira-work'] }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'the e-mail as git user',
    pair: (sandbox) => ({ username: 'alice@example.com', secret: token(sandbox) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'another spelling of the Bitbucket username',
    pair: (sandbox) => ({ username: 'Alice', secret: token(sandbox) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'an API token cut short',
    pair: (sandbox) => ({ username: sentinel, secret: token(sandbox).slice(0, -9) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'an expired API token',
    pair: withSentinel({ expiresAt: '2026-11-23T09:00:00Z' }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a revoked API token',
    pair: (sandbox) => {
      const secret = token(sandbox)
      sandbox.world.revokeToken(secret)
      return { username: sentinel, secret }
    },
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a fetch with admin:repository alone',
    pair: withSentinel({ scopes: ['admin:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a fetch with write:repository but not read:repository',
    pair: withSentinel({ scopes: ['write:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a push with read:repository alone',
    push: true,
    pair: withSentinel({ scopes: ['read:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a push with write:repository but not read:repository',
    push: true,
    pair: withSentinel({ scopes: ['write:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a good token of a user without access to the repository',
    pair: (sandbox) => ({ username: sentinel, secret: sandbox.world.addApiToken('carol', { name: 'ci' }) }),
    status: 403,
    body: [noAccess],
  },
  {
    cause: 'a good token of a user without access, in the other wording',
    options: { switches: { noRepositoryAccess: '401-text' } },
    pair: (sandbox) => ({ username: sentinel, secret: sandbox.world.addApiToken('carol', { name: 'ci' }) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a push by a user who may only read',
    push: true,
    pair: (sandbox) => ({ username: sentinel, secret: sandbox.world.addApiToken('bob', { name: 'ci' }) }),
    status: 403,
    body: [noAccess],
  },
  {
    cause: 'a token limited to another workspace',
    pair: withSentinel({ workspace: 'other' }),
    status: 403,
    body: [noAccess],
  },
  {
    cause: 'an address outside the allowlist of the workspace',
    arrange: ({ world }) => world.setWorkspacePolicy('acme', { ipAllowlist: true }),
    pair: withSentinel({}),
    status: 403,
    body: ['To access this repository, an admin must whitelist your IP.'],
  },
  {
    cause: 'a workspace that requires two-step verification',
    arrange: ({ world }) => world.setWorkspacePolicy('acme', { requires2sv: true }),
    pair: withSentinel({}),
    status: 403,
    body: ['To access this repository, enable two-step authentication.'],
  },
  {
    cause: 'an access token with the git user of API tokens',
    pair: ({ world }) => ({
      username: sentinel,
      secret: world.addAccessToken({ resource: 'acme/app', name: 'ci', scopes: ['repository'] }),
    }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a push with an access token that may only read',
    push: true,
    pair: ({ world }) => ({
      username: 'x-token-auth',
      secret: world.addAccessToken({ resource: 'acme', name: 'ci', scopes: ['repository'] }),
    }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'the account password',
    pair: () => ({ username: 'alice', secret: 'sandbox' }),
    status: 401,
    body: ['Bitbucket Cloud recently stopped supporting account passwords for Git authentication.'],
  },
  {
    cause: 'too many requests',
    arrange: ({ world }) => world.injectFault({ kind: 'rate-limit', match: 'bitbucket.org/acme/app', times: 9 }),
    pair: withSentinel({}),
    status: 429,
    body: ['Rate limit for this resource has been exceeded'],
  },
  {
    cause: 'a workspace over its user limit, for pushing',
    push: true,
    arrange: ({ world }) => world.setWorkspacePolicy('acme', { overUserLimit: true }),
    pair: withSentinel({}),
    status: 403,
    body: [
      "[ALERT] Your push failed because the account 'acme' has exceeded its user limit and this repository is restricted to read-only access. To restore write access, ask an account administrator to upgrade their plan.",
    ],
  },
  {
    cause: 'key and secret of an OAuth consumer',
    pair: ({ world }) => {
      const { key, secret } = world.addOAuthConsumer('ci')
      return { username: key, secret }
    },
    status: 401,
    body: ['Invalid username or password'],
  },
  {
    cause: 'too many failed attempts',
    arrange: ({ world }) =>
      world.injectFault({
        kind: 'status',
        status: 429,
        text: 'Too many failed authentication attempts. Please try again later.',
        match: 'bitbucket.org/acme/app',
        times: 9,
      }),
    pair: withSentinel({}),
    status: 429,
    body: ['Too many failed authentication attempts. Please try again later.'],
  },
  {
    cause: 'too many failed attempts, until a log-in on the web site',
    arrange: ({ world }) =>
      world.injectFault({
        kind: 'status',
        status: 403,
        text: 'Too many invalid password attempts. Try logging in through the website with your password.',
        withCredential: true,
        times: 9,
      }),
    pair: withSentinel({}),
    status: 403,
    body: ['Too many invalid password attempts. Try logging in through the website with your password.'],
  },
  {
    cause: 'an incident that answers 404',
    arrange: ({ world }) =>
      world.injectFault({ kind: 'status', status: 404, text: 'Not found', withCredential: true, times: 9 }),
    pair: withSentinel({}),
    status: 404,
    body: ['Not found'],
  },
  {
    cause: 'an incident of the service',
    arrange: ({ world }) => world.injectFault({ kind: 'status', status: 503, times: 9 }),
    pair: withSentinel({}),
    status: 503,
    body: [],
  },
]

const ending: Readonly<Record<Row['status'], string>> = {
  401: `fatal: Authentication failed for '${url}/'`,
  403: `fatal: unable to access '${url}/': The requested URL returned error: 403`,
  404: `fatal: repository '${url}/' not found`,
  410: `fatal: unable to access '${url}/': The requested URL returned error: 410`,
  429: `fatal: unable to access '${url}/': The requested URL returned error: 429`,
  503: `fatal: unable to access '${url}/': The requested URL returned error: 503`,
}

const pushSomething = async (sandbox: Sandbox, pair: Pair, to = url): Promise<ClientRun> => {
  const home = new GitHome(sandbox)
  await home.git(['init', '--quiet', '--initial-branch=work', 'clone'])
  const clone = join(home.folder, 'clone')
  await home.git(['commit', '--quiet', '--allow-empty', '-m', 'work'], undefined, clone)
  return home.git(['push', '--quiet', to, 'work'], pair, clone)
}

const curlAnswer = async (
  sandbox: Sandbox,
  pair: Pair,
  service: string,
): Promise<{ status: number; type: string | undefined; body: string }> => {
  const home = new GitHome(sandbox)
  const config = home.file('curlrc', `user = "${pair.username}:${pair.secret}"\n`)
  const args = ['-s', '-K', config, '-w', '\n%{http_code} %{content_type}', `${url}/info/refs?service=${service}`]
  const run = await runClient('curl', args, home.environment(), home.folder)
  const [, body = '', status, type] = /^([\s\S]*)\n(\d+) (.*)$/.exec(run.stdout) ?? []
  return { status: Number(status), type, body }
}

describe('what git over HTTPS answers, by cause', () => {
  it.each(rows)('$cause: $status', async (row) => {
    const sandbox = await startTown(row.options)
    try {
      const pair = row.pair(sandbox)
      row.arrange?.(sandbox)
      const service = row.push ? 'git-receive-pack' : 'git-upload-pack'

      const seen = row.push
        ? await pushSomething(sandbox, pair)
        : await new GitHome(sandbox).git(['ls-remote', url], pair)
      const first = row.status === 429 || row.status === 503 ? [] : [401]
      expect(sandbox.requests.map(({ status }) => status)).toEqual([...first, row.status])
      expect(seen).toEqual({
        exit: 128,
        stdout: '',
        screen: [...row.body.map((line) => `remote: ${line}`), ending[row.status]],
      })

      const body = row.body.join('\n')
      const curl = await curlAnswer(sandbox, pair, service)
      expect({ ...curl, type: curl.type?.split(';')[0] }).toEqual({ status: row.status, type: 'text/plain', body })

      const other = await listWithIsomorphicGit(sandbox, { url, pair, forPush: row.push === true })
      expect(other).toEqual({ status: row.status, body })
    } finally {
      await sandbox.stop()
    }
  })
})

describe('with one town', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  const head = async (): Promise<string> => {
    const run = await new GitHome(sandbox).git(['ls-remote', 'https://bitbucket.org/acme/site', 'HEAD'])
    return run.stdout
  }

  it.each([
    ['the fixed user of API tokens', sentinel],
    ['the Bitbucket username', 'alice'],
    ['x-token-auth, as some reports say', 'x-token-auth'],
  ])('an API token with both scopes fetches under %s, and git and isomorphic-git agree', async (_name, username) => {
    const pair = { username, secret: token(sandbox) }
    const run = await new GitHome(sandbox).git(['ls-remote', url], pair)
    expect(run).toEqual({
      exit: 0,
      stdout: expect.stringMatching(/^([0-9a-f]{40})\tHEAD\n\1\trefs\/heads\/main\n/),
      screen: [],
    })
    const other = await listWithIsomorphicGit(sandbox, { url, pair, forPush: false })
    expect(other).toEqual({ refs: expect.arrayContaining(['HEAD', 'refs/heads/main']) })
  })

  it('an access token fetches and pushes under x-token-auth', async () => {
    const scopes = ['repository:write']
    const secret = sandbox.world.addAccessToken({ resource: 'acme/app', name: 'deploy', scopes })
    const pair = { username: 'x-token-auth', secret }
    expect((await new GitHome(sandbox).git(['ls-remote', url], pair)).exit).toBe(0)
    expect(await pushSomething(sandbox, pair)).toEqual({ exit: 0, stdout: '', screen: [] })
  })

  it('a push with both scopes arrives in the repository', async () => {
    const pair = { username: sentinel, secret: token(sandbox) }
    const home = new GitHome(sandbox)
    await home.git(['clone', '--quiet', url, 'clone'], pair)
    const clone = join(home.folder, 'clone')
    await home.git(['commit', '--quiet', '--allow-empty', '-m', 'second'], undefined, clone)
    const pushed = await home.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/arrived'], pair, clone)
    const local = await home.git(['rev-parse', 'HEAD'], undefined, clone)
    const remote = await home.git(['ls-remote', url, 'refs/heads/arrived'], pair)
    expect(pushed).toEqual({ exit: 0, stdout: '', screen: [] })
    expect(remote.stdout).toBe(`${local.stdout.trim()}\trefs/heads/arrived\n`)
  })

  it('the first request never carries the credential, even when the URL does', async () => {
    const before = sandbox.requests.length
    const secret = token(sandbox, { name: 'in the URL' })
    await new GitHome(sandbox).git(['ls-remote', `https://${sentinel}:${secret}@bitbucket.org/acme/app.git`])
    expect(sandbox.requests.slice(before).map(({ status, authorization }) => [status, authorization])).toEqual([
      [401, { scheme: 'none' }],
      [200, { scheme: 'basic', username: sentinel, secret: 'API token "in the URL" of alice' }],
      [200, { scheme: 'basic', username: sentinel, secret: 'API token "in the URL" of alice' }],
    ])
  })

  it('without a credential git cannot ask and says so', async () => {
    expect(await new GitHome(sandbox).git(['ls-remote', url])).toEqual({
      exit: 128,
      stdout: '',
      screen: ["fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled"],
    })
  })

  it('a refused extra header makes git ask for a username', async () => {
    const header = `http.extraHeader=Authorization: Bearer ${token(sandbox)}`
    const run = await new GitHome(sandbox).git(['-c', header, 'ls-remote', url])
    expect(run).toEqual({
      exit: 128,
      stdout: '',
      screen: ["fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled"],
    })
  })

  it('a public repository is fetched with any password, and only a push tells', async () => {
    const site = 'https://bitbucket.org/acme/site.git'
    const wrong = { username: 'alice', secret: 'wrong' }
    const before = sandbox.requests.length
    expect((await new GitHome(sandbox).git(['ls-remote', site], wrong)).exit).toBe(0)
    expect(sandbox.requests.slice(before).map(({ authorization }) => authorization.scheme)).toEqual(['none', 'none'])
    expect(await pushSomething(sandbox, wrong, site)).toEqual({
      exit: 128,
      stdout: '',
      screen: [`remote: ${mayNotHaveAccess}`, `fatal: Authentication failed for '${site}/'`],
    })
  })

  it('a single 401 from the service refuses a good credential once (BCLOUD-24107)', async () => {
    const pair = { username: sentinel, secret: token(sandbox) }
    sandbox.world.injectFault({ kind: 'unauthorized-once', match: 'acme/app', times: 1 })
    expect((await new GitHome(sandbox).git(['ls-remote', url], pair)).exit).toBe(128)
    expect((await new GitHome(sandbox).git(['ls-remote', url], pair)).exit).toBe(0)
  })

  it('two clones at the same time both arrive whole', async () => {
    const pair = { username: sentinel, secret: token(sandbox) }
    const homes = [new GitHome(sandbox), new GitHome(sandbox)]
    const runs = await Promise.all(homes.map((home) => home.git(['clone', '--quiet', url, 'clone'], pair)))
    expect(runs).toEqual([
      { exit: 0, stdout: '', screen: [] },
      { exit: 0, stdout: '', screen: [] },
    ])
    for (const home of homes) expect(existsSync(join(home.folder, 'clone', 'README.md'))).toBe(true)
  })

  it('a repository URL without .git is the same repository', async () => {
    expect(await head()).toMatch(/^[0-9a-f]{40}\tHEAD\n$/)
  })

  const storeRun = async (pair: Pair): Promise<{ run: ClientRun; kept: string; stored: string }> => {
    const home = new GitHome(sandbox)
    const stored = `https://${pair.username}:${pair.secret}@bitbucket.org\n`
    const store = home.file('.git-credentials', stored)
    const run = await home.git(['-c', 'credential.helper=store', 'ls-remote', url])
    return { run, kept: readFileSync(store, 'utf8'), stored }
  }

  it('git erases a stored credential after a 401', async () => {
    const { run, kept } = await storeRun({ username: sentinel, secret: token(sandbox, { scopes: 'none' }) })
    expect(run.screen.at(-1)).toBe(ending[401])
    expect(kept).toBe('')
  })

  it('git keeps a dead app password after the 410, and fails in the same way next time', async () => {
    const { run, kept, stored } = await storeRun({ username: 'alice', secret: sandbox.world.addAppPassword('alice') })
    expect(run.screen.at(-1)).toBe(ending[410])
    expect(kept).toBe(stored)
  })

  it('git keeps a stored credential after a 403', async () => {
    const secret = token(sandbox, { scopes: ['read:user:bitbucket'] })
    const { run, kept, stored } = await storeRun({ username: sentinel, secret })
    expect(run.screen.at(-1)).toBe(ending[403])
    expect(kept).toBe(stored)
  })

  it('a username in the URL is asked for by name, so another stored one is not found', async () => {
    const home = new GitHome(sandbox)
    home.file('.git-credentials', `https://${sentinel}:${token(sandbox)}@bitbucket.org\n`)
    const run = await home.git([
      '-c',
      'credential.helper=store',
      'ls-remote',
      'https://alice@bitbucket.org/acme/app.git',
    ])
    expect(run.screen).toEqual([
      "fatal: could not read Password for 'https://alice@bitbucket.org': terminal prompts disabled",
    ])
  })
})

describe('before the end of app passwords', () => {
  it('an app password fetches outside the windows, under the username and not under the e-mail', async () => {
    const sandbox = await startTown({ now: '2026-06-09T06:15:00Z' })
    try {
      const secret = sandbox.world.addAppPassword('alice')
      expect((await new GitHome(sandbox).git(['ls-remote', url], { username: 'alice', secret })).exit).toBe(0)
      const byEmail = await new GitHome(sandbox).git(['ls-remote', url], { username: 'alice@example.com', secret })
      expect(byEmail.screen.at(-1)).toBe(ending[401])
    } finally {
      await sandbox.stop()
    }
  })

  it.each([
    [false, 401],
    [true, 410],
  ] as const)('a string shaped like an app password, with the switch %s: %i', async (unknownAppPassword410, status) => {
    const elsewhere = await startTown({ seed: 'another sandbox' })
    const sandbox = await startTown({ switches: { unknownAppPassword410 } })
    try {
      const secret = elsewhere.world.addAppPassword('alice')
      const run = await new GitHome(sandbox).git(['ls-remote', url], { username: 'alice', secret })
      expect(run.screen.at(-1)).toBe(ending[status])
    } finally {
      await Promise.all([sandbox.stop(), elsewhere.stop()])
    }
  })
})
