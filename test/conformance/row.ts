import { z } from 'zod'
import rowsAsWritten from './rows.json' with { type: 'json' }

/** The secrets that a row may present. All but the invented ones come from the person who runs the suite. */
export const roles = {
  token: 'API token for Bitbucket with read:user, read:workspace, read:repository and write:repository',
  readToken: 'API token for Bitbucket with read:repository alone',
  narrowToken: 'API token for Bitbucket with read:user alone',
  unscopedToken: 'API token without scopes',
  otherAppToken: 'API token with scopes for another app, such as Jira',
  expiredToken: 'API token for Bitbucket that has expired',
  revokedToken: 'API token for Bitbucket that was revoked',
  accessToken: 'access token of the private repository with the permission to read repositories',
  appPassword: 'app password, kept from before 2026-07-28',
} as const

export type Role = keyof typeof roles

/** Made up for one run: shaped as they should be, and never issued by anybody. */
export const inventions = ['inventedToken', 'inventedAppPassword', 'inventedPassword'] as const

export type Secret = Role | (typeof inventions)[number]

/** What stands for an account and its repositories in the URLs and user names of the rows. */
export const names = {
  username: 'Bitbucket username of the account that owns the tokens',
  email: 'e-mail of the same account',
  workspace: 'workspace of both repositories',
  privateRepository: 'slug of a private repository that the account may write to',
  publicRepository: 'slug of a public repository that the account may write to',
  strangerRepository: 'workspace/slug of a private repository that the account may not read',
} as const

export type Name = keyof typeof names

/** Credentials go to the first two only; the third is asked by nobody. */
const hosts = ['https://bitbucket.org/', 'https://api.bitbucket.org/', 'https://www.bitbucket.org/']
const barred = 'https://www.bitbucket.org/'

const secret = z.enum([...(Object.keys(roles) as Role[]), ...inventions])

const Login = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('none') }),
  z.strictObject({ scheme: z.literal('basic'), username: z.string(), secret }),
  z.strictObject({ scheme: z.literal('bearer'), secret }),
])

const Body = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['empty', 'git references', 'any']) }),
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({
    kind: z.literal('json'),
    type: z.string(),
    message: z.string().optional(),
    keys: z.array(z.string()).optional(),
    required: z.array(z.string()).optional(),
    granted: z.array(z.string()).optional(),
  }),
])

export const Row = z
  .strictObject({
    id: z.string(),
    says: z.string(),
    /** `section / text`, both of docs/bitbucket-authentication.md. */
    fact: z.string().optional(),
    /** A public source, for what that page leaves out. */
    source: z.string().optional(),
    /** The only one: nothing here can write on the service. */
    method: z.literal('GET'),
    url: z.string(),
    as: Login,
    /** A switch of the sandbox whose right value the real answer tells. */
    settles: z.string().optional(),
    expected: z.strictObject({ status: z.number(), headers: z.record(z.string(), z.string()), body: Body }),
  })
  .refine(({ fact, source }) => (fact === undefined) !== (source === undefined), 'a row cites a fact or a source')
  .refine(({ url }) => hosts.some((host) => url.startsWith(host)), 'a row asks a host of Bitbucket')
  .refine(({ url, as }) => as.scheme === 'none' || !url.startsWith(barred), 'www gets no credential')
  .refine(({ url }) => !/git-upload-pack$|git-receive-pack$/.test(new URL(url).pathname), 'no row sends a pack')

export type Row = z.infer<typeof Row>
export type Login = z.infer<typeof Login>
export type ExpectedBody = z.infer<typeof Body>

export const rows: readonly Row[] = z.array(Row).parse(rowsAsWritten)
