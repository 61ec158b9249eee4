// `npm run conformance`: the walk of test/conformance over the sandbox, or over the real service beside it.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp } from './setup.mjs'

// Only where nothing is installed: the suite's own tests start this file, and an installation that is replaced under a
// running test takes its packages away.
if (!existsSync(join(root, 'node_modules', 'esbuild'))) setUp()
const { build } = await import('esbuild')
// Below node_modules, so that packages are found from there; a name of its own, so that two runs do not meet.
const folder = join(root, 'node_modules', '.cache', `keyturn-conformance-${process.pid}`)
mkdirSync(folder, { recursive: true })
let conformance
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/conformance/main.ts'],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  })
  conformance = (await import(pathToFileURL(join(folder, 'main.mjs')).href)).conformance
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = await conformance(process.argv.slice(2), process.env)
