// Bundles the command line and the library into dist/. Skipped when dist/ is newer than every source.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './setup.mjs'

const SOURCES = ['src', 'sandbox', 'tools', 'package.json', 'package-lock.json']

export async function build() {
  const built = join(root, 'dist', 'cli', 'main.js')
  if (existsSync(built) && statSync(built).mtimeMs > newest(SOURCES.map((name) => join(root, name)))) return
  const { build: bundle } = await import('esbuild')
  const fresh = `dist-${process.pid}`
  await bundle({
    absWorkingDir: root,
    entryPoints: {
      'cli/main': 'src/cli/main.ts',
      index: 'src/index.ts',
      sandbox: 'sandbox/entry.ts',
      'search-worker': 'src/scan/search-worker.ts',
    },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  // A command that runs meanwhile finds the old build or the new one, never none.
  const old = join(root, `${fresh}-old`)
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old)
  renameSync(join(root, fresh), join(root, 'dist'))
  rmSync(old, { recursive: true, force: true })
}

function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const found = statSync(path)
      return found.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : found.mtimeMs
    }),
    0,
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build()
