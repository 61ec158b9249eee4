import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FORM, type JenkinsForTests, jenkinsForTests } from '../jenkins-for-tests.ts'
import { ITEM_READ, MANAGE, OVERALL_READ, SYSTEM_READ } from '../permissions.ts'

let stand: JenkinsForTests
beforeAll(async () => {
  stand = await jenkinsForTests()
  await stand.jenkins.addFreestyleJob({ fullName: 'team/inner/shop', url: 'https://bitbucket.org/acme/shop.git' })
  await stand.jenkins.addPipelineJob({ fullName: 'pipe', url: 'https://bitbucket.org/acme/shop.git' })
  await stand.jenkins.addMultibranchJob({
    fullName: 'many',
    repoOwner: 'acme',
    repository: 'shop',
    credentialsId: 'bb',
  })
})
afterAll(() => stand.end())

describe('who may come in', () => {
  test('the log-in page and its version header are public', async () => {
    const { status, headers } = await stand.as('')('/login')
    expect([status, headers.get('x-jenkins'), headers.get('x-frame-options')]).toEqual([200, '2.568.2', 'deny'])
    expect(headers.get('x-jenkins-session')).toMatch(/^[0-9a-f]{8}$/)
  })

  test('whoAmI is never forbidden', async () => {
    const anonymous = await stand.as('')('/whoAmI/api/json')
    expect(JSON.parse(anonymous.text)).toEqual({
      _class: 'hudson.security.WhoAmI',
      anonymous: true,
      authenticated: false,
      authorities: ['anonymous'],
      name: 'anonymous',
    })
    expect(JSON.parse((await stand.userWith()('/whoAmI/api/json')).text)).toMatchObject({ authenticated: true })
  })

  test('an anonymous visitor gets 403 and the permission, not 401', async () => {
    const { status, headers } = await stand.as('')('/api/json')
    expect([status, headers.get('x-required-permission'), headers.get('x-you-are-authenticated-as')]).toEqual([
      403,
      OVERALL_READ,
      'anonymous',
    ])
  })

  test.each(['admin:wrong', 'admin:11aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'nobody:x'])(
    '%s is 401, on public paths as well',
    async (pair) => {
      const { status, headers } = await stand.as(pair)('/login')
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Jenkins"'])
    },
  )

  test('a password and an API token both sign in', async () => {
    for (const pair of ['admin:admin-password', stand.adminPair]) {
      expect(JSON.parse((await stand.as(pair)('/whoAmI/api/json')).text)).toMatchObject({ name: 'admin' })
    }
  })
})

describe('crumbs', () => {
  const path = '/reload'
  const password = 'admin:admin-password'

  test('a POST with a password needs one', async () => {
    const { status, text } = await stand.as(password)(path, { method: 'POST' })
    expect([status, text.includes('No valid crumb was included in the request')]).toEqual([403, true])
  })

  test('a crumb belongs to the session that it was issued for', async () => {
    const issued = await stand.as(password)('/crumbIssuer/api/json')
    const { crumb, crumbRequestField, _class } = JSON.parse(issued.text)
    const cookie = issued.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect([_class, crumbRequestField]).toEqual(['hudson.security.csrf.DefaultCrumbIssuer', 'Jenkins-Crumb'])
    const post = async (headers: Readonly<Record<string, string>>) =>
      (await stand.as(password)('/job/none/build', { method: 'POST', headers })).status
    expect(await post({ 'jenkins-crumb': crumb })).toBe(403)
    expect(await post({ 'jenkins-crumb': crumb, cookie: 'JSESSIONID.00000000=other' })).toBe(403)
    expect(await post({ 'jenkins-crumb': 'x', cookie })).toBe(403)
    expect(await post({ 'jenkins-crumb': crumb, cookie })).toBe(404)
  })

  test('a crumb in the form counts, and an API token needs none', async () => {
    const issued = await stand.as(password)('/crumbIssuer/api/xml?xpath=concat(//crumbRequestField,%22:%22,//crumb)')
    const cookie = issued.headers.get('set-cookie')?.split(';')[0] ?? ''
    const body = issued.text.replace(':', '=')
    const inForm = await stand.as(password)('/job/none/build', {
      method: 'POST',
      type: FORM,
      body,
      headers: { cookie },
    })
    expect(inForm.status).toBe(404)
    expect((await stand.admin('/job/none/build', { method: 'POST' })).status).toBe(404)
  })
})

describe('the list of items', () => {
  test('a tree goes as deep as it is written out', async () => {
    const { text } = await stand.admin('/api/json?tree=jobs[fullName,jobs[fullName,jobs[name,url]]]')
    expect(JSON.parse(text)).toEqual({
      _class: 'hudson.model.Hudson',
      jobs: [
        {
          _class: 'com.cloudbees.hudson.plugins.folder.Folder',
          fullName: 'team',
          jobs: [
            {
              _class: 'com.cloudbees.hudson.plugins.folder.Folder',
              fullName: 'team/inner',
              jobs: [
                {
                  _class: 'hudson.model.FreeStyleProject',
                  name: 'shop',
                  url: `${stand.jenkins.url}/job/team/job/inner/job/shop/`,
                },
              ],
            },
          ],
        },
        { _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob', fullName: 'pipe' },
        {
          _class: 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject',
          fullName: 'many',
          jobs: [],
        },
      ],
    })
  })

  test('without Item/Read the list is empty and the items are 404', async () => {
    const reader = stand.userWith(OVERALL_READ)
    expect(JSON.parse((await reader('/api/json?tree=jobs[name]')).text).jobs).toEqual([])
    expect((await reader('/job/pipe/api/json')).status).toBe(404)
  })

  test('a malformed tree is 500', async () => {
    expect((await stand.admin('/api/json?tree=jobs[')).status).toBe(500)
  })

  test('the multibranch configuration names its source', async () => {
    const { text } = await stand.userWith(
      OVERALL_READ,
      ITEM_READ,
      'hudson.model.Item.ExtendedRead',
    )('/job/many/config.xml')
    expect(text).toContain(
      '<source class="com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource" plugin="cloudbees-',
    )
    expect(text).toContain('<credentialsId>bb</credentialsId>')
  })
})

describe('maintenance', () => {
  test('plugin versions need SystemRead', async () => {
    const query = '/pluginManager/api/json?tree=plugins[shortName,version,active,enabled]'
    const refused = await stand.userWith(OVERALL_READ)(query)
    expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([403, SYSTEM_READ])
    const { plugins } = JSON.parse((await stand.userWith(OVERALL_READ, SYSTEM_READ)(query)).text)
    expect(plugins).toContainEqual({ active: true, enabled: true, shortName: 'git', version: '5.10.1' })
  })

  test('a restart redirects, answers 503 for a while, and comes back with another session', async () => {
    const before = (await stand.admin('/login')).headers.get('x-jenkins-session')
    expect((await stand.userWith(OVERALL_READ)('/safeRestart', { method: 'POST' })).status).toBe(403)
    expect((await stand.userWith(OVERALL_READ, MANAGE)('/safeRestart', { method: 'POST' })).status).toBe(302)
    const seen: number[] = []
    for (let at = 0; at < 10 && seen.at(-1) !== 200; at++) seen.push((await stand.admin('/login')).status)
    expect(seen).toEqual([503, 503, 200])
    expect((await stand.admin('/login')).headers.get('x-jenkins-session')).not.toBe(before)
  })

  test.each(['/reload', '/safeRestart'])('%s is 405 for GET', async (path) => {
    const { status, headers } = await stand.admin(path)
    expect([status, headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('a fault is injected as often as it was asked for', async () => {
    stand.jenkins.injectFault({ path: '/api/*', status: 503, times: 2 })
    stand.jenkins.injectFault({ path: '/whoAmI/api/json', status: 200, times: 1 })
    const seen = []
    for (let at = 0; at < 3; at++) seen.push((await stand.admin('/api/json')).status)
    expect(seen).toEqual([503, 503, 200])
    expect((await stand.admin('/whoAmI/api/json')).headers.get('content-type')).toContain('text/html')
  })

  test('every request is recorded without its query', async () => {
    await stand.admin('/api/json?tree=jobs[name]')
    await stand.as('')('/nothing')
    expect(stand.jenkins.requests.slice(-2)).toEqual([
      { method: 'GET', path: '/api/json', status: 200, user: 'admin' },
      { method: 'GET', path: '/nothing', status: 403, user: 'anonymous' },
    ])
  })
})
