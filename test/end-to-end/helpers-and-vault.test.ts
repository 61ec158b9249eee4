import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { sealEnvelope } from '../../src/consumers/ansible-vault/envelope.ts'
import { type TemporaryFolder, temporaryFolder } from '../contract/fixtures.ts'
import { keyturn } from '../support/keyturn-process.ts'

const SENTINEL = 'x-bitbucket-api-token-auth'

let sandbox: Sandbox
let folder: TemporaryFolder
let secrets: { readonly app: string; readonly token: string }
let before: { readonly store: string; readonly play: string }

const at = (...names: string[]) => join(folder.path, ...names)
const storeText = () => readFileSync(at('home', 'kept'), 'utf8')
const playText = () => readFileSync(at('plays', 'deploy.yml'), 'utf8')

const global = (): readonly string[] => ['--home', at('state'), '--ca', sandbox.caFile]

function run(args: readonly string[], input?: string) {
  const environment = { ...sandbox.environment(), HOME: at('home'), GIT_CONFIG_NOSYSTEM: '1' }
  return keyturn({
    args: [...global(), ...args],
    folder: folder.path,
    environment,
    ...(input === undefined ? {} : { input }),
  })
}

function play(secret: string): string {
  const lines = sealEnvelope(
    { version: '1.2', label: 'ci', width: 80 },
    Buffer.from(secret),
    Buffer.from('open'),
    randomBytes(32),
  )
  return [
    '- vars:',
    '    bitbucket_user: alice',
    '    bitbucket_password: !vault |',
    ...lines.map((line) => `      ${line}`),
    '  tasks:',
    '    - git:',
    '        repo: "https://{{ bitbucket_user }}:{{ bitbucket_password | urlencode }}@bitbucket.org/team/app.git"',
    '',
  ].join('\n')
}

beforeAll(async () => {
  sandbox = await startSandbox()
  folder = temporaryFolder()
  const { world } = sandbox
  world.addUser({ username: 'alice', email: 'alice@example.org' })
  world.addWorkspace('team')
  await world.addRepository({ workspace: 'team', slug: 'app', isPrivate: true, files: { 'readme.md': 'x' } })
  world.grant('alice', 'team/app', 'write')
  const scopes = ['read:repository:bitbucket', 'write:repository:bitbucket', 'read:user:bitbucket']
  secrets = { app: world.addAppPassword('alice'), token: world.addApiToken('alice', { name: 'ci', scopes }) }
  for (const name of ['home', 'plays']) mkdirSync(at(name))
  writeFileSync(at('home', '.gitconfig'), `[credential]\n\thelper = store --file=${at('home', 'kept')}\n`)
  writeFileSync(at('home', 'kept'), `https://alice:${secrets.app}@bitbucket.org\n`, { mode: 0o600 })
  writeFileSync(at('plays', 'deploy.yml'), play(secrets.app))
  writeFileSync(at('password'), 'open\n', { mode: 0o600 })
  before = { store: storeText(), play: playText() }
  await run(['token', 'add', 'ci', '--email', 'alice@example.org'], secrets.token)
})
afterAll(async () => {
  await sandbox?.stop()
  folder?.remove()
})

test('what a helper keeps and what Ansible Vault encrypted is changed, proved, and put back', async () => {
  const plan = ['plan', 'plays', '--helpers', '--token', 'ci', '--repository', 'https://bitbucket.org/team/app']
  const planned = await run([...plan, '--vault-password-file', 'password', '-o', 'plan.json'])
  expect(planned.stdout).toContain('2 changes in 2 places')

  const unopened = await run(['apply', 'plan.json'])
  expect(unopened.exitCode).toBe(2)
  expect(unopened.stderr).toContain('  because  it is encrypted, and no password that was given opens it\n')
  expect(unopened.stderr).toContain(`  next     keyturn ${global().join(' ')} apply PLAN --vault-password-file FILE\n`)
  expect({ store: storeText(), play: playText() }).toEqual(before)

  const applied = await run(['apply', 'plan.json', '--vault-password-file', 'password'])
  expect(applied.stdout).toContain('2 places of 2 changed and proved')
  expect(applied.exitCode).toBe(0)
  const filled = execFileSync('git', ['credential', 'fill'], {
    input: 'protocol=https\nhost=bitbucket.org\n\n',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: at('home'), GIT_CONFIG_NOSYSTEM: '1' },
  })
  expect(filled).toContain(`username=${SENTINEL}\npassword=${secrets.token}\n`)
  expect(playText()).toContain(`bitbucket_user: ${SENTINEL}\n`)

  const without = await run(['verify'])
  expect(without.stdout).toContain('1 of 2 places verified')
  expect((await run(['verify', '--vault-password-file', 'password'])).stdout).toContain('2 of 2 places verified')

  const back = await run(['rollback', '--yes'])
  expect(back.stdout).toContain('2 places put back')
  expect({ store: storeText(), play: playText() }).toEqual(before)
}, 120_000)

test('a whole file of any name is opened when the password is given', async () => {
  const text = `---\nbitbucket_user: alice\nbitbucket_password: ${secrets.app}\n`
  const kind = { version: '1.1', width: 80 } as const
  const lines = sealEnvelope(kind, Buffer.from(text), Buffer.from('open'), randomBytes(32))
  mkdirSync(at('group_vars'))
  writeFileSync(at('group_vars', 'all.yml'), `${lines.join('\n')}\n`)
  const scan = async (...more: string[]) => {
    const { places } = JSON.parse((await run(['scan', 'group_vars', '--json', ...more])).stdout)
    return places.map(({ address }: { readonly address: string }) => address)
  }
  expect(await scan('--vault-password-file', 'password')).toEqual(['bitbucket_password'])
  expect(await scan()).toEqual([])
})

test('a file without a password is refused, as Ansible refuses it: nothing would have been opened, and nothing said', async () => {
  writeFileSync(at('empty'), '\n')
  const { exitCode, stderr } = await run(['scan', 'plays', '--vault-password-file', 'empty'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('it is empty, and Ansible Vault takes no empty password')
})
