import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { GitHome, runClient } from './client-run.ts'
import { describeClient } from './presence.ts'
import { apiTokenUser, requestsDuring, startTown } from './town.ts'

interface Netrc {
  readonly gitUser: string
  readonly restUser: string
  readonly secret: string
}

interface Seen {
  readonly exit: number | null
  readonly says: readonly string[]
  readonly sent: readonly string[]
}

const repository = 'api.bitbucket.org/2.0/repositories/acme/app'
const references = 'bitbucket.org/acme/app.git/info/refs?service=git-upload-pack'
const failed = (status: number): string => `curl: (22) The requested URL returned error: ${status}`

/** curl reads the name for each host from its netrc, so one token can stand there under two names. */
const rows: readonly {
  readonly name: string
  readonly netrc: (sandbox: Sandbox) => Netrc
  readonly git: Seen
  readonly rest: Seen
}[] = [
  {
    name: 'an API token under the name that each host wants',
    netrc: ({ world }) => both(apiTokenUser, 'alice@example.com', world.addApiToken('alice', { name: 'ci' })),
    git: { exit: 0, says: ['001e# service=git-upload-pack'], sent: [asGit(apiTokenUser, 200)] },
    rest: { exit: 0, says: ['"full_name": "acme/app"'], sent: [asRest('alice@example.com', 200)] },
  },
  {
    name: 'an API token under the e-mail at both hosts',
    netrc: ({ world }) => both('alice@example.com', 'alice@example.com', world.addApiToken('alice', { name: 'ci' })),
    git: {
      exit: 22,
      says: [failed(401), 'You may not have access to this repository'],
      sent: [asGit('alice@example.com', 401)],
    },
    rest: { exit: 0, says: ['"full_name": "acme/app"'], sent: [asRest('alice@example.com', 200)] },
  },
  {
    name: 'an API token under the git user at both hosts',
    netrc: ({ world }) => both(apiTokenUser, apiTokenUser, world.addApiToken('alice', { name: 'ci' })),
    git: { exit: 0, says: ['001e# service=git-upload-pack'], sent: [asGit(apiTokenUser, 200)] },
    rest: {
      exit: 22,
      says: [failed(401), 'API token must be used with an atlassian registered email'],
      sent: [asRest(apiTokenUser, 401)],
    },
  },
  {
    name: 'an app password',
    netrc: ({ world }) => both('alice', 'alice', world.addAppPassword('alice')),
    git: { exit: 22, says: [failed(410), 'CHANGE-3222'], sent: [asGit('alice', 410)] },
    rest: { exit: 22, says: [failed(401), 'App passwords are deprecated'], sent: [asRest('alice', 401)] },
  },
  {
    name: 'an API token without scopes',
    netrc: ({ world }) =>
      both(apiTokenUser, 'alice@example.com', world.addApiToken('alice', { name: 'ci', scopes: 'none' })),
    git: {
      exit: 22,
      says: [failed(401), 'You may not have access to this repository'],
      sent: [asGit(apiTokenUser, 401)],
    },
    rest: {
      exit: 22,
      says: [failed(401), 'API Token provided has no Bitbucket scopes'],
      sent: [asRest('alice@example.com', 401)],
    },
  },
  {
    name: 'an API token that lacks a scope',
    netrc: ({ world }) =>
      both(
        apiTokenUser,
        'alice@example.com',
        world.addApiToken('alice', { name: 'ci', scopes: ['admin:repository:bitbucket'] }),
      ),
    git: { exit: 22, says: [failed(403), 'Your credentials lack'], sent: [asGit(apiTokenUser, 403)] },
    rest: {
      exit: 22,
      says: [failed(403), '"required": ["read:repository:bitbucket"], "granted": ["admin:repository:bitbucket"]'],
      sent: [asRest('alice@example.com', 403)],
    },
  },
  {
    name: 'an API token of somebody without access',
    netrc: ({ world }) => both(apiTokenUser, 'carol@example.com', world.addApiToken('carol', { name: 'ci' })),
    git: {
      exit: 22,
      says: [failed(403), 'either does not exist or you do not have access'],
      sent: [asGit(apiTokenUser, 403)],
    },
    rest: {
      exit: 22,
      says: [failed(404), 'You may not have access to this repository'],
      sent: [asRest('carol@example.com', 404)],
    },
  },
]

function both(gitUser: string, restUser: string, secret: string): Netrc {
  return { gitUser, restUser, secret }
}

function asGit(whom: string, status: number): string {
  return `GET ${references} as Basic ${whom}: ${status}`
}

function asRest(whom: string, status: number): string {
  return `GET ${repository} as Basic ${whom}: ${status}`
}

const ask = async (sandbox: Sandbox, { gitUser, restUser, secret }: Netrc, url: string, says: readonly string[]) => {
  const home = new GitHome(sandbox)
  const line = (host: string, user: string): string => `machine ${host} login ${user} password ${secret}\n`
  home.file('.netrc', line('bitbucket.org', gitUser) + line('api.bitbucket.org', restUser))
  const { result, sent } = await requestsDuring(sandbox, () =>
    runClient(
      'curl',
      ['--netrc', '--silent', '--show-error', '--fail-with-body', url],
      home.environment(),
      home.folder,
    ),
  )
  const shown = [...result.screen, result.stdout].join('\n')
  // A person sees the whole body; the words that tell the cause are what is compared.
  return { exit: result.exit, says: says.filter((text) => shown.includes(text)), sent } satisfies Seen
}

describeClient('curl', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  it.each(rows)('$name', async ({ netrc, git, rest }) => {
    const given = netrc(sandbox)
    expect({
      git: await ask(sandbox, given, `https://${references}`, git.says),
      rest: await ask(sandbox, given, `https://${repository}`, rest.says),
    }).toEqual({ git, rest })
  })

  it('sends a secret from netrc at once, also to a public repository that asks for none', async () => {
    const netrc = both(apiTokenUser, 'alice@example.com', 'wrong')
    const url = 'https://bitbucket.org/acme/site.git/info/refs?service=git-upload-pack'
    expect(await ask(sandbox, netrc, url, ['001e# service=git-upload-pack'])).toEqual({
      exit: 0,
      says: ['001e# service=git-upload-pack'],
      sent: [`GET bitbucket.org/acme/site.git/info/refs?service=git-upload-pack as Basic ${apiTokenUser}: 200`],
    })
  })
})
