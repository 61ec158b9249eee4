import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyturn } from '../../src/index.ts'
import { keyturn } from '../support/keyturn-process.ts'
import { ALICE, type RoundTripStage, setRoundTripStage } from './round-trip-stage.ts'

/** What somebody meets who uses keyturn for the first time, and types what the examples say. */
let stage: RoundTripStage
const token = (): string => stage.marks['API_TOKEN'] ?? ''

beforeAll(async () => {
  stage = await setRoundTripStage('netrc')
})
afterAll(() => stage?.end())

describe('the e-mail of a new token', () => {
  it.each([
    ['as the example has it', 'E-MAIL', 2, 'it is not an e-mail address'],
    ['of somebody else', 'bob@acme.example', 3, 'Bitbucket takes it, but not under bob@acme.example'],
  ])('is refused %s, and nothing is kept', async (_, email, exitCode, because) => {
    const ended = await stage.run(['token', 'add', 'new', '--email', email], token())
    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect(ended.stderr.replaceAll(/\s+/g, ' ')).toContain(because)
    expect((await stage.run(['token', 'list'])).stdout).toContain('The vault is empty.')
  })

  it('can be given later with the same token, and is asked about', async () => {
    await stage.run(['token', 'add', 'new', '--username', ALICE.username], token())
    const again = await stage.run(['token', 'add', 'new', '--email', ALICE.email], token())
    expect(again.stdout).toContain('Bitbucket knows it.')
    const { tokens } = JSON.parse((await stage.run(['token', 'list', '--json'])).stdout)
    expect(tokens).toMatchObject([{ name: 'new', email: ALICE.email, username: ALICE.username }])
  })
})

describe('the username of a new token', () => {
  it.each([
    ['that is an e-mail address', 'bob@acme.example', 2, 'which git does not take as a username'],
    ['of somebody else', 'bob', 3, 'Bitbucket says that it is the token of alice, not of bob'],
    ['in another case', 'Alice', 3, 'Bitbucket says that it is the token of alice, not of Alice'],
  ])('is refused %s, and nothing is kept', async (_, username, exitCode, because) => {
    const ended = await stage.run(['token', 'add', 'other', '--email', ALICE.email, '--username', username], token())
    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect(ended.stderr.replaceAll(/\s+/g, ' ')).toContain(because)
    expect((await stage.run(['token', 'list'])).stdout).not.toContain('other')
  })
})

describe('a token that was copied with white space around it', () => {
  it.each([{ offline: true }, {}])('is kept without it, %o', async (more) => {
    const keyturn = await openKeyturn({ environment: stage.environment })
    const { email } = ALICE
    const { usable, token: kept } = await keyturn.addToken({
      name: 'copied',
      secret: `  ${token()} \t`,
      email,
      ...more,
    })
    await keyturn.removeToken('copied')
    expect([usable, kept.secret.reveal() === token()]).toEqual([true, true])
  })
})

describe('a token that was copied with something around it', () => {
  it.each([(text: string) => `"${text}"`, (text: string) => `alice:${text}`])('is told as that, %#', async (around) => {
    const { stderr } = await stage.run(['token', 'add', 'copied'], around(token()))
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('something stands before or after the token')
    const asked = ['doctor', 'https://bitbucket.org/acme/web.git', '--username', ALICE.username, '--secret-stdin']
    const { stdout } = await stage.run(asked, around(token()))
    expect(stdout).toContain('The secret was cut short or altered (D109)')
  })
})

