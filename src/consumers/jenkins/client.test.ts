import { describe, expect, it } from 'vitest'
import { Failure } from '../../model/failure.ts'
import { type Http, type HttpReply, type HttpRequest, NetworkError } from '../../model/ports.ts'
import { type JenkinsClient, jenkinsClient } from './client.ts'

const XML = '<a><b>1</b></a>'

interface Odd {
  readonly client: JenkinsClient
  readonly sent: HttpRequest[]
}

/** A client whose controller gives these replies in turn, the last one for ever. */
function answering(...replies: (Partial<HttpReply> | NetworkError)[]): Odd {
  const sent: HttpRequest[] = []
  const http: Http = {
    send: async (request) => {
      const reply = replies[Math.min(sent.length, replies.length - 1)] ?? {}
      sent.push(request)
      if (reply instanceof NetworkError) throw reply
      return { status: 200, headers: {}, body: new Uint8Array(), ...reply }
    },
  }
  const options = { baseUrl: 'https://ci.example.org/jenkins', user: 'ci', authorization: 'Basic eDp5', http }
  return { client: jenkinsClient(options), sent }
}

const text = (words: string): Uint8Array => Buffer.from(words, 'utf8')

async function failureOf(asking: Promise<unknown>): Promise<{ code: string; because: string | undefined }> {
  try {
    await asking
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, because: error.parts.because }
    throw error
  }
  throw new Error('no failure')
}

describe('a request', () => {
  it('goes below the base URL as it was named, context path included, and signs in at once', async () => {
    const { client, sent } = answering({ body: text(XML) })
    await client.get('/job/a/config.xml')
    expect(sent).toEqual([
      {
        method: 'GET',
        url: 'https://ci.example.org/jenkins/job/a/config.xml',
        headers: { authorization: 'Basic eDp5' },
        timeoutMs: 30_000,
      },
    ])
  })

  it('gives undefined for 404', async () => {
    expect(await answering({ status: 404 }).client.get('/job/a')).toBeUndefined()
  })

  it('remembers the version of the controller', async () => {
    const { client } = answering({ headers: { 'x-jenkins': '2.578' } })
    expect(client.version()).toBeUndefined()
    await client.get('/')
    expect(client.version()).toBe('2.578')
  })
})

describe('a base URL', () => {
  it.each([
    'ftp://ci.example.org',
    'https://user:word@ci.example.org',
    'https://ci.example.org/?x',
    'https://ci.example.org/#x',
    'ci.example.org',
  ])('%s is refused', (baseUrl) => {
    const http: Http = { send: () => Promise.reject(new Error('not expected')) }
    expect(() => jenkinsClient({ baseUrl, user: 'ci', authorization: '', http })).toThrow(
      expect.objectContaining({
        code: 'R112',
        parts: expect.objectContaining({
          state: 'Nothing was asked.',
          next: ['  keyturn scan --jenkins https://ci.example.org'],
        }),
      }),
    )
  })
})

describe('a reply', () => {
  const permission = { 'x-required-permission': 'hudson.model.Item.Configure' }
  it.each<[string, Partial<HttpReply> | NetworkError, string, string]>([
    ['401', { status: 401 }, 'R402', 'HTTP 401 for the user "ci": the name or the API token is wrong'],
    ['403', { status: 403 }, 'R403', 'HTTP 403 for the user "ci"'],
    [
      '403 that names a permission',
      { status: 403, headers: permission },
      'R403',
      'HTTP 403: the user "ci" does not have hudson.model.Item.Configure',
    ],
    ['503', { status: 503 }, 'R401', 'HTTP 503: the controller is starting or stopping'],
    ['500', { status: 500, headers: { 'x-jenkins': '2.578' } }, 'R404', 'HTTP 500'],
    ['502 of a proxy', { status: 502 }, 'R404', 'HTTP 502, without the header X-Jenkins'],
    [
      'redirect to a sign-on',
      { status: 302, headers: { location: 'https://sso.example.org/login?token=1' } },
      'R404',
      'HTTP 302: it redirects to sso.example.org',
    ],
    ['no reply', new NetworkError('timed out', 'no answer after 30 s'), 'R401', 'no answer after 30 s'],
    [
      'escape sequences in a permission',
      { status: 403, headers: { 'x-required-permission': '\u001b[2Jx' } },
      'R403',
      'HTTP 403: the user "ci" does not have [2Jx',
    ],
  ])('%s', async (_, reply, code, because) => {
    expect(await failureOf(answering(reply).client.get('/job/a'))).toEqual({ code, because })
    expect((await failureOf(answering(reply).client.postXml('/job/a', XML))).code).toBe(code)
    await expect(answering(reply).client.get('/job/a')).rejects.toMatchObject({
      parts: { state: 'Nothing was changed.', next: [expect.stringMatching(/\.$/)] },
    })
  })

  it('with status 200 that is a sign-on page is no JSON', async () => {
    const { client } = answering({ body: text('<!DOCTYPE html><form>Sign in</form>') })
    expect(await failureOf(client.json('/', 'jobs[name]'))).toEqual({
      code: 'R404',
      because: 'it answered 200, but not with JSON: it looks like a web page',
    })
  })

  it('is never followed to another place', async () => {
    const { client, sent } = answering({ status: 302, headers: { location: 'https://evil.example/' } })
    await failureOf(client.get('/job/a'))
    expect(sent.map(({ url }) => url)).toEqual(['https://ci.example.org/jenkins/job/a'])
  })
})

