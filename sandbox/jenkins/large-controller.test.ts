import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JenkinsForTests, jenkinsForTests, XML_UTF8 } from './jenkins-for-tests.ts'

let stand: JenkinsForTests

beforeEach(async () => {
  stand = await jenkinsForTests()
  await stand.jenkins.addMany({ folders: 3, credentials: 8, jobs: 7, seed: 'many' })
})
afterEach(() => stand.end())

const json = async (path: string): Promise<unknown> => JSON.parse((await stand.admin(path)).text)
const STORE = '/job/folder-0/credentials/store/folder'

test('credentials and jobs are dealt out to the folders, and the tree shows them in pages', async () => {
  const names = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer).replaceAll(/"_class":"[^"]*",?/g, ''))
  expect(names(await json('/api/json?tree=jobs[name,jobs[name]]{0,1}'))).toEqual({
    jobs: [{ jobs: [{ name: 'job-0-0' }, { name: 'job-0-1' }, { name: 'job-0-2' }], name: 'folder-0' }],
  })
  expect(names(await json('/api/json?tree=jobs[name]{1,9}'))).toEqual({
    jobs: [{ name: 'folder-1' }, { name: 'folder-2' }],
  })
  expect(await json(`${STORE}/api/json?tree=domains[credentials[id]{1,9}]`)).toMatchObject({
    domains: { _: { credentials: [{ id: 'bb-0-1' }, { id: 'bb-0-2' }] } },
  })
})

test('a job names a credential of its folder, and its configuration is that of any other', async () => {
  const { text } = await stand.admin('/job/folder-0/job/job-0-1/config.xml')
  expect(text).toContain('<credentialsId>bb-0-1</credentialsId>')
  expect(text).toContain('<url>https://bitbucket.org/acme/repo-0-1.git</url>')
})

test('a folder is written when one of its credentials changes', async () => {
  const path = `${STORE}/domain/_/credential/bb-0-0/config.xml`
  const { text } = await stand.admin(path)
  const body = text.replace(/<secret-redacted\s*\/>/, 'other')
  expect((await stand.admin(path, { method: 'POST', body, type: XML_UTF8 })).status).toBe(200)
  const isWritten = (folder: string) => existsSync(join(stand.jenkins.home, 'jobs', folder, 'config.xml'))
  expect(['folder-0', 'folder-1'].map(isWritten)).toEqual([true, false])
})
