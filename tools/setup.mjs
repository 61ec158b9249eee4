// Installs what package-lock.json names, once per lock file: a second call finds its mark and returns, and one that
// comes while the first still installs waits for it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whileLocked } from './setup-lock.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

export function setUp() {
  requireNode()
  const modules = join(root, 'node_modules')
  // A link belongs to another clone, and `npm ci` would empty what it leads to.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return
  const mark = join(modules, '.keyturn-installed')
  const locked = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const isInstalled = () => existsSync(mark) && readFileSync(mark, 'utf8') === locked
  if (isInstalled()) return
  // Not below node_modules, which `npm ci` removes.
  whileLocked(join(root, 'dist-setup-lock'), () => {
    if (isInstalled()) return
    process.stderr.write('Installing the locked dependencies ...\n')
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    writeFileSync(mark, locked)
  })
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`keyturn needs Node 20.19 or newer; this is ${process.versions.node}.\n`)
  process.exit(1)
}

/** Runs a command with the terminal attached and ends with its exit code when it fails. */
export function run(command, args, environment = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 'inherit'], env: environment })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
