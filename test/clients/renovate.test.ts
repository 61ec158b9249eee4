import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { GitHome, runClient } from './client-run.ts'
import { refsAs } from './git-cases.ts'
import { describeClient } from './presence.ts'
import { requestsDuring, startTown } from './town.ts'

interface DryRun {
  readonly exit: number | null
  /** What it logs as a warning or worse: the message, and the first line of the error below it. */
  readonly says: readonly string[]
  readonly sent: readonly string[]
}

interface LogLine {
  readonly level: number
  readonly msg: string
  readonly err?: { readonly message: string }
}

const warning = 40

const dryRun = async (sandbox: Sandbox, folder: string, login: Readonly<Record<string, string>>): Promise<DryRun> => {
  const home = new GitHome(sandbox)
  const environment = {
    ...home.environment(),
    ...login,
    RENOVATE_PLATFORM: 'bitbucket',
    RENOVATE_BASE_DIR: `${home.folder}/base`,
    RENOVATE_DRY_RUN: 'full',
    RENOVATE_ONBOARDING: 'false',
    RENOVATE_REQUIRE_CONFIG: 'optional',
    LOG_FORMAT: 'json',
  }
  const program = `${folder}/node_modules/renovate/dist/renovate.js`
  const { result, sent } = await requestsDuring(sandbox, () =>
    runClient(process.execPath, [program, 'acme/app'], environment, home.folder, { limitMs: 120_000 }),
  )
  const logged: readonly LogLine[] = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const says = logged
    .filter(({ level }) => level >= warning)
    .map(({ msg, err }) => (err === undefined ? msg : `${msg}: ${err.message.split('\n')[0]}`))
  return { exit: result.exit, says, sent }
}

/** Everything that the Bitbucket platform of Renovate asks for, in its documentation. */
const scopes = [
  'read:user:bitbucket',
  'read:workspace:bitbucket',
  'read:repository:bitbucket',
  'write:repository:bitbucket',
  'read:pullrequest:bitbucket',
  'write:pullrequest:bitbucket',
]
const email = 'alice@example.com'
const asked = (whom: string, user: number, repository: number): readonly string[] => [
  `GET api.bitbucket.org/2.0/user as ${whom}: ${user}`,
  `GET api.bitbucket.org/2.0/repositories/acme/app as ${whom}: ${repository}`,
]
const withPair = (username: string, secret: string) => ({ RENOVATE_USERNAME: username, RENOVATE_PASSWORD: secret })
const token = ({ world }: Sandbox, given: readonly string[] | 'none' = scopes): string =>
  world.addApiToken('alice', { name: 'renovate', scopes: given })
const refusedByGit: Pick<DryRun, 'exit' | 'says'> = {
  exit: 1,
  says: [
    'Repository has unknown error: remote: You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
  ],
}
const status = (text: string): Pick<DryRun, 'exit' | 'says'> => ({
  exit: 1,
  says: [`Repository has unknown error: Response code ${text}`],
})

/** Renovate 39 has one user name for REST and git, so no pair of an API token serves both. */
const rows: readonly { name: string; login: (sandbox: Sandbox) => Record<string, string>; answer: DryRun }[] = [
  {
    name: 'an API token with the e-mail: REST accepts, git refuses',
    login: (sandbox) => withPair(email, token(sandbox)),
    answer: {
      ...refusedByGit,
      sent: [...asked(`Basic ${email}`, 200, 200), refsAs('nobody', 401), refsAs(`Basic ${email}`, 401)],
    },
  },
  {
    name: 'an API token with the git user of API tokens: REST refuses',
    login: (sandbox) => withPair('x-bitbucket-api-token-auth', token(sandbox)),
    answer: { ...status('401 (Unauthorized)'), sent: asked('Basic x-bitbucket-api-token-auth', 401, 401) },
  },
  {
    name: 'an app password: the number and nothing else',
    login: ({ world }) => withPair('alice', world.addAppPassword('alice')),
    answer: { ...status('401 (Unauthorized)'), sent: asked('Basic alice', 401, 401) },
  },
  {
    name: 'an API token without scopes: the same number',
    login: (sandbox) => withPair(email, token(sandbox, 'none')),
    answer: { ...status('401 (Unauthorized)'), sent: asked(`Basic ${email}`, 401, 401) },
  },
  {
    name: 'an API token that may not read the user: goes on without',
    login: (sandbox) => withPair(email, token(sandbox, ['read:repository:bitbucket'])),
    answer: {
      ...refusedByGit,
      sent: [...asked(`Basic ${email}`, 403, 200), refsAs('nobody', 401), refsAs(`Basic ${email}`, 401)],
    },
  },
  {
    name: 'an API token that may not read repositories: the number, and no scope is named',
    login: (sandbox) => withPair(email, token(sandbox, ['read:user:bitbucket'])),
    answer: { ...status('403 (Forbidden)'), sent: asked(`Basic ${email}`, 200, 403) },
  },
  {
    name: 'an API token of somebody without access',
    login: ({ world }) => withPair('carol@example.com', world.addApiToken('carol', { name: 'renovate', scopes })),
    answer: { exit: 1, says: ['Repository is not found'], sent: asked('Basic carol@example.com', 200, 404) },
  },
]

describeClient('renovate', ({ folder }) => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  it.each(rows)('$name', async ({ login, answer }) => {
    expect(await dryRun(sandbox, folder, login(sandbox))).toEqual(answer)
  })

  /** The way that Renovate documents for access tokens; it does not ask which kind of token it was given. */
  it.each([
    ['an API token alone', 200, (from: Sandbox) => token(from)],
    [
      'an access token',
      403,
      ({ world }: Sandbox) =>
        world.addAccessToken({
          resource: 'acme/app',
          name: 'renovate',
          scopes: ['repository:write', 'pullrequest:write'],
        }),
    ],
  ] as const)(
    '%s goes as Bearer to REST and under x-token-auth to git, and the dry run ends well',
    async (_name, user, secret) => {
      const run = await dryRun(sandbox, folder, { RENOVATE_TOKEN: secret(sandbox) })
      const pack = 'POST bitbucket.org/acme/app.git/git-upload-pack as Basic x-token-auth: 200'
      const challenged = [refsAs('nobody', 401), refsAs('Basic x-token-auth', 200)]
      const withoutQuery = run.sent.map((line) => line.replace(/(pullrequests)\?\S+/, '$1'))
      expect({ ...run, sent: withoutQuery }).toEqual({
        exit: 0,
        says: [],
        sent: [
          ...asked('Bearer', user, 200),
          ...[...challenged, pack],
          ...[...challenged, pack, pack],
          'GET api.bitbucket.org/2.0/repositories/acme/app/pullrequests as Bearer: 200',
        ],
      } satisfies DryRun)
    },
  )
})
