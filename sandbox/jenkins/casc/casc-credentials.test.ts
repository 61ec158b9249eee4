import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type JenkinsForTests, jenkinsForTests } from '../jenkins-for-tests.ts'
import { OVERALL_READ, SYSTEM_READ } from '../permissions.ts'

const YAML = `# written by hand
jenkins:
  systemMessage: "Managed: do not edit"
credentials:
  system:
    domainCredentials:
      - credentials:
          - usernamePassword:
              scope: GLOBAL
              id: bb
              username: ci@acme.example
              password: "\${BITBUCKET_TOKEN}"
              description: 'the team''s "CI" user'
          - string:
              id: text
              secret: |-
                one
                two
      - domain:
          name: api
          specifications:
          - hostnameSpecification:
              includes: "api.bitbucket.org"
        credentials:
        - usernamepassword: {}
        - usernamePassword:
            id: api
            username: \${NAME:-nobody}
            password: p
`

let folder: string
let stand: JenkinsForTests
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'casc-'))
})
afterEach(() => stand.end())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function start(more = {}): Promise<void> {
  const source = join(folder, 'jenkins.yaml')
  writeFileSync(source, YAML)
  stand = await jenkinsForTests({
    plugins: { 'configuration-as-code': '2117' },
    casc: { source, variables: { BITBUCKET_TOKEN: 'from-the-vault' } },
    ...more,
  })
}

const listed = async () => {
  const tree = 'tree=domains[credentials[id,displayName]]'
  const { domains } = JSON.parse((await stand.admin(`/credentials/store/system/api/json?${tree}`)).text)
  return Object.fromEntries(
    Object.entries<{ credentials: { id: string; displayName: string }[] }>(domains).map(([name, { credentials }]) => [
      name,
      credentials.map((each) => `${each.id}: ${each.displayName}`),
    ]),
  )
}
const DECLARED = {
  _: [`bb: ci@acme.example/****** (the team's "CI" user)`, 'text: text'],
  api: [': /******', 'api: nobody/******'],
}

test('the sources decide about the system credentials, and a change is undone at the next start', async () => {
  await start()
  expect(await listed()).toEqual(DECLARED)
  await stand.jenkins.addCredential({ store: 'system', id: 'migrated', username: 'u', secret: 's' })
  const stored = () => readFileSync(join(stand.jenkins.home, 'credentials.xml'), 'utf8')
  expect(stored()).toContain('<id>migrated</id>')
  await stand.jenkins.restart()
  expect(await listed()).toEqual(DECLARED)
  expect(stored()).not.toContain('<id>migrated</id>')
})

test('a reload by either address applies them as well', async () => {
  await start()
  for (const path of ['/reload', '/configuration-as-code/reload']) {
    await stand.jenkins.addCredential({ store: 'system', id: 'migrated', username: 'u', secret: 's' })
    expect((await stand.admin(path, { method: 'POST' })).status).toBe(302)
    for (let at = 0; at < 2; at++) await stand.admin('/login')
    expect(await listed()).toEqual(DECLARED)
  }
})

test('the export holds the encrypted secrets, for those who may read the system', async () => {
  await start()
  const reader = stand.userWith(OVERALL_READ, SYSTEM_READ)
  expect((await reader('/configuration-as-code/')).status).toBe(200)
  const { status, text, headers } = await reader('/configuration-as-code/export', { method: 'POST' })
  expect([status, headers.get('content-type')]).toEqual([200, 'application/x-yaml; charset=utf-8'])
  expect(
    text
      .replace(/\{AQAAABAAAA[^}]*\}/g, '{payload}')
      .split('\n')
      .slice(0, 11),
  ).toEqual([
    'credentials:',
    '  system:',
    '    domainCredentials:',
    '    - credentials:',
    '      - usernamePassword:',
    '          description: "the team\'s \\"CI\\" user"',
    '          id: "bb"',
    '          password: "{payload}"',
    '          scope: GLOBAL',
    '          username: "ci@acme.example"',
    '      - string:',
  ])
  const refused = await stand.userWith(OVERALL_READ)('/configuration-as-code/export', { method: 'POST' })
  expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([403, SYSTEM_READ])
  expect((await reader('/configuration-as-code/export')).status).toBe(405)
})

test('an export is a source again, and gives the same credentials', async () => {
  await start()
  const exported = (await stand.admin('/configuration-as-code/export', { method: 'POST' })).text
  writeFileSync(join(folder, 'jenkins.yaml'), exported)
  await stand.jenkins.restart()
  expect(await listed()).toEqual(DECLARED)
  expect((await stand.admin('/configuration-as-code/export', { method: 'POST' })).text).toBe(exported)
})

test('a source that says nothing about credentials leaves them alone, and without the plugin nothing is read', async () => {
  await start()
  await stand.end()
  const home = join(folder, 'home')
  mkdirSync(home)
  writeFileSync(join(home, 'jenkins.yaml'), YAML)
  stand = await jenkinsForTests({ home })
  expect(await listed()).toEqual({ _: [] })
  expect((await stand.admin('/configuration-as-code/')).status).toBe(404)
  await stand.jenkins.stop()
  writeFileSync(join(home, 'jenkins.yaml'), 'jenkins:\n  mode: EXCLUSIVE\n')
  stand = await jenkinsForTests({ home, plugins: { 'configuration-as-code': '2117' } })
  await stand.jenkins.addCredential({ store: 'system', id: 'own', username: 'u', secret: 's' })
  await stand.jenkins.restart()
  expect(await listed()).toEqual({ _: ['own: u/******'] })
})
