import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Facts } from './facts.ts'
import { stripUserinfo } from './jenkins-commands.ts'
import { forgetInHelper, planAndApply, replaceCredential } from './repairs.ts'
import { extraHeader } from './rules/extra-header.ts'
import { olderCredentialFirst } from './rules/older-credential-first.ts'
import { restUsername } from './rules/rest-username.ts'
import { restWithoutCredential } from './rules/rest-without-credential.ts'
import { API_TOKEN, APP_PASSWORD, chainOf, findingsOf, no } from './sample-facts.ts'
import { shellWord } from './shell-word.ts'
import type { GitChain } from './trace-git.ts'

const FACTS: Facts = { use: 'git-fetch', answers: {} }
const PLACE = { id: 'p1', consumer: 'netrc', address: 'machine/bitbucket.org' }

/** What a real shell makes of a printed word. */
function asShellReads(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } })
}

test.each(['plain', "it's", 'two words', '$HOME `id` \\n "q"', 'a%b', "'; rm -rf x; '"])(
  'the shell reads %s as one word',
  (text) => {
    expect(asShellReads(`printf %s ${shellWord(text)}`)).toBe(text)
  },
)

test.each(['alice', "o'hara", 'back\\slash', 'per%cent', 'a b'])(
  'the question to `git credential reject` names %s',
  (username) => {
    const source = { kind: 'helper', where: 'store', standing: 'sent first', why: '', username } as const
    const [command = ''] = forgetInHelper(source, undefined).commands
    expect(command).toContain('| git credential reject')
    expect(asShellReads(command.replace('| git credential reject', ''))).toBe(
      `protocol=https\nhost=bitbucket.org\nusername=${username}\n\n`,
    )
  },
)

test.each([
  ['/2.0/user/', 'read:user:bitbucket'],
  ['/2.0/user/workspaces?page=2', 'read:workspace:bitbucket'],
  ['/2.0/repositories/acme/app/pullrequests', 'read:pullrequest:bitbucket'],
  ['/2.0/repositories/acme/app', 'read:repository:bitbucket'],
])('a new token for %s has the scope that the path takes', (restPath, scope) => {
  const facts: Facts = { use: 'rest', answers: {}, restPath }
  for (const repairs of [restWithoutCredential.decide(facts)?.repairs, replaceCredential(facts)])
    expect(repairs?.[0]?.text).toMatch(new RegExp(`the scopes ${scope}\\.$`))
})

test('an e-mail that REST refused is not printed as a repair', () => {
  const place = { ...PLACE, at: { kind: 'file', path: '/srv/main.tf' } } as const
  const answers = { 'rest-configured': no('username is not the e-mail') }
  const facts = { use: 'rest', shape: API_TOKEN, username: 'alice', email: 'bob@acme.example', place } as const
  const printed = (more: Facts['answers']) =>
    restUsername.decide({ ...facts, answers: { ...answers, ...more } })?.repairs[0]?.commands.join()
  expect(printed({ 'rest-email': no('token invalid or expired') })).toBe('')
  expect(printed({})).toContain('--email bob@acme.example')
})

test('the plan looks at the file of the place, or at the job, or at the whole account', () => {
  const file = { ...PLACE, at: { kind: 'file', path: '/home/o hara/.netrc' } } as const
  const commands = (facts: Facts) => planAndApply(facts, '')[0]?.commands
  expect(commands({ ...FACTS, place: file, repository: { workspace: 'acme', slug: 'app' } })).toEqual([
    "keyturn plan '/home/o hara/.netrc' --repository https://bitbucket.org/acme/app.git -o plan.json",
    'keyturn apply plan.json',
  ])
  const folderStore = {
    ...PLACE,
    consumer: 'jenkins-home',
    at: { kind: 'file', path: '/srv/jenkins/jobs/team/config.xml' },
  } as const
  expect(commands({ ...FACTS, place: folderStore, job: 'team/app' })).toEqual([
    'keyturn plan /srv/jenkins --job team/app -o plan.json',
    'keyturn apply plan.json',
  ])
  expect(commands({ ...FACTS, jenkins: findingsOf() })).toEqual([
    'keyturn plan --jenkins http://jenkins.example.org --job team/app -o plan.json',
    'keyturn apply plan.json --jenkins http://jenkins.example.org',
  ])
  expect(commands(FACTS)).toEqual(['keyturn plan "$HOME" -o plan.json', 'keyturn apply plan.json'])
})

test('a new token is a matter of a person, of keyturn, and of a plan', () => {
  expect(replaceCredential({ ...FACTS, use: 'git-push', email: 'a@example.com' })).toEqual([
    {
      text: 'Only the owner of the account can create the token: open https://id.atlassian.com/manage-profile/security/api-tokens, choose "Create API token with scopes" (not "Create API token"), the app Bitbucket, and the scopes read:repository:bitbucket and write:repository:bitbucket.',
      commands: [],
    },
    {
      text: 'Give the token to keyturn. It is read from a hidden prompt.',
      commands: ['keyturn token add bitbucket --email a@example.com'],
    },
    {
      text: 'Replace the old credential where it is stored.',
      commands: ['keyturn plan "$HOME" --token bitbucket -o plan.json', 'keyturn apply plan.json'],
    },
  ])
})

test('git itself replaces what a helper holds that has no file', () => {
  const helper = {
    kind: 'helper',
    standing: 'sent first',
    where: 'credential helper "osxkeychain"',
    username: 'alice',
  } as const
  expect(replaceCredential({ ...FACTS, chain: chainOf([helper]) }).flatMap(({ commands }) => commands)).toEqual([
    "printf 'protocol=https\\nhost=bitbucket.org\\nusername=alice\\n\\n' | git credential reject",
    'git config --get-urlmatch credential.helper https://bitbucket.org | grep -q . || git config --global credential.helper store',
    "printf 'url=%s\\n\\n' https://bitbucket.org/acme/app.git | git credential fill | git credential approve",
    'git ls-remote https://bitbucket.org/acme/app.git',
  ])
})