describe('what a new token may do', () => {
  it('fits the screen, one scope a line', async () => {
    const { stdout } = await stage.run(['token', 'check'])
    expect(stdout).toContain('\n       write:repository:bitbucket\n')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})

describe('a token that may not read its user', () => {
  it('is usable in JSON as on the screen: no diagnosis advises to create another', async () => {
    const scopes = ['read:repository:bitbucket']
    const narrow = stage.sandbox.world.addApiToken(ALICE.username, { name: 'narrow', scopes })
    await stage.run(['token', 'add', 'narrow', '--email', ALICE.email], narrow)
    const { exitCode, stdout } = await stage.run(['token', 'check', 'narrow', '--json'])
    await stage.run(['token', 'remove', 'narrow'])
    const { tokens } = JSON.parse(stdout)
    expect({ exitCode, tokens }).toMatchObject({
      exitCode: 0,
      tokens: [{ usable: true, scopes, consultation: { diagnoses: [], answers: {} } }],
    })
    expect(tokens[0].consultation.diagnoses).toEqual([])
  })
})

describe('a token that Bitbucket refuses', () => {
  const refusedToken = (): string => {
    const made = stage.sandbox.world.addApiToken(ALICE.username, { name: 'ended' })
    stage.sandbox.world.expireToken(made)
    return made
  }

  it('is not kept, also where nothing tells for which of several causes', async () => {
    const ended = await stage.run(['token', 'add', 'ended'], refusedToken())
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' })
    const words = ended.stderr.replaceAll(/\s+/g, ' ')
    expect(words).toContain('because D190: Bitbucket refuses it. What was asked does not tell them apart')
    expect(words).toContain('which tells them apart: keyturn token add ended --email ADDRESS')
    expect((await stage.run(['token', 'list'])).stdout).not.toContain('ended')
  })

  it('is made anew where its kind is made', async () => {
    const { world } = stage.sandbox
    const made = world.addAccessToken({ resource: 'acme/app', name: 'ended', scopes: ['repository'] })
    world.expireToken(made)
    const { stderr } = await stage.run(['token', 'add', 'ended'], made)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('next Create the token anew in the settings of the repository')
  })

  it('is said to be refused, and not to have had no answer', async () => {
    await stage.run(['token', 'add', 'ended', '--offline'], refusedToken())
    const { exitCode, stdout } = await stage.run(['token', 'check', 'ended'])
    const { tokens } = JSON.parse((await stage.run(['token', 'check', 'ended', '--json'])).stdout)
    await stage.run(['token', 'remove', 'ended'])
    expect([exitCode, stdout.replace(/#\w+/, '#…')]).toEqual([3, '  !  ended  #…  D190: Bitbucket refuses it\n'])
    expect(tokens).toMatchObject([{ usable: false, consultation: { diagnoses: [{ code: 'D190' }] } }])
  })
})

describe('a token that Bitbucket could not be asked about', () => {
  it('is not said to be known', async () => {
    const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
    const environment = { ...stage.environment, ...nowhere }
    const folder = stage.environment['HOME'] ?? ''
    const { exitCode, stdout } = await keyturn({ args: ['token', 'check', 'new'], folder, environment })
    expect({ exitCode, stdout: stdout.replace(/#\w+/, '#…') }).toEqual({
      exitCode: 3,
      stdout: '  ?  new  #…  Bitbucket gave no answer about it\n',
    })
  })

  it.each([
    ['not asked', ['--offline'], 'Bitbucket was not asked.'],
    ['without an answer', [], 'Bitbucket gave no answer about it.'],
  ])('keeps the scopes that were told before, %s', async (_, more, first) => {
    const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
    const environment = { ...stage.environment, ...nowhere }
    const folder = stage.environment['HOME'] ?? ''
    const day = new Date(Date.now() + 100 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
    const args = ['token', 'add', 'new', '--expires', day, ...more]
    const { stdout } = await keyturn({ args, folder, environment, input: token() })
    expect(stdout).toContain(`${first} Its scopes, as told before:\n    read:repository:bitbucket\n`)
    const { tokens } = JSON.parse((await stage.run(['token', 'list', '--json'])).stdout)
    expect(tokens).toMatchObject([{ expiresAt: `${day}T00:00:00.000Z`, scopes: expect.any(Array) }])
  })
})

describe('a tool that signs in to git and REST under two names', () => {
  it('is changed and proved on both sides, each under the name that the tool sends there', async () => {
    const folder = join(stage.home, 'tools')
    await mkdir(folder)
    const old = stage.marks['APP_PASSWORD'] ?? ''
    await writeFile(join(folder, 'atlantis.yaml'), `bitbucket-user: alice\nbitbucket-token: ${old}\n`)
    await writeFile(
      join(folder, 'config.js'),
      `module.exports = {\n  platform: 'bitbucket',\n  username: 'alice',\n  password: '${old}',\n}\n`,
    )
    await writeFile(
      join(folder, 'argocd.yaml'),
      `apiVersion: v1
kind: Secret
metadata:
  name: web
  labels:
    argocd.argoproj.io/secret-type: repository
stringData:
  url: https://bitbucket.org/acme/web.git
  username: alice
  password: ${old}
`,
    )
    const scopes = ['read:repository:bitbucket', 'write:repository:bitbucket', 'read:pullrequest:bitbucket']
    const all = [...scopes, 'write:pullrequest:bitbucket', 'read:user:bitbucket', 'read:workspace:bitbucket']
    const made = stage.sandbox.world.addApiToken(ALICE.username, { name: 'tools', scopes: all })
    await stage.run(['token', 'add', 'tools', '--email', ALICE.email, '--username', ALICE.username], made)
    const repository = ['--repository', 'https://bitbucket.org/acme/web.git']
    await stage.run(['plan', folder, ...repository, '--token', 'tools', '-o', 'tools.yaml'])
    const { exitCode, stderr, stdout } = await stage.run(['apply', 'tools.yaml', '--yes'])
    expect({ exitCode, stderr, open: stdout.split('\n').filter((line) => /^ {2}[?!·]/.test(line)) }).toEqual({
      exitCode: 0,
      stderr: '',
      open: [],
    })
    const again = await stage.run(['plan', folder, '--repository', 'acme/web', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ steps: [], manual: [] })
  })
})

describe('a place that names no repository', () => {
  it('is told before the change, and can be proved after it', async () => {
    const folder = join(stage.home, 'terraform')
    await mkdir(folder)
    const old = stage.marks['APP_PASSWORD'] ?? ''
    await writeFile(join(folder, 'main.tf'), `provider "bitbucket" {\n  username = "alice"\n  password = "${old}"\n}\n`)
    const planned = await stage.run(['plan', folder, '--token', 'new', '-o', 'terraform.yaml'])
    expect(planned.stdout).toContain('s1 cannot be proved: nothing tells which repository is used there.')
    const applied = await stage.run(['apply', 'terraform.yaml', '--yes'])
    const run = /rollback (r\S+)/.exec(applied.stdout)?.[1] ?? ''
    const codes = [applied.exitCode]
    for (const args of [['verify'], ['forget', run], ['verify', '--repository', 'acme/web']])
      codes.push((await stage.run(args)).exitCode)
    codes.push((await stage.run(['forget', run, '--repository', 'https://bitbucket.org/acme/web.git'])).exitCode)
    expect(codes).toEqual([3, 3, 3, 0, 0])
  })
})

describe('the e-mail of a token that is found under another name', () => {
  it.each([
    ['as the example has it', 'E-MAIL', 2, undefined],
    ['of somebody else', 'bob@acme.example', 3, undefined],
    ['of its owner', ALICE.email, 0, ALICE.email],
  ])('is written only where REST takes the token under it: %s', async (_, email, exitCode, written) => {
    const folder = join(stage.home, 'found')
    await mkdir(folder, { recursive: true })
    const made = stage.sandbox.world.addApiToken(ALICE.username, { name: 'found' })
    await writeFile(
      join(folder, 'main.tf'),
      `provider "bitbucket" {\n  username = "alice"\n  password = "${made}"\n}\n`,
    )
    const planned = await stage.run(['plan', folder, '--email', email, '--json'])
    const { steps = [] } = JSON.parse(planned.stdout)
    expect([planned.exitCode, steps[0]?.to.username.set]).toEqual([exitCode, written])
  })
})

describe('the doctor without a URL', () => {
  it('asks about the remote of the clone that it is run in, and elsewhere for a URL', async () => {
    const clone = join(stage.home, 'clone')
    const { exitCode, stdout } = await stage.run(['doctor', '--folder', clone, '--as-home', stage.home, '--json'])
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ chain: { url: 'https://bitbucket.org/acme/app.git' } })
    expect(await stage.run(['doctor'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git'),
    })
  })
})
