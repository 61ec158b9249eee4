// Bundles the command line and the library into dist/. Skipped when dist/ is newer than every source.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './setup.mjs'

const SOURCES = ['src', 'sandbox', 'tools', 'package.json', 'package-lock.json']

export async function build() {
  const built = join(root, 'dist', 'cli', 'main.js')
  if (existsSync(built) && statSync(built).mtimeMs > newest(SOURCES.map((name) => join(root, name)))) return
  const { build: bundle } = await import('esbuild')
  const fresh = `dist-${process.pid}`
  const { metafile } = await bundle({
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
    // Loading some two hundred modules of dependencies one by one takes longer than a small scan. The declarations of the library do
    // not name them; undici loads with the first request, and needs more of Node than a bundle can carry.
    external: ['undici'],
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'none',
    define: { KEYTURN_BUILD: JSON.stringify(digestOf(['src', 'package-lock.json'])) },
    metafile: true,
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  writeFileSync(join(root, fresh, 'THIRD-PARTY-LICENSES.txt'), licensesOf(metafile))
  // A command that runs meanwhile finds the old build or the new one, never none.
  const old = join(root, `${fresh}-old`)
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old)
  renameSync(join(root, fresh), join(root, 'dist'))
  rmSync(old, { recursive: true, force: true })
}

/** CommonJS modules among the dependencies ask for modules of Node by `require`, which ES modules do not have. */
const REQUIRE =
  "import{createRequire as requireOfBundle}from'node:module';const require=requireOfBundle(import.meta.url);"

/** The licences of what is bundled ask to be passed on with it. */
function licensesOf({ inputs }) {
  const names = Object.keys(inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  return [...new Set(names)]
    .sort()
    .map((name) => {
      const folder = join(root, 'node_modules', name)
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each))
      const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
      return `${name} ${version} (${license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(78)}\n\n`)
}

/** Names the sources: whatever decides what is found. */
function digestOf(names) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
    else
      hash
        .update(`${path.slice(root.length)}\0`)
        .update(readFileSync(path))
        .update('\0')
  }
  for (const name of names) add(join(root, name))
  return hash.digest('hex').slice(0, 16)
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
