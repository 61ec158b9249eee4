// Plans that are killed, or whose machine loses power, at random instants (docs/crashes.md).
//   npm run crash -- --count 5000 --seed 1 --json
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

setUp()
const folder = join(root, 'node_modules', '.cache', `keyturn-crash-${process.pid}`)
mkdirSync(folder, { recursive: true })
const bundle = join(folder, 'main.mjs')
const standIn = join(root, 'test', 'crash', 'disk-calls.ts')
const { build } = await import('esbuild')
await build({
  absWorkingDir: root,
  entryPoints: ['test/crash/main.ts'],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [
    {
      name: 'simulated-disk',
      setup: ({ onResolve }) => {
        onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
          importer.endsWith('node-files.ts') ? { path: standIn } : { external: true },
        )
      },
    },
  ],
})
const args = ['--enable-source-maps', bundle, '--root', root, ...process.argv.slice(2)]
const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = signal === null ? (code ?? 1) : 130
})
