import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { GitHome, type Pair, runClient } from './client-run.ts'
import { type GitCase, gitCaseNames, gitCases, refsAs } from './git-cases.ts'
import { describeClient } from './presence.ts'
import { token } from './refusals.ts'
import { apiTokenUser, privateUrl, requestsDuring, startTown } from './town.ts'

interface Push {
  readonly exit: number | null
  readonly says: readonly string[]
  readonly sent: readonly string[]
}

/** A repository with one large file under LFS, whose remote is the private repository; nothing was sent yet. */
const repositoryWithLargeFile = async (home: GitHome, bytes: string): Promise<string> => {
  const folder = join(home.folder, 'work')
  mkdirSync(folder)
  writeFileSync(join(folder, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n')
  writeFileSync(join(folder, 'large.bin'), bytes)
  const steps = [
    ['init', '--quiet', '--initial-branch=large'],
    ['lfs', 'install', '--local'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'large'],
    ['remote', 'add', 'origin', privateUrl],
  ]
  for (const step of steps) {
    const run = await home.git(step, undefined, folder)
    if (run.exit !== 0) throw new Error(run.screen.join('\n'))
  }
  return folder
}

/** The credential lies in the store helper's file, from which git removes it after a 401. */
const storeIn = (home: GitHome, { username, secret }: Pair): void => {
  home.file('.git-credentials', `https://${encodeURIComponent(username)}:${encodeURIComponent(secret)}@bitbucket.org\n`)
  home.file('.gitconfig', '[credential]\n\thelper = store\n')
}

const named = (line: string): string =>
  line.replace(/objects\/[0-9a-f]{64}/, 'objects/OID').replace(/\?ticket=\w+/, '?ticket')

const pushLarge = async (sandbox: Sandbox, pair: Pair, bytes: string): Promise<Push> => {
  const home = new GitHome(sandbox)
  storeIn(home, pair)
  const folder = await repositoryWithLargeFile(home, bytes)
  const { result, sent } = await requestsDuring(sandbox, () =>
    home.git(['lfs', 'push', 'origin', 'large'], undefined, folder),
  )
  return { exit: result.exit, says: result.screen, sent: sent.map(named) }
}

const lfs = (method: string, path: string, whom: string, status: number): string =>
  `${method} bitbucket.org/acme/app.git/info/lfs/${path} as ${whom}: ${status}`

/** git-lfs lets git list the references first, and asks about locks before it sends anything. */
const acceptedAs = (user: string): Push => ({
  exit: 0,
  says: [],
  sent: [
    refsAs('nobody', 401),
    refsAs(`Basic ${user}`, 200),
    `POST bitbucket.org/acme/app.git/git-upload-pack as Basic ${user}: 200`,
    lfs('POST', 'locks/verify', 'nobody', 401),
    lfs('POST', 'locks/verify', `Basic ${user}`, 200),
    lfs('POST', 'objects/batch', `Basic ${user}`, 200),
    lfs('PUT', 'objects/OID?ticket', 'nobody', 200),
    lfs('POST', 'verify?ticket', 'nobody', 200),
  ],
})

/** git lost the credential to the first 401, so git-lfs has none and blames its absence. */
const refusedAs = (user: string): Push => ({
  exit: 2,
  says: [
    "fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled",
    "fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled",
    `batch response: Git credentials for ${privateUrl} not found.`,
  ],
  sent: [refsAs('nobody', 401), refsAs(`Basic ${user}`, 401), lfs('POST', 'locks/verify', 'nobody', 401)],
})

const statusAs = (user: string, status: number, says: readonly string[]): Push => ({
  exit: 2,
  says,
  sent: [
    refsAs('nobody', 401),
    refsAs(`Basic ${user}`, status),
    lfs('POST', 'locks/verify', 'nobody', 401),
    lfs('POST', 'locks/verify', `Basic ${user}`, status),
    lfs('POST', 'objects/batch', `Basic ${user}`, status),
  ],
})

const lacks = 'Your credentials lack one or more required privilege scopes.'
const noAccess =
  "The requested repository either does not exist or you do not have access. If you believe this repository exists and you have access, make sure you're authenticated."
const forbidden = (text: string): readonly string[] => [
  `warning: Authentication error: Authentication required: ${text}`,
  `batch response: ${text}`,
]

const table: Readonly<Record<GitCase, Push>> = {
  'an API token under the fixed user': acceptedAs(apiTokenUser),
  'an API token under the Bitbucket username': acceptedAs('alice'),
  'an API token under the e-mail': refusedAs('alice@example.com'),
  'an app password': statusAs('alice', 410, [
    'batch response: CHANGE-3222 - Functionality has been deprecated',
    'App passwords are deprecated and must be replaced with API tokens.',
    'https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
  ]),
  'an API token without scopes': refusedAs(apiTokenUser),
  'an API token that lacks a scope': statusAs(apiTokenUser, 403, forbidden(lacks)),
  'an API token of somebody without access': statusAs(apiTokenUser, 403, forbidden(noAccess)),
}

describeClient('git-lfs', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  it.each(gitCaseNames)('%s', async (name) => {
    expect(await pushLarge(sandbox, gitCases[name](sandbox), `the bytes of ${name}\n`)).toEqual(table[name])
  })

  it('a large file that was pushed arrives whole in a clone', async () => {
    const home = new GitHome(sandbox)
    storeIn(home, { username: apiTokenUser, secret: token(sandbox) })
    const folder = await repositoryWithLargeFile(home, 'large, for once\n')
    const pushed = await home.git(['push', '--quiet', 'origin', 'large'], undefined, folder)
    await home.git(['lfs', 'install'])
    const cloned = await home.git(['clone', '--quiet', '--branch=large', privateUrl, 'clone'])
    expect([pushed.exit, cloned.exit]).toEqual([0, 0])
    expect(readFileSync(join(home.folder, 'clone', 'large.bin'), 'utf8')).toBe('large, for once\n')
  })

  it('asks askpass again after each 401, and stops only when askpass does', async () => {
    const home = new GitHome(sandbox)
    const folder = await repositoryWithLargeFile(home, 'refused\n')
    const secret = home.file('secret', token(sandbox, { scopes: 'none' }))
    const count = home.file('count', '')
    // Jenkins hands its credentials over in this way. Its script would answer for ever; this one stops after nine times.
    const script = home.file(
      'stubborn.sh',
      `#!/bin/sh\nprintf x >>'${count}'\n[ "$(wc -c <'${count}')" -gt 9 ] && exit 1\ncase "$1" in Username*) echo ${apiTokenUser} ;; *) cat '${secret}' ;; esac\n`,
    )
    chmodSync(script, 0o700)
    const { result, sent } = await requestsDuring(sandbox, () =>
      runClient('git', ['lfs', 'push', 'origin', 'large'], { ...home.environment(), GIT_ASKPASS: script }, folder),
    )
    expect(result.exit).toBe(2)
    expect(sent).toEqual([
      refsAs('nobody', 401),
      refsAs(`Basic ${apiTokenUser}`, 401),
      lfs('POST', 'locks/verify', 'nobody', 401),
      ...Array.from({ length: 3 }, () => lfs('POST', 'locks/verify', `Basic ${apiTokenUser}`, 401)),
    ])
  })
})
