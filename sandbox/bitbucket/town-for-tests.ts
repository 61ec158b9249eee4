import { type Sandbox, type SandboxOptions, startSandbox } from '../index.ts'

/** alice administers acme/app, bob reads it, carol has nothing; acme/site is public. */
export const startTown = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox(options)
  const { world } = sandbox
  for (const username of ['alice', 'bob', 'carol']) world.addUser({ username, email: `${username}@example.com` })
  world.addWorkspace('acme')
  world.addWorkspace('other')
  const files = { 'README.md': '# app\n', 'src/main.txt': 'one\n' }
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true, files })
  await world.addRepository({ workspace: 'acme', slug: 'site', isPrivate: false, files: { 'index.txt': 'site\n' } })
  world.grant('alice', 'acme/app', 'admin')
  world.grant('bob', 'acme/app', 'read')
  return sandbox
}

const all = (noun: string, ...verbs: readonly string[]): readonly string[] =>
  verbs.map((verb) => `${verb}:${noun}:bitbucket`)

/** Enough for every behaviour of the sandbox. */
export const wideScopes: readonly string[] = [
  ...all('user', 'read'),
  ...all('workspace', 'read'),
  ...all('project', 'read', 'admin'),
  ...all('repository', 'read', 'write', 'admin'),
  ...all('pullrequest', 'read', 'write'),
  ...all('pipeline', 'read', 'write', 'admin'),
  ...all('webhook', 'read', 'write', 'delete'),
  ...all('ssh-key', 'read', 'write', 'delete'),
]

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Asks REST as JSON with a Bearer token. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>

export const askAs = (sandbox: Sandbox, username: string, scopes = wideScopes): Ask => {
  const token = sandbox.world.addApiToken(username, { name: 'tests', scopes })
  return askWith(sandbox, `Bearer ${token}`)
}

export const askWith =
  (sandbox: Sandbox, authorization: string | undefined): Ask =>
  async (method, path, body) => {
    const reply = await fetch(`${sandbox.webUrl}/2.0${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    const isJson = /^application\/json/.test(reply.headers.get('content-type') ?? '')
    return { status: reply.status, body: isJson ? JSON.parse(text) : text }
  }

export const basic = (username: string, secret: string): string =>
  `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`
