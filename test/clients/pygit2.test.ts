import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { type GitCase, gitCaseNames, refsAs } from './git-cases.ts'
import { type LibraryRun, runPython } from './library-run.ts'
import { describeClient } from './presence.ts'
import { apiTokenUser, privateUrl, startTown } from './town.ts'

const references = 'HEAD refs/heads/main'
const challenge = refsAs('nobody', 401)

/** libgit2 asks its callback again after each 401, and gives up by itself only here. */
const replays = 14
const refusedAs = (whom: string): LibraryRun => ({
  exit: 1,
  says: '_pygit2.GitError: too many redirects or authentication replays',
  sent: [challenge, ...Array.from({ length: replays }, () => refsAs(`Basic ${whom}`, 401))],
})

/** The text of a 403 or 410 is lost: libgit2 tells the number only. */
const statusAs = (whom: string, status: number): LibraryRun => ({
  exit: 1,
  says: `_pygit2.GitError: unexpected http status code: ${status}`,
  sent: [challenge, refsAs(`Basic ${whom}`, status)],
})

const acceptedAs = (whom: string): LibraryRun => ({
  exit: 0,
  says: references,
  sent: [challenge, refsAs(`Basic ${whom}`, 200)],
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

describeClient('pygit2', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  it.each(gitCaseNames)('%s', async (name) => {
    expect(await runPython(sandbox, 'list_with_pygit2.py', [privateUrl, sandbox.caFile], name)).toEqual(table[name])
  })
})
