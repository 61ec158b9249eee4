import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { type GitCase, gitCaseNames, refsAs } from './git-cases.ts'
import { type LibraryRun, runPython } from './library-run.ts'
import { describeClient } from './presence.ts'
import { apiTokenUser, privateUrl, startTown } from './town.ts'

/** dulwich sends the credential with its first request, so a wrong one is sent once and a public repository gets it too. */
const acceptedAs = (whom: string): LibraryRun => ({
  exit: 0,
  says: 'HEAD refs/heads/main',
  sent: [refsAs(`Basic ${whom}`, 200)],
})

const refusedAs = (whom: string): LibraryRun => ({
  exit: 1,
  says: 'dulwich.client.HTTPUnauthorized: No valid credentials provided',
  sent: [refsAs(`Basic ${whom}`, 401)],
})

const statusAs = (whom: string, status: number): LibraryRun => ({
  exit: 1,
  says: `dulwich.errors.GitProtocolError: unexpected http resp ${status} for ${privateUrl}/info/refs?service=git-upload-pack`,
  sent: [refsAs(`Basic ${whom}`, status)],
})

const table: Readonly<Record<GitCase, LibraryRun>> = {
  'an API token under the fixed user': acceptedAs(apiTokenUser),
  'an API token under the Bitbucket username': acceptedAs('alice'),
  'an API token under the e-mail': refusedAs('alice@example.com'),
  'an app password': statusAs('alice', 410),
  'an API token without scopes': refusedAs(apiTokenUser),
  'an API token that lacks a scope': statusAs(apiTokenUser, 403),
  'an API token of somebody without access': statusAs(apiTokenUser, 403),
}

describeClient('dulwich', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  it.each(gitCaseNames)('%s', async (name) => {
    const args = ['https://bitbucket.org', '/acme/app.git', sandbox.caFile]
    expect(await runPython(sandbox, 'list_with_dulwich.py', args, name)).toEqual(table[name])
  })
})
