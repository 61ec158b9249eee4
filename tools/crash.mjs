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
const standIns = {
  disk: join(root, 'test', 'crash', 'disk-calls.ts'),
  seal: join(root, 'test', 'crash', 'quick-identity.ts'),
}
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
      name: 'stand-ins',
      setup: ({ onResolve }) => {
        onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
          importer.endsWith('node-files.ts') ? { path: standIns.disk } : { external: true },
        )
        onResolve({ filter: /^\.\/identity\.ts$/ }, ({ importer }) =>
          importer.endsWith('vault.ts') ? { path: standIns.seal } : undefined,
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
