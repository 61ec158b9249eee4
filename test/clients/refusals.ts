import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts'
import type { Pair } from './client-run.ts'
import { apiTokenUser as sentinel } from './town.ts'

export const mayNotHaveAccess =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'
const lackScopes = 'Your credentials lack one or more required privilege scopes.'
const noAccess =
  "The requested repository either does not exist or you do not have access. If you believe this repository exists and you have access, make sure you're authenticated."
const appPasswordLines = [
  'CHANGE-3222 - Functionality has been deprecated',
  'App passwords are deprecated and must be replaced with API tokens.',
  'https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
]

/** One way in which git over HTTPS is refused, and what is answered. */
export interface Refusal {
  readonly cause: string
  readonly pair: (sandbox: Sandbox) => Pair
  readonly push?: true
  readonly arrange?: (sandbox: Sandbox) => void
  readonly options?: SandboxOptions
  readonly status: 401 | 403 | 404 | 410 | 429 | 503
  readonly body: readonly string[]
}

export const token = (
  sandbox: Sandbox,
  options: Partial<Parameters<Sandbox['world']['addApiToken']>[1]> = {},
): string => sandbox.world.addApiToken('alice', { name: 'ci', ...options })

const withSentinel = (options: Partial<Parameters<Sandbox['world']['addApiToken']>[1]>) => (sandbox: Sandbox) => ({
  username: sentinel,
  secret: token(sandbox, options),
})

