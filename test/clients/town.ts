import { type RecordedRequest, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts'

export const apiTokenUser = 'x-bitbucket-api-token-auth'
export const privateUrl = 'https://bitbucket.org/acme/app.git'
export const publicUrl = 'https://bitbucket.org/acme/site.git'

/** acme/app is private, acme/site is public; alice writes, bob reads, carol has nothing. */
export const startTown = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox(options)
  const { world } = sandbox
  for (const username of ['alice', 'bob', 'carol']) world.addUser({ username, email: `${username}@example.com` })
  world.addWorkspace('acme')
  world.addWorkspace('other')
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
  await world.addRepository({ workspace: 'acme', slug: 'site', isPrivate: false })
  world.grant('alice', 'acme/app', 'write')
  world.grant('alice', 'acme/site', 'write')
  world.grant('bob', 'acme/app', 'read')
  return sandbox
}

const asWhom = (authorization: RecordedRequest['authorization']): string => {
  switch (authorization.scheme) {
    case 'none':
      return 'nobody'
    case 'bearer':
      return 'Bearer'
    case 'basic':
      return `Basic ${authorization.username}`
  }
}

/** One request as a line of a table: who asked for what, and the status it got. */
export const requestLine = ({ method, host, path, authorization, status }: RecordedRequest): string =>
  `${method} ${host}${path} as ${asWhom(authorization)}: ${status}`

/** The requests that arrived while `act` ran. */
export const requestsDuring = async <T>(
  sandbox: Sandbox,
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly sent: readonly string[] }> => {
  const before = sandbox.requests.length
  const result = await act()
  return { result, sent: sandbox.requests.slice(before).map(requestLine) }
}
