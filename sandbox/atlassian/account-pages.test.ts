import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'

const tokens = '/manage-profile/security/api-tokens'

type Fields = readonly (readonly [string, string])[]

const fieldsOf = (fields: Fields): URLSearchParams => {
  const search = new URLSearchParams()
  for (const [name, value] of fields) search.append(name, value)
  return search
}

/** A browser without script: keeps cookies, follows 303, posts forms. */
class Visitor {
  #cookie = ''
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  async open(path: string, form?: Fields): Promise<{ status: number; page: string }> {
    const body = form === undefined ? {} : { method: 'POST', body: fieldsOf(form) }
    const reply = await fetch(this.#origin + path, { ...body, redirect: 'manual', headers: { cookie: this.#cookie } })
    const cookie = reply.headers.get('set-cookie')
    if (cookie !== null) this.#cookie = cookie.split(';')[0] ?? ''
    const next = reply.headers.get('location')
    return next === null ? { status: reply.status, page: await reply.text() } : this.open(next)
  }

  logIn(email: string, password: string): Promise<{ status: number; page: string }> {
    return this.open('/login', [
      ['email', email],
      ['password', password],
      ['continue', tokens],
    ])
  }
}

const shownToken = (page: string): string | undefined => /id="token">([^<]+)</.exec(page)?.[1]

const order = (...more: Fields): Fields => [['name', 'CI <master>'], ['expires', '2027-05-01'], ...more]

describe('the token page of the Atlassian account', () => {
  let sandbox: Sandbox
  let visitor: Visitor
  beforeAll(async () => {
    sandbox = await startSandbox()
    sandbox.world.addUser({ username: 'alice', email: 'alice@example.com', password: 'correct horse' })
    sandbox.world.addWorkspace('acme')
    await sandbox.world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
    sandbox.world.grant('alice', 'acme/app', 'read')
  })
  afterAll(() => sandbox.stop())
  beforeEach(() => {
    visitor = new Visitor(sandbox.webUrl)
  })

  const repositoryStatus = async (secret: string): Promise<number> => {
    const headers = { authorization: `Basic ${Buffer.from(`alice@example.com:${secret}`).toString('base64')}` }
    return (await fetch(`${sandbox.webUrl}/2.0/repositories/acme/app`, { headers })).status
  }

  const siteStatus = async (secret: string): Promise<number> => {
    const headers = { authorization: `Basic ${Buffer.from(`alice@example.com:${secret}`).toString('base64')}` }
    return (await fetch(`${sandbox.webUrl}/rest/api/3/myself`, { headers })).status
  }

  it('asks a stranger to log in, and refuses a wrong password', async () => {
    expect((await visitor.open(tokens)).page).toContain('<form method="post" action="/login">')
    const wrong = await visitor.logIn('alice@example.com', 'wrong')
    expect([wrong.status, wrong.page.includes('Incorrect email address or password.')]).toEqual([401, true])
    expect((await visitor.open(tokens)).page).toContain('<form method="post" action="/login">')
  })

  it('leads through both pages to a token with scopes, shows it once and lists it', async () => {
    const home = await visitor.logIn('alice@example.com', 'correct horse')
    expect(home.page).toContain('Create API token with scopes')
    expect((await visitor.open(`${tokens}/create-with-scopes`)).page).toContain('name="app" value="bitbucket"')
    const query = fieldsOf(order(['app', 'bitbucket']))
    const choice = await visitor.open(`${tokens}/create-with-scopes/scopes?${query}`)
    expect(choice.page).toContain('name="scope" value="read:repository:bitbucket"')
    expect(choice.page).toContain('name="name" value="CI &lt;master&gt;"')
    const created = await visitor.open(
      `${tokens}/create-with-scopes`,
      order(['app', 'bitbucket'], ['scope', 'read:repository:bitbucket']),
    )
    const secret = shownToken(created.page) ?? ''
    expect(await repositoryStatus(secret)).toBe(200)
    expect(await siteStatus(secret)).toBe(401)
    const list = (await visitor.open(tokens)).page
    expect(list).toContain('CI &lt;master&gt;')
    expect(list).not.toContain(secret)
    const id = /name="id" value="([^"]+)"/.exec(list)?.[1] ?? ''
    expect((await visitor.open(`${tokens}/created/${id}`)).page).toContain('cannot be shown again')
    expect((await visitor.open(`${tokens}/revoke`, [['id', id]])).page).toContain('You have no API tokens.')
    expect(await repositoryStatus(secret)).toBe(401)
  })

  it('makes a token without scopes behind the other button, which product sites take and Bitbucket does not', async () => {
    await visitor.logIn('alice@example.com', 'correct horse')
    const secret = shownToken((await visitor.open(`${tokens}/create`, order())).page) ?? ''
    expect([await siteStatus(secret), await repositoryStatus(secret)]).toEqual([200, 401])
  })

  it.each([
    ['an expiry of today', [['expires', '2026-11-23']], 'Choose an expiry date from 2026-11-24 to 2027-11-23.'],
    ['an expiry after a year', [['expires', '2027-11-24']], 'Choose an expiry date from 2026-11-24 to 2027-11-23.'],
    ['no app', [['app', '']], 'Select an app.'],
    ['no scope', [['scope', '']], 'The scope  is not offered for this app.'],
    ['a scope of another app', [['scope', 'read:jira-work']], 'The scope read:jira-work is not offered for this app.'],
  ] as const)('refuses %s and creates nothing', async (_name, changed, problem) => {
    await visitor.logIn('alice@example.com', 'correct horse')
    const before = (await visitor.open(tokens)).page
    const fields = new Map([...order(['app', 'bitbucket'], ['scope', 'read:repository:bitbucket']), ...changed])
    const reply = await visitor.open(`${tokens}/create-with-scopes`, [...fields])
    expect([reply.status, reply.page.includes(problem)]).toEqual([400, true])
    expect((await visitor.open(tokens)).page).toBe(before)
  })

  it('lists and revokes for an organization key, without scopes, and refuses every other Bearer', async () => {
    const { world } = sandbox
    world.addUser({ username: 'dora', email: 'dora@example.com' })
    const secret = world.addApiToken('dora', { name: 'old', expiresAt: '2027-01-01T00:00:00Z' })
    const key = world.addOrganizationKey('admin')
    const page = await fetch(`${sandbox.webUrl}/_sandbox/`).then((reply) => reply.text())
    const account = /dora@example\.com.*?<code>(712020:[^<]+)</.exec(page)?.[1] ?? ''
    const ask = (bearer: string, path = '', method = 'GET') =>
      fetch(`${sandbox.webUrl}/users/${account}/manage/api-tokens${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}` },
      })
    expect((await ask(secret)).status).toBe(401)
    const listed = JSON.parse(await (await ask(key)).text())
    expect(listed).toEqual([
      {
        id: expect.any(String),
        label: 'old',
        createdAt: '2026-11-23T09:00:00.000Z',
        lastAccess: null,
        expiry: '2027-01-01T00:00:00.000Z',
      },
    ])
    expect((await ask(key, `/${listed[0].id}`, 'DELETE')).status).toBe(204)
    expect(await (await ask(key)).json()).toEqual([])
  })
})
