import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyturn } from '../../../test/support/keyturn-process.ts'

const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js')

describe('keyturn sandbox', () => {
  let folder: string
  let environment: Record<string, string>
  let ended: Promise<number | null>
  let webUrl: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-sandbox-command-'))
    environment = { HOME: folder, PATH: process.env['PATH'] ?? '', TMPDIR: folder }
    const args = ['sandbox', '--empty', '--json', '--now', '2026-07-27T23:00Z', '--switch', 'rateLimits=published']
    const running = spawn(process.execPath, [main, ...args], { env: environment })
    ended = new Promise((resolve) => running.on('close', resolve))
    webUrl = await new Promise((resolve) => {
      let said = ''
      running.stdout.on('data', (chunk) => {
        said += chunk.toString('utf8')
        if (said.endsWith('}\n')) resolve(JSON.parse(said).webUrl)
      })
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = (...args: readonly string[]) => keyturn({ args: ['sandbox', ...args], folder, environment })

  it('is reached by exec and env of another process, whose exit code is that of its command', async () => {
    const script =
      'curl -s -o /dev/null -w "%{http_code} $KEYTURN_SANDBOX_URL" https://api.bitbucket.org/2.0/user; exit 7'
    const executed = await run('exec', '--verbose', '--', 'sh', '-c', script)
    expect([executed.exitCode, executed.stdout]).toEqual([7, `401 ${webUrl}`])
    expect(executed.stderr).toMatch(/^(In a network namespace|Through the proxy): /)
    expect((await run('env')).stdout).toContain(`export KEYTURN_SANDBOX_URL='${webUrl}'\n`)
  })

  it('refuses a second one, which would hide it, and stays within reach', async () => {
    const second = await run('start', '--empty')
    expect(second.exitCode).toBe(1)
    expect(second.stdout).toBe('')
    expect(second.stderr).toMatch(/because {2}a sandbox is running there already, as process \d+\n/)
    expect(second.stderr).toContain(`at       ${webUrl}\n`)
    expect(second.stderr.trimEnd()).toMatch(/next {5}keyturn sandbox stop$/)
    expect((await run('env')).stdout).toContain(`export KEYTURN_SANDBOX_URL='${webUrl}'\n`)
  })

  it('has a clock that is read, set, advanced and run', async () => {
    const said = async (...args: readonly string[]): Promise<unknown> => {
      const { schema: _schema, ...reading } = JSON.parse((await run('clock', '--json', ...args)).stdout)
      return reading
    }
    expect(await said()).toEqual({ now: '2026-07-27T23:00:00.000Z', rate: 0 })
    expect(await said('--advance', '1h')).toEqual({ now: '2026-07-28T00:00:00.000Z', rate: 0 })
    expect(await said('2026-12-01', '--rate', '60')).toMatchObject({ rate: 60 })
    expect(await said('2026-12-01', '--rate', '0')).toEqual({ now: '2026-12-01T00:00:00.000Z', rate: 0 })
    for (const wrong of [['2026-02-30'], ['--advance', 'soon']]) expect((await run('clock', ...wrong)).exitCode).toBe(2)
  })

  it('ends by stop, and leaves nothing behind', async () => {
    expect((await run('stop')).stdout).toBe('The sandbox has ended.\n')
    expect(await ended).toBe(0)
    await expect(fetch(webUrl)).rejects.toThrow()
    const again = await run('stop')
    expect([again.exitCode, again.stderr.includes('no sandbox is running')]).toEqual([1, true])
    expect(existsSync(join(folder, '.local', 'state', 'keyturn', 'sandbox.json'))).toBe(false)
  })

  it('takes the place of one that ended without a word, although another program has its number now', async () => {
    const state = join(folder, '.local', 'state', 'keyturn')
    const left = { pid: process.pid, webUrl: 'http://127.0.0.1:9', environment: {} }
    writeFileSync(join(state, 'sandbox.json'), JSON.stringify(left))
    const args = ['sandbox', '--empty', '--json']
    const next = spawn(process.execPath, [main, ...args], { env: environment })
    await new Promise((resolve) => next.stdout.once('data', resolve))
    expect(JSON.parse(readFileSync(join(state, 'sandbox.json'), 'utf8'))).toMatchObject({ pid: next.pid })
    expect((await run('stop')).exitCode).toBe(0)
  })

  it('says what the rate of its clock may be', async () => {
    const { stderr, exitCode } = await run('clock', '--rate', '-3')
    expect([exitCode, stderr.includes('It takes 0 or a whole number above')]).toEqual([2, true])
  })

  it('refuses a switch and a time that are none, before anything is started', async () => {
    const wrong = [
      ['--switch', 'lockOut=on'],
      ['--now', '2026-13-01'],
    ]
    for (const args of wrong) expect((await run('start', '--empty', ...args)).exitCode).toBe(2)
  })
})
