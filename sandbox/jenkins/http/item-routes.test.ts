import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JenkinsForTests, jenkinsForTests, XML_UTF8 } from '../jenkins-for-tests.ts'
import { ITEM_CONFIGURE, ITEM_EXTENDED_READ, ITEM_READ, OVERALL_READ } from '../permissions.ts'

let stand: JenkinsForTests
beforeAll(async () => {
  stand = await jenkinsForTests()
  await stand.jenkins.addFreestyleJob({ fullName: 'shop', url: 'https://bitbucket.org/a/b.git', credentialsId: 'bb' })
  await stand.jenkins.addMultibranchJob({ fullName: 'many', repoOwner: 'a', repository: 'b' })
})
afterAll(() => stand.end())

const CONFIG = '<project><description>é</description><scm class="hudson.scm.NullSCM"/></project>'
const post = (body: string) => ({ method: 'POST', type: XML_UTF8, body })

test('a freestyle job exports its remotes, and anything else does not', async () => {
  const tree = 'jobs[name,scm[userRemoteConfigs[url,credentialsId]]]'
  const { jobs } = JSON.parse((await stand.admin(`/api/json?tree=${tree}`)).text)
  const _class = 'hudson.plugins.git.GitSCM'
  expect(jobs.map(({ name, scm }: { name: string; scm?: unknown }) => [name, scm])).toEqual([
    ['shop', { _class, userRemoteConfigs: [{ credentialsId: 'bb', url: 'https://bitbucket.org/a/b.git' }] }],
    ['many', undefined],
  ])
})

test('a configuration is read with ExtendedRead and changed with Configure, through which jobs see the new id', async () => {
  const reader = stand.userWith(OVERALL_READ, ITEM_READ, ITEM_EXTENDED_READ)
  const read = await reader('/job/shop/config.xml')
  expect([read.status, read.headers.get('content-type')]).toEqual([200, 'application/xml'])
  expect(read.text).toContain('<scm class="hudson.plugins.git.GitSCM" plugin="git@5.10.1">')
  const changed = read.text.replace('<credentialsId>bb<', '<credentialsId>other<')
  const refused = await reader('/job/shop/config.xml', post(changed))
  expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([403, ITEM_CONFIGURE])
  expect(refused.headers.get('x-permission-implied-by')).toBe('hudson.model.Hudson.Administer')
  expect((await stand.admin('/job/shop/config.xml', post(changed))).status).toBe(200)
  expect((await reader('/job/shop/config.xml')).text).toContain('<credentialsId>other</credentialsId>')
})

test('a configuration of another kind, or malformed, is 500 and changes nothing', async () => {
  const before = (await stand.admin('/job/shop/config.xml')).text
  for (const body of ['<flow-definition/>', '<project>']) {
    expect((await stand.admin('/job/shop/config.xml', post(body))).status).toBe(500)
  }
  expect((await stand.admin('/job/shop/config.xml')).text).toBe(before)
})

test('an item is created once, and deleted', async () => {
  expect((await stand.admin('/createItem?name=new', post(CONFIG))).status).toBe(200)
  expect((await stand.admin('/createItem?name=new', post(CONFIG))).status).toBe(400)
  expect(JSON.parse((await stand.admin('/job/new/api/json?tree=description')).text).description).toBe('é')
  expect((await stand.userWith(OVERALL_READ, ITEM_READ)('/job/new/', { method: 'DELETE' })).status).toBe(403)
  expect((await stand.admin('/job/new/', { method: 'DELETE' })).status).toBe(204)
  expect((await stand.admin('/job/new/api/json')).status).toBe(404)
  expect(existsSync(join(stand.jenkins.home, 'jobs', 'new'))).toBe(false)
})

test.each(['../x', '..', 'a/b', ''])('the name %j is refused for a new item', async (name) => {
  expect((await stand.admin(`/createItem?name=${encodeURIComponent(name)}`, post(CONFIG))).status).toBe(400)
})

test('an item of an unknown kind is 500 and leaves nothing on disk', async () => {
  expect((await stand.admin('/createItem?name=odd', post('<com.example.Odd/>'))).status).toBe(500)
  expect(existsSync(join(stand.jenkins.home, 'jobs', 'odd'))).toBe(false)
})

test('a disabled job is 409', async () => {
  await stand.admin('/createItem?name=off', post('<project><disabled>true</disabled></project>'))
  expect((await stand.admin('/job/off/build', { method: 'POST' })).status).toBe(409)
})

test('a multibranch project that was never scanned says that there is no file', async () => {
  const log = await stand.admin('/job/many/indexing/consoleText')
  expect([log.status, log.text.startsWith('No such file: ')]).toEqual([200, true])
})

test('an unknown item, a build that never was, and a store of a plain job are 404', async () => {
  for (const path of ['/job/none/api/json', '/job/shop/1/api/json', '/job/shop/credentials/store/folder/api/json']) {
    expect((await stand.admin(path)).status).toBe(404)
  }
})
