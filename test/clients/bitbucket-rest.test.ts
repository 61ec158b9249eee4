import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fetch, ProxyAgent, type RequestInit } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { describeClient } from './presence.ts'
import { requestsDuring, startTown } from './town.ts'

/** The two calls of the package that every consumer makes; the whole surface has hundreds. */
interface Client {
  readonly users: { getAuthedUser(given: object): Promise<{ readonly data: { readonly username: string } }> }
  readonly repositories: { get(given: object): Promise<{ readonly data: { readonly full_name: string } }> }
}

type Auth = { readonly username: string; readonly password: string } | { readonly token: string }

interface Package {
  readonly Bitbucket: new (options: {
    readonly auth: Auth
    readonly notice: boolean
    readonly request: { readonly fetch: (url: string, init: RequestInit) => Promise<unknown> }
  }) => Client
}

interface Answer {
  readonly user: string
  readonly repository: string
  readonly sent: readonly string[]
}

/** `HTTPError` carries the status, and the body as it came, parsed when it is JSON. */
const tell = async (call: () => Promise<string>): Promise<string> => {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'HTTPError') throw error
    const { status, error: body } = error as Error & { status: number; error: unknown }
    return `${error.name} ${status}: ${JSON.stringify(body)}`
  }
}

const user = 'GET api.bitbucket.org/2.0/user as'
const repository = 'GET api.bitbucket.org/2.0/repositories/acme/app as'
const refusal = (status: number, message: string, detail?: object): string => {
  const error = detail === undefined ? { message } : { message, detail }
  return `HTTPError ${status}: ${JSON.stringify({ type: 'error', error })}`
}
const lacks = (required: string, granted: string): string =>
  refusal(403, 'Your credentials lack one or more required privilege scopes.', {
    required: [required],
    granted: [granted],
  })
const outOfReach =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'

const basic = (username: string, password: string): Auth => ({ username, password })
const scopes = ['read:user:bitbucket', 'read:repository:bitbucket']
const good = ({ world }: Sandbox): string => world.addApiToken('alice', { name: 'ci', scopes })
const sentAs = (whom: string, status: number): readonly string[] => [
  `${user} ${whom}: ${status}`,
  `${repository} ${whom}: ${status}`,
]
const sameTwice = (text: string): { user: string; repository: string } => ({ user: text, repository: text })

const rows: readonly { name: string; auth: (sandbox: Sandbox) => Auth; answer: Answer }[] = [
  {
    name: 'an API token with the e-mail',
    auth: (sandbox) => basic('alice@example.com', good(sandbox)),
    answer: { user: 'alice', repository: 'acme/app', sent: sentAs('Basic alice@example.com', 200) },
  },
  {
    name: 'an API token as Bearer',
    auth: (sandbox) => ({ token: good(sandbox) }),
    answer: { user: 'alice', repository: 'acme/app', sent: sentAs('Bearer', 200) },
  },
  {
    name: 'an API token with the Bitbucket username',
    auth: (sandbox) => basic('alice', good(sandbox)),
    answer: {
      ...sameTwice(refusal(401, 'API token must be used with an atlassian registered email')),
      sent: sentAs('Basic alice', 401),
    },
  },
  {
    name: 'an app password',
    auth: ({ world }) => basic('alice', world.addAppPassword('alice')),
    answer: {
      ...sameTwice(refusal(401, 'App passwords are deprecated and must be replaced with API tokens.')),
      sent: sentAs('Basic alice', 401),
    },
  },
  {
    name: 'an API token without scopes',
    auth: ({ world }) => basic('alice@example.com', world.addApiToken('alice', { name: 'ci', scopes: 'none' })),
    answer: {
      ...sameTwice(refusal(401, 'API Token provided has no Bitbucket scopes')),
      sent: sentAs('Basic alice@example.com', 401),
    },
  },
  {
    name: 'an API token that lacks a scope',
    auth: ({ world }) =>
      basic('alice@example.com', world.addApiToken('alice', { name: 'ci', scopes: ['write:repository:bitbucket'] })),
    answer: {
      user: lacks('read:user:bitbucket', 'write:repository:bitbucket'),
      repository: lacks('read:repository:bitbucket', 'write:repository:bitbucket'),
      sent: sentAs('Basic alice@example.com', 403),
    },
  },
  {
    name: 'an API token of somebody without access',
    auth: ({ world }) => basic('carol@example.com', world.addApiToken('carol', { name: 'ci', scopes })),
    answer: {
      user: 'carol',
      repository: refusal(404, outOfReach),
      sent: [`${user} Basic carol@example.com: 200`, `${repository} Basic carol@example.com: 404`],
    },
  },
]

describeClient('bitbucket', ({ folder }) => {
  let sandbox: Sandbox
  let agent: ProxyAgent
  beforeAll(async () => {
    sandbox = await startTown()
    agent = new ProxyAgent({ uri: sandbox.proxyUrl, requestTls: { ca: readFileSync(sandbox.caFile) } })
  })
  afterAll(async () => {
    await agent.close()
    await sandbox.stop()
  })

  const { Bitbucket } = createRequire(`${folder}/`)('bitbucket') as Package
  const through = (url: string, init: RequestInit) => fetch(url, { ...init, dispatcher: agent })

  it.each(rows)('$name', async ({ auth, answer }) => {
    const client = new Bitbucket({ auth: auth(sandbox), notice: false, request: { fetch: through } })
    const { result, sent } = await requestsDuring(sandbox, async () => ({
      user: await tell(async () => (await client.users.getAuthedUser({})).data.username),
      repository: await tell(async () => {
        const { data } = await client.repositories.get({ workspace: 'acme', repo_slug: 'app' })
        return data.full_name
      }),
    }))
    expect({ ...result, sent }).toEqual(answer)
  })
})
