// Bundles the command line and the library into dist/. Skipped when dist/ is newer than every source.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './setup.mjs'

const SOURCES = ['src', 'sandbox', 'tools', 'package.json', 'package-lock.json']

export async function build() {
  const built = join(root, 'dist', 'cli', 'main.js')
  if (existsSync(built) && statSync(built).mtimeMs > newest(SOURCES.map((name) => join(root, name)))) return
  const { build: bundle } = await import('esbuild')
  const fresh = `dist-${process.pid}`
  const shared = sharedOptions()
  const { metafile } = await bundle({
    ...shared,
    entryPoints: {
      'cli/main': 'src/start/main.ts',
      index: 'src/index.ts',
      sandbox: 'sandbox/entry.ts',
      'search-worker': 'src/library/search-worker.ts',
    },
    outdir: fresh,
    splitting: true,
    format: 'esm',
    banner: { js: REQUIRE },
    metafile: true,
    sourcemap: 'linked',
  })
  await buildScript(bundle, join(fresh, `keyturn-${JSON.parse(shared.define.KEYTURN_BUILD)}.cjs`), shared)
  writeFileSync(join(root, fresh, 'THIRD-PARTY-LICENSES.txt'), licensesOf(metafile))
  // A command that runs meanwhile finds the old build or the new one, never none.
  const old = join(root, `${fresh}-old`)
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old)
  renameSync(join(root, fresh), join(root, 'dist'))
  rmSync(old, { recursive: true, force: true })
}

function sharedOptions() {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // Loading some two hundred modules of dependencies one by one takes longer than a small scan. The declarations of the library do
    // not name them.
    plugins: [undiciUsed],
    mainFields: ['module', 'main'],
    legalComments: 'none',
    define: {
      KEYTURN_BUILD: JSON.stringify(digestOf(['src', 'tools/build.mjs', 'tools/undici-used.mjs', 'package-lock.json'])),
    },
    logLevel: 'warning',
  }
}

/** The sandbox takes more of it, and takes it from its package: it starts seldom. */
const undiciUsed = {
  name: 'undici, as far as it is used',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.startsWith(join(root, 'sandbox'))
        ? { path: 'undici', external: true }
        : { path: join(root, 'tools', 'undici-used.mjs') },
    ),
}

/** The command line once more, as one script (`loadBundle`), with the code that a scan of all examples and some other commands have compiled. */
async function buildScript(bundle, outfile, shared) {
  await bundle({
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    format: 'cjs',
    minifyWhitespace: true,
    // A script with compiled code cannot import, so what is not bundled is required.
    supported: { 'dynamic-import': false },
    define: { ...shared.define, 'import.meta.url': 'urlOfBundle' },
    banner: { js: '(function(exports,require,module,urlOfBundle){' },
    footer: { js: '})' },
  })
  const home = mkdtempSync(join(tmpdir(), 'keyturn-build-'))
  const made = spawnSync(
    process.execPath,
    [join(root, 'tools', 'code-cache.mjs'), join(root, outfile), join(root, 'src', 'consumers')],
    { env: { PATH: process.env.PATH, HOME: home }, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  )
  rmSync(home, { recursive: true, force: true })
  if (made.status !== 0) throw new Error(`the code of a scan could not be kept: ${made.stderr}`)
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
