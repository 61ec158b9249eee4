import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import { nodeProcesses } from './node-processes.ts'

const environment = { PATH: process.env['PATH'], KEYTURN_PASSPHRASE: 'p', JENKINS_API_TOKEN: 't', JENKINS_USER_ID: 'u' }
const processes = nodeProcesses(environment)

/** A daemon that keeps the output of whoever started it. */
const LEAVES_GROUP = `
  const { pid } = require('node:child_process').spawn('sleep', ['600'], { detached: true, stdio: 'inherit', env: { PATH: '/usr/bin:/bin' } })
  console.log(pid)
  setInterval(() => {}, 1000)`

const RUNS_A_CHILD = `
  import { nodeProcesses } from './node-processes.ts'
  const args = ['-c', 'sleep 600 & echo $! >"$0"; wait', process.argv[1]]
  void nodeProcesses({}).run({ command: 'sh', args, environment: { PATH: '/usr/bin:/bin' } })`

const AT_ITS_LIMIT = `
  import { openSync } from 'node:fs'
  import { nodeProcesses } from './node-processes.ts'
  try {
    for (;;) openSync('/dev/null')
  } catch {}
  for (const args of [[], ['again']]) {
    const ended = await nodeProcesses({}).run({ command: 'true', args, environment: { PATH: '/usr/bin:/bin' } }).catch((error) => error)
    console.log(ended.code, ended.parts?.because)
  }`

/** Nobody may have asked yet how it ended. */
const ENDED = /^(Z.*)?$/

function stateOf(id: number): string {
  return spawnSync('ps', ['-o', 'stat=', '-p', String(id)], { encoding: 'utf8' }).stdout.trim()
}

function parsed(text: string): string {
  const [, id] = /^(\d+)\n$/.exec(text) ?? []
  if (id === undefined) throw new Error('it has not written its number yet')
  return id
}

describe('nodeProcesses', () => {
  it('takes no number for a running process that is none, or whose process has ended and was not asked how', async () => {
    expect([process.pid, 0, -1, 1.5].map((id) => processes.isRunning(id))).toEqual([true, false, false, false])
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'])
    try {
      const [line] = await once(parent.stdout, 'data')
      const id = Number(parsed(String(line)))
      await vi.waitFor(() => expect(processes.isRunning(id)).toBe(false), { timeout: 5000 })
      expect(stateOf(id)).toMatch(ENDED)
    } finally {
      parent.kill('SIGKILL')
    }
  })

  it('keeps what may be a secret of keyturn out of the environment of children', () => {
    expect(processes.environment()).toEqual({ PATH: process.env['PATH'], JENKINS_USER_ID: 'u' })
  })

  it('gives a child exactly the environment, input and folder that were asked for', async () => {
    const result = await processes.run({
      command: process.execPath,
      args: ['-e', 'process.stdin.pipe(process.stdout); console.error(process.env.A, Object.keys(process.env).length)'],
      environment: { A: '1' },
      input: 'in',
    })
    expect(result).toEqual({ exitCode: 0, stdout: 'in', stderr: '1 1\n' })
  })

  it('ends a child that takes too long', async () => {
    const result = await processes.run({
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      environment: {},
      timeoutMs: 100,
    })
    expect(result.exitCode).toBe(124)
  })

  it('ends what the child has started, although that holds its output open', async () => {
    const result = await processes.run({
      command: 'sh',
      args: ['-c', 'sleep 600 & echo $!; wait'],
      environment: { PATH: process.env['PATH'] ?? '' },
      timeoutMs: 300,
    })
    expect(result).toEqual({ exitCode: 124, stdout: expect.stringMatching(/^\d+\n$/), stderr: '' })
    await vi.waitFor(() => expect(stateOf(Number(result.stdout))).toMatch(ENDED))
  })

  it('does not wait for what has left the group of a child that takes too long', async () => {
    const result = await processes.run({
      command: process.execPath,
      args: ['-e', LEAVES_GROUP],
      environment: {},
      timeoutMs: 500,
    })
    process.kill(Number(result.stdout), 'SIGKILL')
    expect(result.exitCode).toBe(124)
  })

  it('hands a signal on to the children, and is ended by it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-processes-'))
    const file = join(folder, 'id')
    const { outputFiles } = await build({
      stdin: { contents: RUNS_A_CHILD, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    })
    const parent = spawn(process.execPath, ['--input-type=module', '-e', outputFiles[0]?.text ?? '', file])
    const ended = once(parent, 'exit')
    const id = await vi.waitFor(async () => Number(parsed(await readFile(file, 'utf8'))), { timeout: 10_000 })
    parent.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
    await vi.waitFor(() => expect(stateOf(id)).toMatch(ENDED))
    await rm(folder, { recursive: true })
  })

  it('names a missing program', async () => {
    await expect(
      processes.run({ command: 'no-such-program', args: [], environment: { PATH: '/usr/bin' } }),
    ).rejects.toMatchObject({
      code: 'R107',
      parts: { at: 'no-such-program', because: 'the command was not found on PATH' },
    })
  })

  it('says which limit it is that lets no program start, and goes on', async () => {
    const { outputFiles } = await build({
      stdin: { contents: AT_ITS_LIMIT, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    })
    const args = [
      '-c',
      'ulimit -n 64; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      outputFiles[0]?.text ?? '',
    ]
    expect(await processes.run({ command: 'sh', args, environment: { PATH: process.env['PATH'] ?? '' } })).toEqual({
      exitCode: 0,
      stdout: 'R107 the command could not be started: too many files are open\n'.repeat(2),
      stderr: '',
    })
  })

  it('tells a missing folder from a missing program', async () => {
    const inFolder = (folder: string) =>
      processes.run({ command: process.execPath, args: ['-e', ''], environment: {}, folder })
    for (const folder of ['/no-such-folder', import.meta.filename])
      await expect(inFolder(folder)).rejects.toMatchObject({
        code: 'R101',
        parts: { at: folder, because: 'there is no such folder' },
      })
    await expect(
      processes.run({ command: 'no-such-program', args: [], environment: { PATH: '/usr/bin' }, folder: '/' }),
    ).rejects.toMatchObject({ code: 'R107' })
  })
})