test.each([
  ['https://olduser@bitbucket.org/acme/app.git', 'https://bitbucket.org/acme/app.git'],
  ['https://alice:s%3Dcret@bitbucket.org/acme/app.git', 'https://bitbucket.org/acme/app.git'],
  ['https://alice:one@example.org/a.git', 'https://alice:one@example.org/a.git'],
])('the printed edit makes %s into %s', (before, after) => {
  const [, edit = ''] = stripUserinfo(findingsOf()).commands
  expect(edit).toContain('sed -i ')
  const filter = edit.replace('sed -i ', 'sed ').replace(/ config\.xml$/, '')
  expect(asShellReads(`printf %s '<url>${before}</url>' | ${filter}`)).toBe(`<url>${after}</url>`)
})

describe.each(['authorization', 'Authorization', 'AUTHORIZATION'])('the header %s', (name) => {
  test('is unset as it is written, and another header stays', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'keyturn-header-')), 'config')
    const key = 'http.https://bitbucket.org/.extraheader'
    for (const header of [`${name}: basic abc`, 'X-Team: build'])
      execFileSync('git', ['config', '--file', file, '--add', key, header])
    const facts: Facts = {
      ...FACTS,
      answers: { 'git-configured': no('unauthorized') },
      chain: chainOf([{ kind: 'extra header', setting: { file, key } }, { standing: 'masked' }]),
    }
    const [command = ''] = extraHeader.decide(facts)?.repairs.flatMap(({ commands }) => commands) ?? []
    asShellReads(command)
    expect(readFileSync(file, 'utf8').match(/extraheader = .*/g)).toEqual(['extraheader = X-Team: build'])
    rmSync(dirname(file), { recursive: true })
  })
})

test('a helper with the secret written into it is unset where it stands, and the others stay', () => {
  const setting = { file: '/home/a/.gitconfig', key: 'credential.helper' }
  const helper = { kind: 'helper', where: 'credential helper "!f()" (/home/a/.gitconfig:2)', setting } as const
  expect(forgetInHelper({ ...helper, standing: 'sent first', why: '' }, undefined)).toEqual({
    text: 'Remove the helper that has the secret written into it: credential helper "!f()" (/home/a/.gitconfig:2).',
    commands: ["git config --file /home/a/.gitconfig --unset-all credential.helper '^!.*password='"],
  })
})

describe('a dead line of a store before a good one', () => {
  const at = { kind: 'file', path: '/home/a/.git-credentials' } as const
  const place = (address: string) => ({ id: address, consumer: 'git-credentials', at, address })
  const repairOf = (older: string, newer: string) => {
    const chain = chainOf([
      { shape: APP_PASSWORD, username: older, where: `${at.path}:1`, place: place('bitbucket.org') },
      { shape: API_TOKEN, username: newer, where: `${at.path}:2`, place: place('bitbucket.org#2'), standing: 'masked' },
    ])
    return olderCredentialFirst.decide({ ...FACTS, chain })?.repairs[0]?.commands
  }

  test('is forgotten by its username', () => {
    expect(repairOf('alice', 'x-bitbucket-api-token-auth')).toEqual([
      "printf 'protocol=https\\nhost=bitbucket.org\\nusername=alice\\n\\n' | git credential reject",
    ])
  })

  test('is deleted by its number where both have one username, for git would forget both', () => {
    expect(repairOf('alice', 'alice')).toEqual(['sed -i 1d /home/a/.git-credentials'])
  })
})

test('what stands under "default" in a netrc is left to a person, who is told where', () => {
  const source = { kind: 'netrc', shape: APP_PASSWORD, where: '/home/a/.netrc:1, the entry "default"' } as const
  expect(replaceCredential({ ...FACTS, chain: chainOf([source]) })[1]).toEqual({
    text: 'Write an entry before /home/a/.netrc:1, the entry "default", which answers for every host: machine bitbucket.org login x-bitbucket-api-token-auth password, and the token.',
    commands: [],
  })
})

describe('a username that is decided elsewhere than in the store', () => {
  const place = {
    ...PLACE,
    consumer: 'git-credentials',
    at: { kind: 'file', path: '/home/ci/.git-credentials' },
  } as const
  const textsWith = (pinned: NonNullable<GitChain['pinned']>, username = 'alice') =>
    replaceCredential({ ...FACTS, place, chain: chainOf([{ username }], { folder: '/src/app', pinned }) }).slice(3)

  test('goes with the plan that gives the store another one, for git would find nothing under the old one', () => {
    expect(textsWith({ username: 'alice', from: 'url', where: '/src/app/.git/config:7', remote: 'origin' })).toEqual([
      {
        text: 'Take the username out of the URL of the remote; the stored credential then decides.',
        commands: ['git -C /src/app remote set-url origin https://bitbucket.org/acme/app.git'],
      },
    ])
    const setting = { file: '/home/ci/.gitconfig', key: 'credential.username', value: 'alice', line: 3 }
    const where = '/home/ci/.gitconfig:3'
    expect(textsWith({ username: 'alice', from: 'credential.username', where, setting })).toEqual([
      {
        text: 'Remove the setting that names the user, which it does for every host.',
        commands: ["git config --file /home/ci/.gitconfig --unset-all credential.username '^alice$'"],
      },
    ])
  })

  test('stays where it is the one that the store gets', () => {
    const username = 'x-bitbucket-api-token-auth'
    expect(textsWith({ username, from: 'url', where: 'the URL', remote: 'origin' }, username)).toEqual([])
  })
})
