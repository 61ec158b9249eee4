import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Facts } from './facts.ts'
import { stripUserinfo } from './jenkins-commands.ts'
import { forgetInHelper, planAndApply, replaceCredential, unsetSetting } from './repairs.ts'
import { chainOf, findingsOf } from './sample-facts.ts'
import { shellWord } from './shell-word.ts'

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
    'git config --get-urlmatch credential.helper https://bitbucket.org || git config --global credential.helper store',
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

test('only the header that signs in is unset', () => {
  expect(
    unsetSetting({ file: '/home/a/.gitconfig', key: 'http.extraheader' }, '', '^[Aa]uthorization:').commands,
  ).toEqual(["git config --file /home/a/.gitconfig --unset-all http.extraheader '^[Aa]uthorization:'"])
})
