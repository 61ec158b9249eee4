import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

/** Says when it begins and ends; between the two it waits until the test lets it go on, for 20 s at most. */
const fakeNpm = `#!/bin/sh
echo "begin $*" >> npm.log
tries=0
while [ ! -e go ] && [ $tries -lt 200 ]; do sleep 0.1; tries=$((tries + 1)); done
mkdir -p node_modules
echo end >> npm.log
exit \${FAKE_NPM_EXIT:-0}
`

let clone: string
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'keyturn-setup-'))
  mkdirSync(join(clone, 'tools'))
  mkdirSync(join(clone, 'bin'))
  for (const name of ['setup.mjs', 'setup-lock.mjs']) {
    copyFileSync(join(import.meta.dirname, name), join(clone, 'tools', name))
  }
  writeFileSync(join(clone, 'package-lock.json'), '{}')
  writeFileSync(join(clone, 'bin', 'npm'), fakeNpm, { mode: 0o755 })
})
afterEach(() => rmSync(clone, { recursive: true, force: true }))

const letGo = (): void => writeFileSync(join(clone, 'go'), '')

const setUp = (environment: Readonly<Record<string, string>> = {}): Promise<{ exit: number | null; screen: string }> =>
  new Promise((resolve, reject) => {
    const script = "import('./tools/setup.mjs').then(({ setUp }) => setUp())"
    const env = { PATH: `${join(clone, 'bin')}:/usr/bin:/bin`, ...environment }
    const child = spawn(process.execPath, ['-e', script], { cwd: clone, env, stdio: ['ignore', 'ignore', 'pipe'] })
    let screen = ''
    child.stderr.on('data', (chunk: Buffer) => {
      screen += chunk.toString()
      if (screen.includes('Waiting')) letGo()
    })
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit, screen }))
  })

const npmLog = (): readonly string[] => readFileSync(join(clone, 'npm.log'), 'utf8').trimEnd().split('\n')
const left = (): readonly string[] => readdirSync(clone).filter((name) => name.startsWith('dist-'))
const once = ['begin ci --no-audit --no-fund --loglevel=error', 'end']

it('of two calls at once one installs, and the other waits for it and says so', async () => {
  const runs = await Promise.all([setUp(), setUp()])
  const screens = runs.map(({ screen }) => screen.split(' ')[0]).sort()
  expect({ exits: runs.map(({ exit }) => exit), screens, npm: npmLog(), left: left() }).toEqual({
    exits: [0, 0],
    screens: ['Installing', 'Waiting'],
    npm: once,
    left: [],
  })
})

it('a later call finds the mark and runs nothing', async () => {
  letGo()
  await setUp()
  expect(await setUp()).toEqual({ exit: 0, screen: '' })
  expect(npmLog()).toEqual(once)
})

it('the lock of a process that died is taken over, by one of two', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  mkdirSync(join(clone, 'dist-setup-lock'))
  writeFileSync(join(clone, 'dist-setup-lock', 'pid'), String(pid))
  const runs = await Promise.all([setUp(), setUp()])
  expect({ exits: runs.map(({ exit }) => exit), npm: npmLog(), left: left() }).toEqual({
    exits: [0, 0],
    npm: once,
    left: [],
  })
})

it('an installation that fails ends with its exit code, marks nothing and lets the next one try', async () => {
  letGo()
  expect((await setUp({ FAKE_NPM_EXIT: '7' })).exit).toBe(7)
  expect([existsSync(join(clone, 'node_modules', '.keyturn-installed')), left()]).toEqual([false, []])
  expect((await setUp()).exit).toBe(0)
  expect(npmLog()).toEqual([...once, ...once])
})
