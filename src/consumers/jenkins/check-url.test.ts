import { describe, expect, it } from 'vitest'
import { appPassword } from '../../../test/support/synthetic-secrets.ts'
import type { Http, HttpRequest } from '../../model/ports.ts'
import { checkUrlDifferential } from './check-url.ts'
import { type JenkinsClient, jenkinsClient } from './client.ts'

const CONNECTED = '<div/>'
const REFUSED = '<div class="error"><img src="x">stderr: fatal: Authentication failed for &#039;x&#039;</div>'
const refused = { kind: 'failed', words: "stderr: fatal: Authentication failed for 'x'" }

function answering(...pages: string[]): {
  client: JenkinsClient
  asked: (string | null)[]
  urls: (string | null)[]
} {
  const asked: (string | null)[] = []
  const urls: (string | null)[] = []
  const http: Http = {
    send: async ({ body }: HttpRequest) => {
      const page = pages[asked.length] ?? ''
      const form = new URLSearchParams(String(body))
      asked.push(form.get('credentialsId'))
      urls.push(form.get('value'))
      return { status: 200, headers: {}, body: Buffer.from(page) }
    },
  }
  const client = jenkinsClient({ baseUrl: 'https://ci.example.org', user: 'ci', authorization: '', http })
  return { client, asked, urls }
}

const check = { item: 'app', url: 'https://bitbucket.org/acme/shop.git', credentialsId: 'bb' }

describe('checkUrl without and with a credential', () => {
  it('asks both when it connects', async () => {
    const { client, asked } = answering(CONNECTED, REFUSED)
    expect(await checkUrlDifferential(client, check)).toEqual({ without: refused, with: { kind: 'connected' } })
    expect(asked).toEqual(['bb', ''])
  })

  it('asks once more after a single 401, and takes the second answer', async () => {
    const { client, asked } = answering(REFUSED, CONNECTED, REFUSED)
    expect(await checkUrlDifferential(client, check)).toEqual({ without: refused, with: { kind: 'connected' } })
    expect(asked).toEqual(['bb', 'bb', ''])
  })

  it('believes the second 401, whatever the answer without it is', async () => {
    const { client, asked } = answering(REFUSED, REFUSED)
    expect(await checkUrlDifferential(client, check)).toEqual({ without: { kind: 'not asked' }, with: refused })
    expect(asked).toEqual(['bb', 'bb'])
  })

  it.each([
    ['another failure', '<div class="error">Could not resolve host</div>', ['bb', '']],
    ['an app password', `${REFUSED.slice(0, -6)} remote: App passwords are deprecated</div>`, ['bb', 'bb', '']],
  ])('asks both when it says %s: that may be of the controller', async (_, page, questions) => {
    const { client, asked } = answering(page, page, page)
    expect((await checkUrlDifferential(client, check)).without.kind).toBe('failed')
    expect(asked).toEqual(questions)
  })

  it('where none is selected, asks with the secret of the URL, and with the URL alone', async () => {
    const { client, asked, urls } = answering(CONNECTED, REFUSED)
    const url = check.url.replace('//', `//alice:${appPassword()}@`)
    const outcome = await checkUrlDifferential(client, { ...check, url, credentialsId: '' })
    expect(outcome).toEqual({ without: refused, with: { kind: 'connected' } })
    expect([asked, urls]).toEqual([
      ['', ''],
      [url, check.url],
    ])
  })

  it('asks the one question where none is selected and the URL holds none', async () => {
    const { client, asked } = answering(REFUSED)
    const outcome = await checkUrlDifferential(client, { ...check, credentialsId: '' })
    expect(outcome).toEqual({ without: refused, with: { kind: 'not asked' } })
    expect(asked).toEqual([''])
  })

  it('does not ask about a URL with a variable, which Jenkins answers without trying', async () => {
    const { client, asked } = answering()
    const outcome = await checkUrlDifferential(client, { ...check, url: 'https://bitbucket.org/acme/$REPO.git' })
    expect(outcome).toEqual({ without: { kind: 'not asked' }, with: { kind: 'not asked' } })
    expect(asked).toEqual([])
  })

  it.each(['<html><body>Sign in</body></html>', '', '<div/><script></script>'])('%j is no answer', async (page) => {
    const { client } = answering(page)
    await expect(checkUrlDifferential(client, check)).rejects.toMatchObject({ code: 'R404' })
  })
})
