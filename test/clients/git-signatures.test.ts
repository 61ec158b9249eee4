import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { type ClientRun, GitHome, type Pair, runClient } from './client-run.ts'
import { mayNotHaveAccess, type Refusal, refusals, token } from './refusals.ts'
import { apiTokenUser as sentinel, startTown, privateUrl as url } from './town.ts'

const ending: Readonly<Record<Refusal['status'], string>> = {
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
  it.each(refusals)('$cause: $status', async (row) => {
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
  ])('an API token with both scopes fetches under %s', async (_name, username) => {
    const pair = { username, secret: token(sandbox) }
    const run = await new GitHome(sandbox).git(['ls-remote', url], pair)
    expect(run).toEqual({
      exit: 0,
      stdout: expect.stringMatching(/^([0-9a-f]{40})\tHEAD\n\1\trefs\/heads\/main\n/),
      screen: [],
    })
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
