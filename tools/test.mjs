// `npm test`: type check, lint and format check, then every test. Arguments go to the test runner.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { build } from './build.mjs'
import { root, run, setUp } from './setup.mjs'

setUp()
const tool = (name) => `${root}node_modules/.bin/${name}`
await buildAndCheck()
const chosen = process.argv.slice(2)
if (chosen.length === 0) provideClients()
process.stderr.write('Tests ...\n')
run(tool('vitest'), ['run', ...chosen])

/** Beside each other; what went wrong is said check by check, and then no test starts. */
async function buildAndCheck() {
  process.stderr.write('Build, type check, lint and format check ...\n')
  const checks = [
    ended('The type check', tool('tsc'), ['--noEmit', '-p', 'tsconfig.json']),
    ended('The lint and format check', tool('biome'), ['check', '--error-on-warnings', '.']),
    ended('The check of generated files', process.execPath, [`${root}tools/generate.mjs`, '--check']),
  ]
  const [built, ...checked] = await Promise.allSettled([build(), ...checks])
  const failed = checked.flatMap(({ value, reason }) => value ?? reason ?? [])
  for (const text of failed) process.stderr.write(`${text}\n`)
  if (built.status === 'rejected') throw built.reason
  if (failed.length > 0) process.exit(1)
}

/** What there is to say when a command fails; nothing otherwise. */
function ended(name, command, args) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
    child.on('error', failed)
    child.on('close', (status, signal) =>
      done(status === 0 ? undefined : `${Buffer.concat(chunks)}${name} failed (${signal ?? status}).`),
    )
  })
}

/**
 * The clients of test/clients and the browser of test/pages: installed where that is possible, and otherwise named, here and by the
 * tests that are left out. `KEYTURN_NO_INSTALL=1` installs nothing.
 */
function provideClients() {
  const clients = `${root}tools/clients.mjs`
  const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser']
  if (process.env.KEYTURN_NO_INSTALL !== '1' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync(process.execPath, [clients, 'install', '--expected'], { stdio: ['ignore', 2, 2] })
    if (!browsers.some((path) => existsSync(path))) installBrowser()
  }
  spawnSync(process.execPath, [clients, 'list', '--missing'], { stdio: ['ignore', 2, 2] })
}

function installBrowser() {
  process.stderr.write('Installing chromium ...\n')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env: environment, timeout: 300_000, encoding: 'utf8' }
  spawnSync('apt-get', ['update', '-qq'], options)
  const installed = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options)
  if (installed.status !== 0) process.stderr.write(`chromium could not be installed:\n${installed.stderr}\n`)
}
