import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { type ClientRun, runClient } from '../clients/client-run.ts'
import { type Account, variableOf } from './account.ts'
import { type Role, rows } from './row.ts'
import { startStage } from './stage.ts'

const tool = join(import.meta.dirname, '..', '..', 'tools', 'conformance.mjs')

/** A second sandbox plays the real service, under its real addresses; two of its answers are not those of the first. */
describe('npm run conformance', () => {
  let service: Sandbox
  let account: Account
  beforeAll(async () => {
    const stage = await startStage({
      seed: 'the service',
      switches: { noRepositoryAccess: '401-text', errorTexts: '2026-01' },
    })
    service = stage.sandbox
    account = stage.account
  })
  afterAll(() => service.stop())

  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<ClientRun> =>
    runClient(
      process.execPath,
      [tool, ...args],
      { HOME: service.folder, ...service.environment(), ...more },
      service.folder,
    )
  const file = (name: string): string => join(service.folder, name)

  /** Few names and secrets make a short walk: there is half a second between two requests. */
  const credentialsWith = (name: string, roles: readonly Role[]): string => {
    const lines = [
      `${variableOf('workspace')}=${account.names.workspace}`,
      ...roles.map((role) => `${variableOf(role)}=${account.secrets[role]}`),
    ]
    writeFileSync(file(name), lines.join('\n'))
    chmodSync(file(name), 0o600)
    return file(name)
  }
  const real = (credentials: string): readonly string[] => [
    '--target',
    'https://bitbucket.org',
    '--credentials',
    credentials,
    '--interval-ms',
    '500',
  ]

  it('examines the sandbox, and ends with 0', async () => {
    const { exit, stdout, screen } = await run([])
    expect({ exit, screen, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      exit: 0,
      screen: [],
      last: `${rows.length} rows: ${rows.length} same, 0 differ, 0 left out, 0 not answered`,
    })
  })

  it('asks the real service nothing without --yes, and says what it would do', async () => {
    const before = service.requests.length
    const { exit, stdout, screen } = await run(real(credentialsWith('first', ['token'])))
    expect({ exit, stdout, screen, asked: service.requests.length - before }).toEqual({
      exit: 2,
      stdout: '',
      screen: [
        'This sends 6 requests to https://bitbucket.org and https://api.bitbucket.org, 5 with a credential, some of them wrong on purpose.',
        'Nothing is written there. Repeat with --yes to do it.',
      ],
      asked: 0,
    })
  })

  it('reads no file of credentials that others can read', async () => {
    const path = credentialsWith('open', ['narrowToken'])
    chmodSync(path, 0o644)
    const { exit, screen } = await run([...real(path), '--yes'])
    expect({ exit, screen }).toEqual({
      exit: 1,
      screen: [`${path} can be read by others than its owner. chmod 600 ${path}`],
    })
  })

  it.each([
    ['another target', ['--target', 'https://bitbucket.example.com', '--yes']],
    ['a shorter pause', ['--target', 'https://bitbucket.org', '--interval-ms', '10']],
    ['an option that it does not have', ['--fast']],
  ])('refuses %s', async (_name, args) => {
    expect((await run(args)).exit).toBe(2)
  })

  it('walks the service, names the rows that differ, and records nothing private', async () => {
    const before = service.requests.length
    const path = file('recording.json')
    const args = [...real(credentialsWith('second', ['token'])), '--yes', '--json', '--record', path]
    const { exit, stdout, screen } = await run(args)
    const document = JSON.parse(stdout)
    const differs = document.rows.filter((row: { result: { kind: string } }) => row.result.kind === 'differs')
    const asked = service.requests.slice(before)
    expect({ exit, counts: document.counts, told: screen.length }).toEqual({
      exit: 3,
      counts: { same: asked.length - 2, differs: 2, leftOut: rows.length - asked.length, notAnswered: 0 },
      told: rows.length,
    })
    expect(differs.map((row: { id: string; settles: string }) => [row.id, row.settles])).toEqual([
      ['git-token-no-such-repository', 'noRepositoryAccess'],
      ['rest-token-fixed-user', 'errorTexts'],
    ])
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(new Set(asked.map(({ host }) => host))).toEqual(new Set(['bitbucket.org', 'api.bitbucket.org']))
    const recorded = readFileSync(path, 'utf8')
    expect(
      [account.secrets.token, 'acme', 'alice'].filter((text) => text !== undefined && recorded.includes(text)),
    ).toEqual([])

    const again = await run(['--recording', path])
    expect({ exit: again.exit, screen: again.screen }).toEqual({ exit: 3, screen: [] })
    expect(again.stdout).toMatch(/^git-token-no-such-repository +differs$/m)
    expect(existsSync(path)).toBe(true)
  })
})
