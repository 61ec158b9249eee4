import type { Sandbox } from '../../sandbox/index.ts'
import type { Pair } from './client-run.ts'
import { apiTokenUser, privateUrl } from './town.ts'

/** What every git client is asked to do, once for each credential. */
export const gitCases = {
  'an API token under the fixed user': (sandbox: Sandbox) => token(sandbox, apiTokenUser),
  'an API token under the Bitbucket username': (sandbox: Sandbox) => token(sandbox, 'alice'),
  'an API token under the e-mail': (sandbox: Sandbox) => token(sandbox, 'alice@example.com'),
  'an app password': ({ world }: Sandbox) => ({ username: 'alice', secret: world.addAppPassword('alice') }),
  'an API token without scopes': (sandbox: Sandbox) => token(sandbox, apiTokenUser, 'none'),
  'an API token that lacks a scope': (sandbox: Sandbox) => token(sandbox, apiTokenUser, ['admin:repository:bitbucket']),
  'an API token of somebody without access': ({ world }: Sandbox) => ({
    username: apiTokenUser,
    secret: world.addApiToken('carol', { name: 'ci' }),
  }),
} satisfies Record<string, (sandbox: Sandbox) => Pair>

export type GitCase = keyof typeof gitCases

const token = ({ world }: Sandbox, username: string, scopes?: readonly string[] | 'none'): Pair => ({
  username,
  secret: world.addApiToken('alice', { name: 'ci', ...(scopes === undefined ? {} : { scopes }) }),
})

export const gitCaseNames = Object.keys(gitCases) as readonly GitCase[]

const refs = `GET ${privateUrl.slice('https://'.length)}/info/refs?service=git-upload-pack`

/** A request for the references of the private repository, as a line of a table. */
export const refsAs = (whom: string, status: number): string => `${refs} as ${whom}: ${status}`
