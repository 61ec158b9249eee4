// Causes planted at random, and whether the doctor names them (docs/worlds.md).
//   npm run worlds -- --count 500 --seed 1 --json
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { root, setUp } from './setup.mjs'

setUp()
const args = process.argv.slice(2)
// Only repairs are typed at the command line; everything else asks the library.
if (args.includes('--repair')) await build()
const folder = join(root, 'node_modules', '.cache', `keyturn-worlds-${process.pid}`)
mkdirSync(folder, { recursive: true })
const bundle = join(folder, 'main.mjs')
const { build: bundleWith } = await import('esbuild')
await bundleWith({
  absWorkingDir: root,
  entryPoints: ['test/worlds/main.ts'],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
})
const command = join(root, 'dist', 'cli', 'main.js')
const child = spawn(process.execPath, [bundle, ...args, '--keyturn', command], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = signal === null ? (code ?? 1) : 130
})
