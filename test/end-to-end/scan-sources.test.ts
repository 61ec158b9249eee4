import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyturn } from '../support/keyturn-process.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-sources-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entry = (secret = appPassword()): string => `machine bitbucket.org login alice password ${secret}\n`

function put(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
  })

interface Found {
  readonly exitCode: number
  readonly stdout: string
  readonly places: readonly { readonly id: string; readonly path: string; readonly consumer: string }[]
  readonly unread: readonly { readonly at: string; readonly detail: string }[]
}

async function scanned(args: readonly string[], more: Partial<Parameters<typeof keyturn>[0]> = {}): Promise<Found> {
  const { exitCode, stdout } = await keyturn({ args: ['scan', ...args, '--json'], folder, ...more })
  return { exitCode, stdout, ...JSON.parse(stdout) }
}

const paths = ({ places }: Found): readonly string[] => places.map(({ path }) => path).sort()

describe('keyturn scan --whole-home', () => {
  it('reads the home and what the environment names outside of it, under the ids of a scan of the home alone', async () => {
    const home = join(folder, 'home')
    put('home/.netrc', entry())
    put('home/.cache/tool/.netrc', entry())
    put('data/git/credentials', `https://alice:${appPassword()}@bitbucket.org\n`)
    put('elsewhere/netrc-of-alice', entry())
    const environment = {
      HOME: home,
      XDG_CONFIG_HOME: join(folder, 'data'),
      NETRC: join(folder, 'elsewhere', 'netrc-of-alice'),
      DOCKER_CONFIG: join(folder, 'not', 'there'),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    }
    const whole = await scanned(['--whole-home'], { environment })
    expect([whole.exitCode, paths(whole)]).toEqual([
      0,
      ['.cache/tool/.netrc', '.netrc', 'git/credentials', 'netrc-of-alice'],
    ])
    const alone = await scanned([home, '--skip-caches'], { environment })
    expect(paths(alone)).toEqual(['.netrc'])
    expect(whole.places.map(({ id }) => id)).toEqual(expect.arrayContaining(alone.places.map(({ id }) => id)))
    const { stdout } = await keyturn({ args: ['plan', '--whole-home', '--offline', '--json'], folder, environment })
    expect(JSON.parse(stdout).sources).toHaveLength(3)
  })
})

describe('keyturn scan --whole-home without a home', () => {
  it('is refused, and does not take the working directory for one', async () => {
    const { exitCode, stderr } = await keyturn({
      args: ['scan', '--whole-home', '--home', join(folder, 'state')],
      folder,
      environment: { HOME: '' },
    })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('HOME')])
  })
})

describe('keyturn scan --gitignore', () => {
  it('leaves out what git ignores, and without it nothing', async () => {
    git('init', '-q')
    put('.gitignore', '.env\n')
    put('.env', `BITBUCKET_TOKEN=${apiToken()}\n`)
    put('.hidden/.netrc', entry())
    expect(paths(await scanned(['.']))).toEqual(['.env', '.hidden/.netrc'])
    expect(paths(await scanned(['.', '--gitignore']))).toEqual(['.hidden/.netrc'])
  })
})

describe('keyturn scan -', () => {
  it('reads one document from standard input, under the id of the file whose name it is given', async () => {
    put('.netrc', entry())
    const [file] = (await scanned(['.'])).places
    const named = await scanned(['-', '--stdin-name', '.netrc'], { input: entry() })
    expect(named.places.map(({ id, path }) => [id, path])).toEqual([[file?.id, '.netrc']])
    expect(named.exitCode).toBe(0)
  })

  it('recognises a store without a name, and finds a token anywhere', async () => {
    const store = `https://alice:${appPassword()}@bitbucket.org\nhttps://bob:${appPassword()}@bitbucket.org\n`
    const anonymous = await scanned(['-'], { input: store })
    expect(anonymous.places.map(({ consumer }) => consumer)).toEqual(['git-credentials', 'git-credentials'])
    const token = await scanned(['-', '--fail-on', 'any'], { input: `some text ${apiToken()} bitbucket.org\n` })
    expect([token.exitCode, token.places.length]).toEqual([1, 1])
    const nothing = await scanned(['-'], { input: '' })
    expect([nothing.exitCode, nothing.places]).toEqual([0, []])
  })

  it('names no command that could not find the document again', async () => {
    const { stdout } = await keyturn({ args: ['scan', '-'], folder, input: entry() })
    expect(stdout).toContain('1 credential in 1 place')
    expect(stdout).not.toContain('keyturn plan')
  })

  it('is refused where standard input is the list of files, and its name where it is not read', async () => {
    for (const args of [
      ['-', '--files-from', '-'],
      ['.', '--stdin-name', 'x'],
    ])
      expect((await keyturn({ args: ['scan', ...args], folder })).exitCode).toBe(2)
  })
})

describe('keyturn scan --git-history', () => {
  it('tells a file of a thousand versions once, on the screen and in every document', async () => {
    const secret = apiToken()
    const blob = (text: string): string => `blob\ndata ${Buffer.byteLength(text)}\n${text}\n`
    const commits = Array.from({ length: 1000 }, (_, version) => {
      const time = 1_500_000_000 + version * 86_400
      const text = `${'# one more line\n'.repeat(version % 50)}# ${version}\n${entry(secret)}`
      return `${blob(text).replace('blob\n', `blob\nmark :${version + 1}\n`)}commit refs/heads/main\ncommitter a <a@example.org> ${time} +0000\ndata 1\nx\nM 100644 :${version + 1} .netrc\n`
    })
    git('init', '-q', '-b', 'main')
    const input = `${commits.join('')}commit refs/heads/main\ncommitter a <a@example.org> 1700000000 +0000\ndata 1\nx\nD .netrc\n`
    execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input })
    const found = await scanned(['.', '--git-history'])
    expect(found.places).toHaveLength(1)
    expect(found.places[0]).toMatchObject({
      buried: { versions: 1000, commitCount: 1000, pathCount: 1, paths: ['.netrc'], heldBy: 'ref' },
    })
    expect(found.stdout.length).toBeLessThan(40_000)
    const { stdout } = await keyturn({ args: ['scan', '.', '--git-history'], folder })
    expect(stdout).toMatch(/in 1,000 commits of history, first [0-9a-f]{10} of 2017-07-14,\s+last/)
    const plan = await keyturn({ args: ['plan', '.', '--git-history', '--offline'], folder })
    expect([plan.exitCode, plan.stdout]).toEqual([
      3,
      expect.stringMatching(/revokes the\s+token[\s\S]*git filter-repo/),
    ])
  })
})
