// Writes the corpus that the scan is measured with (test/corpus/generate.ts) to a folder.
//   npm run corpus -- --seed 1 FOLDER
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

setUp()
const folder = join(root, 'node_modules', '.cache', `keyturn-corpus-${process.pid}`)
mkdirSync(folder, { recursive: true })
const bundle = join(folder, 'main.mjs')
const { build } = await import('esbuild')
await build({
  absWorkingDir: root,
  entryPoints: ['test/corpus/main.ts'],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
})
const child = spawn(process.execPath, [bundle, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = signal === null ? (code ?? 1) : 130
})
