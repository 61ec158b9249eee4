// Changed documents for every reader of a format and every detector (CONTRIBUTING.md, "Fuzzing").
//   npm run fuzz -- --seconds 600 --seed 1 --only yaml --json
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

setUp()
const folder = join(root, 'node_modules', '.cache', `keyturn-fuzz-${process.pid}`)
const found = mkdtempSync(join(tmpdir(), 'keyturn-fuzz-'))
mkdirSync(folder, { recursive: true })
const bundle = join(folder, 'main.mjs')
const { build } = await import('esbuild')
await build({
  absWorkingDir: root,
  entryPoints: ['test/fuzz/main.ts'],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
})
const args = ['--enable-source-maps', bundle, '--root', root, '--found', found, ...process.argv.slice(2)]
const child = spawn(process.execPath, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true })
  // What it found is kept, and so is the document that ended the process.
  if (code === 0 || code === 2) rmSync(found, { recursive: true, force: true })
  else
    process.stderr.write(`${signal ?? (code === 1 ? 'found' : `ended with ${code}`)}: the documents are in ${found}\n`)
  process.exitCode = signal === null ? (code ?? 1) : 130
})
