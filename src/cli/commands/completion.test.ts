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
