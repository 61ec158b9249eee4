import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GitServerStub, startGitServer } from './git-server-stub.ts'
import { type JenkinsForTests, jenkinsForTests, XML_UTF8 } from './jenkins-for-tests.ts'

const BB = '/credentials/store/system/domain/_/credential/bb'
const TREE = 'tree=fingerprint[fileName,hash,usage[name,ranges[ranges[start,end]]]]'

let folder: string
let git: GitServerStub
let stand: JenkinsForTests
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usage-'))
  git = await startGitServer({ folder, username: 'u', password: 'p' })
  stand = await jenkinsForTests()
  await stand.jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 'p', description: 'CI' })
  await stand.jenkins.addFreestyleJob({ fullName: 'team/shop', url: git.url, credentialsId: 'bb' })
})
afterAll(async () => {
  await stand.end()
  await git.stop()
  rmSync(folder, { recursive: true, force: true })
})

const fingerprint = async () => JSON.parse((await stand.admin(`${BB}/api/json?${TREE}`)).text).fingerprint

test('a credential that was never used has none', async () => {
  expect(await fingerprint()).toBeNull()
})

test('the builds that used it are ranges whose end is exclusive, and an edit starts anew', async () => {
  for (let at = 0; at < 2; at++) await stand.jenkins.build('team/shop')
  expect(await fingerprint()).toEqual({
    _class: 'hudson.model.Fingerprint',
    fileName: 'Credential id=bb name=u/****** (CI)',
    hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    usage: [{ name: 'team/shop', ranges: { ranges: [{ end: 3, start: 1 }] } }],
  })
  const [file] = readdirSync(join(stand.jenkins.home, 'fingerprints'), { recursive: true })
    .map(String)
    .filter((each) => each.endsWith('.xml'))
  expect(file).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{28}\.xml$/)
  expect(readFileSync(join(stand.jenkins.home, 'fingerprints', file ?? ''), 'utf8')).toContain('<ranges>1-2</ranges>')

  const renamed = (await stand.admin(`${BB}/config.xml`)).text
    .replace('<description>CI', '<description>New')
    .replace(/<password>[\s\S]*<\/password>/, `<password>${storedPassword()}</password>`)
  expect((await stand.admin(`${BB}/config.xml`, { method: 'POST', type: XML_UTF8, body: renamed })).status).toBe(200)
  expect((await fingerprint()).usage).toHaveLength(1)
  const edited = renamed.replace(/<password>[\s\S]*<\/password>/, '<password>p</password>')
  await stand.admin(`${BB}/config.xml`, { method: 'POST', type: XML_UTF8, body: edited })
  expect(await fingerprint()).toBeNull()
})

function storedPassword(): string {
  return /<password>([^<]*)</.exec(readFileSync(join(stand.jenkins.home, 'credentials.xml'), 'utf8'))?.[1] ?? ''
}

test('where tracking is off nothing is written', async () => {
  const other = await jenkinsForTests({ usageTracking: false })
  await other.jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 'p' })
  await other.jenkins.addFreestyleJob({ fullName: 'shop', url: git.url, credentialsId: 'bb' })
  await other.jenkins.build('shop')
  expect(readdirSync(other.jenkins.home)).not.toContain('fingerprints')
  await other.end()
})
