// `npm test`: type check, lint and format check, then every test. Arguments go to the test runner.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { build } from './build.mjs'
import { root, run, setUp } from './setup.mjs'

setUp()
await build()
const tool = (name) => `${root}node_modules/.bin/${name}`
process.stderr.write('Type check ...\n')
run(tool('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
process.stderr.write('Lint and format check ...\n')
run(tool('biome'), ['check', '--error-on-warnings', '.'])
run(process.execPath, [`${root}tools/generate.mjs`, '--check'])
const chosen = process.argv.slice(2)
if (chosen.length === 0) provideClients()
process.stderr.write('Tests ...\n')
run(tool('vitest'), ['run', ...chosen])

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