/** Documented or pasted by users; the sources stand beside the texts in sandbox/bitbucket/git-texts.ts. */
export const refusals: readonly Refusal[] = [
  {
    cause: 'an app password after 2026-07-28',
    pair: (sandbox) => ({ username: 'alice', secret: sandbox.world.addAppPassword('alice') }),
    status: 410,
    body: appPasswordLines,
  },
  {
    cause: 'an app password without the prefix',
    pair: (sandbox) => ({ username: 'alice', secret: sandbox.world.addAppPassword('alice', { unprefixed: true }) }),
    status: 410,
    body: appPasswordLines,
  },
  {
    cause: 'an app password inside a brown-out window',
    options: { now: '2026-06-09T06:14:00Z' },
    pair: (sandbox) => ({ username: 'alice', secret: sandbox.world.addAppPassword('alice') }),
    status: 410,
    body: appPasswordLines,
  },
  {
    cause: 'an API token without scopes',
    pair: withSentinel({ scopes: 'none' }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'an API token for Jira',
    pair: withSentinel({ app: 'jira', scopes: ['read:jira-work'] }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'the e-mail as git user',
    pair: (sandbox) => ({ username: 'alice@example.com', secret: token(sandbox) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'another spelling of the Bitbucket username',
    pair: (sandbox) => ({ username: 'Alice', secret: token(sandbox) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'an API token cut short',
    pair: (sandbox) => ({ username: sentinel, secret: token(sandbox).slice(0, -9) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'an expired API token',
    pair: withSentinel({ expiresAt: '2026-11-23T09:00:00Z' }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a revoked API token',
    pair: (sandbox) => {
      const secret = token(sandbox)
      sandbox.world.revokeToken(secret)
      return { username: sentinel, secret }
    },
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a fetch with admin:repository alone',
    pair: withSentinel({ scopes: ['admin:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a fetch with write:repository but not read:repository',
    pair: withSentinel({ scopes: ['write:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a push with read:repository alone',
    push: true,
    pair: withSentinel({ scopes: ['read:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a push with write:repository but not read:repository',
    push: true,
    pair: withSentinel({ scopes: ['write:repository:bitbucket'] }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'a good token of a user without access to the repository',
    pair: (sandbox) => ({ username: sentinel, secret: sandbox.world.addApiToken('carol', { name: 'ci' }) }),
    status: 403,
    body: [noAccess],
  },
  {
    cause: 'a good token of a user without access, in the other wording',
    options: { switches: { noRepositoryAccess: '401-text' } },
    pair: (sandbox) => ({ username: sentinel, secret: sandbox.world.addApiToken('carol', { name: 'ci' }) }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a push by a user who may only read',
    push: true,
    pair: (sandbox) => ({ username: sentinel, secret: sandbox.world.addApiToken('bob', { name: 'ci' }) }),
    status: 403,
    body: [noAccess],
  },
  {
    cause: 'a token limited to another workspace',
    pair: withSentinel({ workspace: 'other' }),
    status: 403,
    body: [noAccess],
  },
  {
    cause: 'an address outside the allowlist of the workspace',
    arrange: ({ world }) => world.setWorkspacePolicy('acme', { ipAllowlist: true }),
    pair: withSentinel({}),
    status: 403,
    body: ['To access this repository, an admin must whitelist your IP.'],
  },
  {
    cause: 'a workspace that requires two-step verification',
    arrange: ({ world }) => world.setWorkspacePolicy('acme', { requires2sv: true }),
    pair: withSentinel({}),
    status: 403,
    body: ['To access this repository, enable two-step authentication.'],
  },
  {
    cause: 'an access token with the git user of API tokens',
    pair: ({ world }) => ({
      username: sentinel,
      secret: world.addAccessToken({ resource: 'acme/app', name: 'ci', scopes: ['repository'] }),
    }),
    status: 401,
    body: [mayNotHaveAccess],
  },
  {
    cause: 'a push with an access token that may only read',
    push: true,
    pair: ({ world }) => ({
      username: 'x-token-auth',
      secret: world.addAccessToken({ resource: 'acme', name: 'ci', scopes: ['repository'] }),
    }),
    status: 403,
    body: [lackScopes],
  },
  {
    cause: 'the account password',
    pair: () => ({ username: 'alice', secret: 'sandbox' }),
    status: 401,
    body: ['Bitbucket Cloud recently stopped supporting account passwords for Git authentication.'],
  },
  {
    cause: 'too many requests',
    arrange: ({ world }) => world.injectFault({ kind: 'rate-limit', match: 'bitbucket.org/acme/app', times: 9 }),
    pair: withSentinel({}),
    status: 429,
    body: ['Rate limit for this resource has been exceeded'],
  },
  {
    cause: 'a workspace over its user limit, for pushing',
    push: true,
    arrange: ({ world }) => world.setWorkspacePolicy('acme', { overUserLimit: true }),
    pair: withSentinel({}),
    status: 403,
    body: [
      "[ALERT] Your push failed because the account 'acme' has exceeded its user limit and this repository is restricted to read-only access. To restore write access, ask an account administrator to upgrade their plan.",
    ],
  },
  {
    cause: 'key and secret of an OAuth consumer',
    pair: ({ world }) => {
      const { key, secret } = world.addOAuthConsumer('ci')
      return { username: key, secret }
    },
    status: 401,
    body: ['Invalid username or password'],
  },
  {
    cause: 'too many failed attempts',
    arrange: ({ world }) =>
      world.injectFault({
        kind: 'status',
        status: 429,
        text: 'Too many failed authentication attempts. Please try again later.',
        match: 'bitbucket.org/acme/app',
        times: 9,
      }),
    pair: withSentinel({}),
    status: 429,
    body: ['Too many failed authentication attempts. Please try again later.'],
  },
  {
    cause: 'too many failed attempts, until a log-in on the web site',
    arrange: ({ world }) =>
      world.injectFault({
        kind: 'status',
        status: 403,
        text: 'Too many invalid password attempts. Try logging in through the website with your password.',
        withCredential: true,
        times: 9,
      }),
    pair: withSentinel({}),
    status: 403,
    body: ['Too many invalid password attempts. Try logging in through the website with your password.'],
  },
  {
    cause: 'an incident that answers 404',
    arrange: ({ world }) =>
      world.injectFault({ kind: 'status', status: 404, text: 'Not found', withCredential: true, times: 9 }),
    pair: withSentinel({}),
    status: 404,
    body: ['Not found'],
  },
  {
    cause: 'an incident of the service',
    arrange: ({ world }) => world.injectFault({ kind: 'status', status: 503, times: 9 }),
    pair: withSentinel({}),
    status: 503,
    body: [],
  },
]
