import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GitServerStub, startGitServer } from '../git-server-stub.ts'
import { FORM, type JenkinsForTests, jenkinsForTests } from '../jenkins-for-tests.ts'
import { CREDENTIALS_VIEW, ITEM_READ, OVERALL_READ } from '../permissions.ts'
import { isAtLeast } from '../plugin-version.ts'

const CHECK_URL = '/descriptorByName/hudson.plugins.git.UserRemoteConfig/checkUrl'
const PASSWORD = 'right "password" $HOME'

let folder: string
let git: GitServerStub
let stand: JenkinsForTests
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'descriptor-'))
  git = await startGitServer({ folder, username: 'x-bitbucket-api-token-auth', password: PASSWORD })
  stand = await jenkinsForTests({ controllerHome: folder })
  await stand.jenkins.addCredential({
    store: 'system',
    id: 'good',
    username: 'x-bitbucket-api-token-auth',
    secret: PASSWORD,
  })
  await stand.jenkins.addCredential({ store: 'system', id: 'bad', username: 'x', secret: 'wrong' })
  await stand.jenkins.addCredential({
    store: 'system',
    id: 'system-only',
    username: 'x-bitbucket-api-token-auth',
    secret: PASSWORD,
    scope: 'SYSTEM',
  })
  await stand.jenkins.addFreestyleJob({ fullName: 'team/shop', url: git.url })
})
afterAll(async () => {
  await stand.end()
  await git.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('checkUrl', () => {
  const check = (credentialsId: string, value = git.url, base = '', as = stand.admin) =>
    as(base + CHECK_URL, { method: 'POST', type: FORM, body: new URLSearchParams({ value, credentialsId }).toString() })

  test('a credential that works is a bare div', async () => {
    const { status, headers, text } = await check('good')
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/html;charset=UTF-8', '<div/>'])
  })

  test('a wrong one tells what git said', async () => {
    expect((await check('bad')).text).toBe(
      `<div class="error">Failed to connect to repository : Command &quot;git ls-remote -h -- ${git.url} HEAD&quot; returned status code 128:<br>stdout: <br>stderr: remote: You may not have access to this repository or it no longer exists<br>fatal: Authentication failed for &#039;${git.url}/&#039;<br></div>`,
    )
  })

  test('no credential and an unknown id are both tested without one', async () => {
    const [none, unknown] = [(await check('')).text, (await check('nope')).text]
    expect(none).toContain('Authentication failed')
    expect(unknown).toBe(none)
  })

  test('an empty URL is an error, a variable in it is not tested', async () => {
    expect((await check('good', '')).text).toBe('<div class="error">Please enter Git repository.</div>')
    expect((await check('bad', 'https://$HOST/x.git')).text).toBe('<div/>')
  })

  test('without the permission the answer is the same bare div', async () => {
    const viewer = stand.userWith(OVERALL_READ, ITEM_READ, CREDENTIALS_VIEW)
    expect((await check('bad', git.url, '', viewer)).text).toBe('<div/>')
    expect((await check('bad', git.url, '/job/team/job/shop', viewer)).text).toBe('<div/>')
  })

  test('a job does not see a credential of SYSTEM scope, the root does', async () => {
    expect((await check('system-only')).text).toBe('<div/>')
    expect((await check('system-only', git.url, '/job/team/job/shop')).text).toContain('Authentication failed')
    expect((await check('good', git.url, '/job/team/job/shop')).text).toBe('<div/>')
  })

  test('an ambient netrc of the controller answers for a missing credential', async () => {
    writeFileSync(
      join(folder, '.netrc'),
      `machine 127.0.0.1 login x-bitbucket-api-token-auth password "${PASSWORD.replaceAll('"', '\\"')}"\n`,
    )
    const { text } = await check('')
    rmSync(join(folder, '.netrc'))
    expect(text).toBe('<div/>')
  })

  test('GET is 405', async () => {
    expect((await stand.admin(`${CHECK_URL}?value=${encodeURIComponent(git.url)}`)).status).toBe(405)
  })

  test('checkCredentialsId only knows the list', async () => {
    const path = `${CHECK_URL.replace('checkUrl', 'checkCredentialsId')}?url=${encodeURIComponent(git.url)}&value=`
    expect((await stand.admin(`${path}bad`)).text).toBe('<div/>')
    expect((await stand.admin(`${path}nope`)).text).toBe(
      '<div class="warning">Cannot find any credentials with id nope</div>',
    )
  })
})

describe('checkCredentialsId of the Bitbucket branch source', () => {
  const PATH = '/descriptorByName/com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource/checkCredentialsId'
  const OK = '<div/>'
  const REFUSED =
    '<div class="error">Selected credentials does not match any criteria for the selected Bitbucket instance: https://bitbucket.org</div>'
  const REFUSED_937_3_4 = '<div class="error">Invalid credentials for https://bitbucket.org</div>'

  const answers = async (version: string) => {
    const other = await jenkinsForTests({ plugins: { 'cloudbees-bitbucket-branch-source': version } })
    const add = (id: string, username: string, length: number) =>
      other.jenkins.addCredential({ store: 'system', id, username, secret: 'a'.repeat(length) })
    await add('token', 'alice@example.test', 192)
    await add('short', 'alice@example.test', 191)
    await add('sentinel', 'x-bitbucket-api-token-auth', 192)
    await add('consumer', 'k'.repeat(18), 32)
    await other.jenkins.addSecretText({ store: 'system', id: 'access', secret: 'text' })
    const found: Record<string, string> = {}
    for (const id of ['token', 'short', 'sentinel', 'consumer', 'access', 'nope', '']) {
      const query = new URLSearchParams({ value: id, serverUrl: 'https://bitbucket.org' })
      found[id] = (await other.admin(`${PATH}?${query}`)).text
    }
    await other.end()
    return found
  }

  test('937.3.9 wants an e-mail and 192 characters, a consumer or an access token', async () => {
    expect(await answers('937.3.9')).toEqual({
      token: OK,
      short: REFUSED,
      sentinel: REFUSED,
      consumer: OK,
      access: OK,
      nope: '<div class="error">Credentials nope not found.</div>',
      '': '<div class="warning">Credentials are required for build notifications</div>',
    })
  })

  test('937.3.4 refuses the same with other words', async () => {
    expect(await answers('937.3.4')).toMatchObject({ token: OK, short: REFUSED_937_3_4, sentinel: REFUSED_937_3_4 })
  })

  test('937.3.3 takes every id, known or not', async () => {
    expect(await answers('937.3.3')).toMatchObject({ token: OK, short: OK, sentinel: OK, nope: OK })
  })
})

test('the remote of a plain git source is not looked up, and its credential only in the list', async () => {
  const path = '/descriptorByName/jenkins.plugins.git.GitSCMSource'
  expect((await stand.admin(`${path}/checkRemote?remote=https://unknown.example/x.git`)).text).toBe('<div/>')
  const query = new URLSearchParams({ value: 'nope', remote: git.url })
  expect((await stand.admin(`${path}/checkCredentialsId?${query}`)).text).toBe(
    '<div class="warning">Cannot find any credentials with id nope</div>',
  )
})

test.each([
  ['937.3.9', '937.3.4', true],
  ['937.3.4', '937.3.4', true],
  ['937.3.3', '937.3.4', false],
  ['937.10.0', '937.3.4', true],
  ['936.9', '937.0.0', false],
])('version %s is at least %s: %s', (version, floor, expected) => {
  expect(isAtLeast(version, floor)).toBe(expected)
})
