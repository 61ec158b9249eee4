import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyturn } from '../support/keyturn-process.ts'
import { appPassword } from '../support/synthetic-secrets.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-strange-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a username that is a shell command', () => {
  it('does not run when the printed command is copied into a shell', async () => {
    const mark = join(folder, 'touched')
    writeFileSync(
      join(folder, '.netrc'),
      `machine bitbucket.org login "alice; touch ${mark}" password ${appPassword()}\n`,
    )
    const { stdout } = await keyturn({ args: ['plan', '.netrc', '--offline'], folder })
    const command = stdout.split('\n').find((line) => line.includes('keyturn token add')) ?? ''
    expect(command).toContain("--username 'alice; touch")
    execFileSync('sh', ['-c', `keyturn() { :; }; ${command.trim()}`])
    expect(existsSync(mark)).toBe(false)
  })
})

describe('a username with a line feed and an escape sequence', () => {
  it('neither begins a line nor steers the terminal', async () => {
    writeFileSync(join(folder, '.git-credentials'), `https://a%0aNext%1b[31m:${appPassword()}@bitbucket.org\n`)
    for (const args of [
      ['scan', '.'],
      ['plan', '.', '--offline'],
    ]) {
      const { stdout } = await keyturn({ args, folder })
      expect([stdout.includes('\u001b'), /^Next\b.*31m/m.test(stdout)]).toEqual([false, false])
    }
  })
})

describe('an empty path', () => {
  it('is not taken for the working directory', async () => {
    const { exitCode, stderr } = await keyturn({ args: ['scan', ''], folder })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('one of the paths is empty')])
  })
})

describe('a device without room for the result', () => {
  it('gets the five parts, and no stack', () => {
    const main = resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
    writeFileSync(join(folder, '.netrc'), `machine bitbucket.org login alice password ${appPassword()}\n`)
    const line = `'${process.execPath}' '${main}' scan . > /dev/full 2> stderr; echo $?; cat stderr`
    const said = execFileSync('sh', ['-c', line], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    }).toString()
    expect(said).toMatch(/^1\nerror R105: No space is left to write a file\n\n {2}at {7}standard output\n/)
    expect(said).toContain('What the command had to do is done; its result was not written whole.')
    expect(said).not.toMatch(/^\s+at .*\.(js|ts):\d+/m)
  })
})
