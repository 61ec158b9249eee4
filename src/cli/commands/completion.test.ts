import { execFileSync } from 'node:child_process'
import { afterEach, expect, it, vi } from 'vitest'
import { makeProgram } from '../program.ts'
import { completionCommand } from './completion.ts'

afterEach(() => vi.restoreAllMocks())

function scriptFor(shell: string): string {
  const printed: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  completionCommand(shell, makeProgram())
  vi.restoreAllMocks()
  return printed.join('')
}

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyturn; printf '%s\\n' "\${COMPREPLY[@]}"`
  const args = ['--norc', '-c', `${scriptFor('bash')}\n${ask}`, 'bash', 'keyturn', ...words]
  return execFileSync('bash', args, { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '')
}

it.each([
  [['rollb'], ['rollback']],
  [['token', 'ad'], ['add']],
  [['apply', 'plan.json', '--res'], ['--resume']],
])('%j is completed to %j', (words, expected) => {
  expect(offered(...words)).toEqual(expected)
})

it('options that every command takes are offered behind it', () => {
  expect(offered('apply', '--js')).toEqual(['--json'])
  expect(offered('token', 'list', '--js')).toEqual(['--json'])
  expect(scriptFor('fish')).toContain("complete -c keyturn -n '__fish_seen_subcommand_from apply' -l json\n")
})

it('the value of an option is no command', () => {
  expect(offered('--home', '/tmp', 'token', 'ad')).toEqual(['add'])
  expect(offered('-h', 'apply', '--jobs', '3', '--bat')).toEqual(['--batch'])
})

it('the value of an option that takes one of a few is one of these, and of another a file', () => {
  expect(offered('show', '--format', '')).toEqual(['human', 'csv'])
  expect(offered('show', '--format', '=', 'c')).toEqual(['csv'])
  expect(offered('scan', '.', '--format', 'sar')).toEqual(['sarif'])
  expect(offered('show', '--home', '--')).toEqual([])
  const fish = scriptFor('fish')
  expect(fish).toContain("complete -c keyturn -n '__fish_seen_subcommand_from show' -l format -x -a 'human csv'\n")
  expect(fish).toContain("complete -c keyturn -n '__fish_seen_subcommand_from show' -l home -r\n")
})

/** keyturn as a function of the shell, with two runs and two tokens. */
const RUNS = JSON.stringify(
  { schema: 'x', runs: [{ run: 'r-1', plan: { run: 'deep' } }, { run: 'r-2' }] },
  undefined,
  2,
)
const TOKENS = JSON.stringify(
  {
    tokens: [
      { name: 'ci', of: { name: 'deep' } },
      { fingerprint: '#1', name: 'web' },
    ],
  },
  undefined,
  2,
)
const STANDING = `keyturn() { case $1 in runs) printf '%s' '${RUNS}' ;; token) printf '%s' '${TOKENS}' ;; esac; }`

it.each([
  [
    ['show', 'r-'],
    ['r-1', 'r-2'],
  ],
  [['token', 'check', 'c'], ['ci']],
  [['token', 'remove', 'we'], ['web']],
  [['token', 'add', 'we'], []],
  [['plan', '.', '--token', 'we'], ['web']],
  [['apply', '--resume', 'r-1'], ['r-1']],
  [['apply', 'r-1'], []],
])('the names of what is kept are offered where a command takes one: %j', (words, expected) => {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyturn; printf '%s\\n' "\${COMPREPLY[@]}"`
  const script = `${STANDING}\n${scriptFor('bash')}\n${ask}`
  const printed = execFileSync('bash', ['--norc', '-c', script, 'bash', 'keyturn', ...words], { encoding: 'utf8' })
  expect(printed.split('\n').filter((word) => word !== '')).toEqual(expected)
})
