// The entry point `keyturn/sandbox`, bundled as it is published. A folder of its own, so that a benchmark neither waits
// for the rest of the product nor replaces dist/.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

export const bundleSandbox = async () => {
  const outdir = `dist-bench-${process.pid}`
  process.once('exit', () => rmSync(`${root}${outdir}`, { recursive: true, force: true }))
  await build({
    absWorkingDir: root,
    entryPoints: { sandbox: 'sandbox/entry.ts' },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  })
  return new URL(`../${outdir}/sandbox.js`, import.meta.url).href
}
