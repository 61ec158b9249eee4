import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientRun, runClient } from './client-run.ts'

const here = import.meta.dirname
const root = join(here, '..', '..')
const read = (name: string): string => readFileSync(join(here, name), 'utf8')
const clients: Readonly<Record<string, { readonly tests: readonly string[]; readonly heavy?: string }>> = JSON.parse(
  read('clients.json'),
)
const expected: readonly string[] = JSON.parse(read('expected.json'))

/** Files that test no client of their own. */
const others = ['presence.test.ts']

describe('the list of clients', () => {
  it('names every file of tests in this folder, and no file that is not there', () => {
    const files = readdirSync(here).filter((name) => name.endsWith('.test.ts'))
    const listed = Object.values(clients).flatMap(({ tests }) => tests)
    expect([...listed, ...others].sort()).toEqual(files.sort())
  })

  it('gives each file the name under which it looks for its client', () => {
    const wrong = Object.entries(clients).filter(([name, { tests }]) =>
      // git is what the sandbox itself runs on, so its tests have nothing to look for.
      tests.some((file) => name !== 'git' && !read(file).includes(`describeClient('${name}'`)),
    )
    expect(wrong).toEqual([])
  })

  it('expects only clients that it has, and none that is heavy', () => {
    expect(expected.filter((name) => clients[name] === undefined || clients[name].heavy !== undefined)).toEqual([])
  })
})

describe('a client that this machine does not have', () => {
  let empty: string
  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'keyturn-no-clients-'))
  })
  afterAll(() => rm(empty, { recursive: true, force: true }))

  const without = (command: string, args: readonly string[], more: Record<string, string> = {}): Promise<ClientRun> =>
    runClient(command, args, { HOME: empty, KEYTURN_CLIENTS: empty, ...more }, root)
  const tool = (args: readonly string[], more: Record<string, string> = {}): Promise<ClientRun> =>
    without(process.execPath, ['tools/clients.mjs', ...args], more)
  const vitest = (more: Record<string, string>): Promise<ClientRun> =>
    without(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/clients/bitbucket-rest.test.ts'], more)
  const sentence = 'npm package bitbucket is not on this machine: node tools/clients.mjs install bitbucket'

  it('is left out aloud, and counts as skipped', async () => {
    const run = await vitest({})
    expect([run.exit, run.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, '0 passed, 0 failed, 1 skipped'])
    expect(run.screen).toContain(`left out: ${sentence}`)
  })

  it('is a failure in CI when it is expected', async () => {
    const run = await vitest({ CI: 'true' })
    expect([run.exit, run.stdout.trimEnd().split('\n').at(-1)]).toEqual([1, '0 passed, 1 failed, 0 skipped'])
    expect(run.screen.join('\n')).toContain(sentence)
  })

  it('is listed with the command that installs it, one line each at the end of a run', async () => {
    expect(await tool(['list', '--missing', 'git', 'bitbucket', 'renovate'])).toEqual({
      exit: 0,
      stdout: '',
      screen: [
        'left out: npm package bitbucket is not on this machine: node tools/clients.mjs install bitbucket',
        'left out: Renovate 39 is not on this machine (400 MB, several minutes): node tools/clients.mjs install renovate',
      ],
    })
  })

  it('cannot be installed when the registry is out of reach, and the message says so after two tries', async () => {
    const run = await tool(['install', 'bitbucket'], { npm_config_registry: 'http://127.0.0.1:9/' })
    expect([run.exit, run.screen.slice(0, 2)]).toEqual([
      1,
      [
        'Installing bitbucket 2.12.0 ...',
        'bitbucket 2.12.0 could not be installed, tried twice. The package source said:',
      ],
    ])
    expect(run.screen.join('\n')).toContain('ECONNREFUSED')
  })

  it('cannot be installed without the package tool of Debian, and the message gives the command', async () => {
    expect(await tool(['install', 'git-lfs', 'dulwich'], { PATH: empty })).toEqual({
      exit: 1,
      stdout: '',
      screen: ['This needs root on Debian:', '    apt-get install --no-install-recommends git-lfs python3-dulwich'],
    })
  })

  it.each([
    ['install', 'sourcetree'],
    ['install', '--quick'],
    ['remove', 'git-lfs'],
  ])('%s %s is wrong usage', async (...args) => {
    expect((await tool(args)).exit).toBe(2)
  })
})
