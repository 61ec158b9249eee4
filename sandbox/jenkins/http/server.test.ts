import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FORM, type JenkinsForTests, jenkinsForTests } from '../jenkins-for-tests.ts'
import { OVERALL_READ } from '../permissions.ts'

let stand: JenkinsForTests
afterEach(() => stand.end())

describe('injected failures', () => {
  beforeEach(async () => {
    stand = await jenkinsForTests()
  })
  const once = async (fault: { status: number; permission?: string }) => {
    stand.jenkins.injectFault({ path: '/api/json', times: 1, ...fault })
    const { status, headers, text } = await stand.admin('/api/json')
    expect((await stand.admin('/api/json')).status).toBe(200)
    return { status, jenkins: headers.get('x-jenkins') !== null, text, headers }
  }

  test.each([
    [401, 'Invalid password/token for user'],
    [404, 'Not Found'],
    [409, 'Error'],
    [500, 'Oops!'],
    [503, 'Please wait while Jenkins is restarting...'],
  ])('%i comes from Jenkins, once', async (status, words) => {
    const answer = await once({ status })
    expect([answer.status, answer.jenkins, answer.text.includes(words)]).toEqual([status, true, true])
  })

  test('403 names the permission that is missing', async () => {
    const { status, headers } = await once({ status: 403, permission: 'hudson.model.Item.ExtendedRead' })
    expect([status, headers.get('x-required-permission')]).toEqual([403, 'hudson.model.Item.ExtendedRead'])
    expect((await once({ status: 403 })).headers.get('x-required-permission')).toBe(OVERALL_READ)
  })

  test('a log-in page with 200 and a way to a sign-on do not come from Jenkins', async () => {
    const page = await once({ status: 200 })
    expect([page.status, page.jenkins, page.text.includes('Sign in to continue')]).toEqual([200, false, true])
    const redirected = await once({ status: 302 })
    expect([redirected.status, redirected.jenkins, redirected.headers.get('location')]).toEqual([
      302,
      false,
      'https://sso.example.test/login',
    ])
  })

  test('a failure can be kept to one method', async () => {
    stand.jenkins.injectFault({ path: '/job/*', status: 500, times: 1, method: 'POST' })
    expect((await stand.admin('/job/none/api/json')).status).toBe(404)
    expect((await stand.admin('/job/none/build', { method: 'POST' })).status).toBe(500)
  })
})

describe('under /jenkins', () => {
  beforeEach(async () => {
    stand = await jenkinsForTests({ contextPath: '/jenkins' })
  })
  const outside = async (path: string) => {
    const response = await fetch(new URL(path, stand.jenkins.url))
    return [response.status, response.headers.get('x-jenkins')]
  }

  test('addresses in answers carry the context path', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'shop', url: 'file:///nothing' })
    expect(stand.jenkins.url.endsWith('/jenkins')).toBe(true)
    const job = JSON.parse((await stand.admin('/job/shop/api/json')).text)
    expect(job.url).toBe(`${stand.jenkins.url}/job/shop/`)
    const queued = await stand.admin('/job/shop/build', { method: 'POST' })
    expect(queued.headers.get('location')).toBe(`${stand.jenkins.url}/queue/item/1/`)
    expect((await stand.admin('/reload', { method: 'POST' })).headers.get('location')).toBe('/jenkins/')
    await stand.jenkins.settled()
  })

  test('everything beside it is 404 without a trace of Jenkins', async () => {
    expect(await outside('/api/json')).toEqual([404, null])
    expect(await outside('/jenkinsx/login')).toEqual([404, null])
    expect((await outside('/jenkins/login'))[0]).toBe(200)
  })
})

describe('the script console', () => {
  const script = (text: string) => ({
    method: 'POST',
    type: FORM,
    body: new URLSearchParams({ script: text }).toString(),
  })

  test.each([
    ['println \'a\'\nprintln("b")', 'a\nb\n'],
    ["print 'a'; print 1", 'a1'],
    ["'a'", 'Result: a\n'],
    ['return 42', 'Result: 42\n'],
    ['import jenkins.model.*\nprintln Jenkins.VERSION', '2.568.2\n'],
    ['null', ''],
  ])('%j gives %j', async (text, expected) => {
    stand = await jenkinsForTests()
    const { status, headers, text: output } = await stand.admin('/scriptText', script(text))
    expect([status, headers.get('content-type'), output]).toEqual([200, 'text/plain;charset=UTF-8', expected])
  })

  test('a stored secret is shown to an administrator', async () => {
    stand = await jenkinsForTests({ plugins: { 'configuration-as-code': '2117' } })
    await stand.jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 'plain text' })
    const yaml = (await stand.admin('/configuration-as-code/export', { method: 'POST' })).text
    const payload = /\{AQAA[^}]*\}/.exec(yaml)?.[0]
    const call = script(`println(hudson.util.Secret.decrypt("${payload}"))`)
    expect((await stand.admin('/computer/(built-in)/scriptText', call)).text).toBe('plain text\n')
  })

  test('what is no listed statement is an exception with status 200, after what was printed before', async () => {
    stand = await jenkinsForTests()
    const { status, text } = await stand.admin('/scriptText', script("println 'begin'\nJenkins.instance.items.size()"))
    expect(status).toBe(200)
    expect(text).toMatch(/^begin\njava\.lang\.UnsupportedOperationException: .*items\.size\(\)\n\tat /)
  })

  test('it wants POST and Administer, and is 404 where it is disabled', async () => {
    stand = await jenkinsForTests()
    expect((await stand.admin('/scriptText?script=1')).status).toBe(405)
    const refused = await stand.userWith(OVERALL_READ)('/scriptText', script('1'))
    expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([
      403,
      'hudson.model.Hudson.Administer',
    ])
    const other = await jenkinsForTests({ scriptConsole: 'disabled' })
    expect((await other.admin('/scriptText', script('1'))).status).toBe(404)
    await other.end()
  })
})