describe('a POST', () => {
  const noCrumb = { status: 403, body: text('<p>No valid crumb was included in the request</p>') }

  it.each(['<a><password>\n    <secret-redacted/>\n  </password></a>', '<a><password>********</password></a>'])(
    'of a hidden secret is refused before it is sent: %s',
    async (xml) => {
      const { client, sent } = answering({})
      expect((await failureOf(client.postXml('/job/a', xml))).code).toBe('R403')
      expect(sent).toEqual([])
    },
  )

  it('without a reply leaves open whether the controller acted', async () => {
    const { client } = answering(new NetworkError('timed out', 'no answer after 30 s'))
    await expect(client.postXml('/job/a', XML)).rejects.toMatchObject({
      parts: { state: 'It is not known whether the controller acted on this request.' },
    })
  })

  it('that is asked for a crumb fetches one and sends it with its session, also the next time', async () => {
    const issued = {
      headers: { 'set-cookie': 'JSESSIONID.0123abcd=node0; Path=/; HttpOnly\nother=1' },
      body: text('{"crumb":"abc123","crumbRequestField":"Jenkins-Crumb"}'),
    }
    const { client, sent } = answering(noCrumb, issued, {})
    await client.postXml('/job/a', XML)
    await client.postXml('/job/b', XML)
    const crumb = { 'Jenkins-Crumb': 'abc123', cookie: 'JSESSIONID.0123abcd=node0' }
    expect(sent.map(({ method, url, headers }) => [method, url.slice(30), headers])).toEqual([
      ['POST', '/job/a', { 'content-type': 'application/xml;charset=UTF-8', authorization: 'Basic eDp5' }],
      ['GET', '/crumbIssuer/api/json', { authorization: 'Basic eDp5' }],
      ['POST', '/job/a', { 'content-type': 'application/xml;charset=UTF-8', authorization: 'Basic eDp5', ...crumb }],
      ['POST', '/job/b', { 'content-type': 'application/xml;charset=UTF-8', authorization: 'Basic eDp5', ...crumb }],
    ])
  })

  it('whose crumb is refused as well fails, and does not ask for ever', async () => {
    const issued = { body: text('{"crumb":"abc123","crumbRequestField":"Jenkins-Crumb"}') }
    const { client, sent } = answering(noCrumb, issued, noCrumb)
    expect((await failureOf(client.postXml('/job/a', XML))).code).toBe('R403')
    expect(sent).toHaveLength(3)
  })
})

describe('a crumb that has ended', () => {
  const noCrumb = { status: 403, body: text('No valid crumb was included in the request') }
  const issued = {
    headers: { 'set-cookie': 'JSESSIONID.1=a' },
    body: text('{"crumb":"ab","crumbRequestField":"Jenkins-Crumb"}'),
  }

  it('is replaced by another one', async () => {
    const { client, sent } = answering(noCrumb, issued, {}, noCrumb, issued, {})
    await client.postXml('/job/a/config.xml', XML)
    await client.postXml('/job/a/config.xml', XML)
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'POST', 'GET', 'POST'])
  })

  it('and is not taken either, is R403', async () => {
    const { client, sent } = answering(noCrumb, issued, noCrumb)
    expect(await failureOf(client.postXml('/job/a/config.xml', XML))).toMatchObject({ code: 'R403' })
    expect(sent).toHaveLength(3)
  })
})

describe('an act without a body', () => {
  it.each([
    [
      'a redirect of the controller',
      { status: 302, headers: { location: 'https://other.example/', 'x-jenkins': '2.578' } },
    ],
    ['a redirect on its own host', { status: 302, headers: { location: '../..' } }],
    ['a page', { status: 200 }],
  ])('is taken with %s', async (_what, reply) => {
    await expect(answering(reply).client.postAction('/job/a/doDelete')).resolves.toBeUndefined()
  })

  it('is not taken with the redirect of a proxy to its sign-on page', async () => {
    const proxy = answering({ status: 302, headers: { location: 'https://sso.example.org/' } })
    expect(await failureOf(proxy.client.postAction('/job/a/doDelete'))).toEqual({
      code: 'R404',
      because: 'HTTP 302: it redirects to sso.example.org',
    })
  })
})
