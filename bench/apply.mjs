// How `apply` grows with the number of places: 1,000, 10,000 and 100,000, each in a process of its own, once with a connector that keeps
// everything in memory (what is left is the executor with its journal, backups and fsyncs) and once with .netrc files on the disk, from the
// scan to the rollback; `home500` and `home5000` are a Jenkins home with so many credentials in each file. Prints seconds and the most MiB that the process held. `--sizes 1000,10000 --jobs 4 --only memory,files --json`.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { machine } from './measure.mjs'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    jobs: { type: 'string', default: '4' },
    only: { type: 'string', default: 'memory,files' },
    json: { type: 'boolean', default: false },
  },
})

const root = fileURLToPath(new URL('..', import.meta.url))
const outfile = `${root}dist-bench-${process.pid}/apply-places.mjs`
process.once('exit', () => rmSync(`${root}dist-bench-${process.pid}`, { recursive: true, force: true }))
await build({
  absWorkingDir: root,
  entryPoints: ['bench/apply-places.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
})

const rows = values.only
  .split(',')
  .flatMap((kind) => values.sizes.split(',').map((size) => ({ kind, ...once(kind, size) })))
if (values.json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
else {
  process.stdout.write(`${machine()}\n\n`)
  const columns = Object.keys(rows.at(-1))
  process.stdout.write(`${columns.map((name) => name.padStart(10)).join('')}\n`)
  for (const row of rows)
    process.stdout.write(`${columns.map((name) => String(row[name] ?? '').padStart(10)).join('')}\n`)
}

function once(kind, size) {
  process.stderr.write(`${kind} ${size} ...\n`)
  const run = spawnSync(process.execPath, [outfile, kind, size, values.jobs], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (run.status !== 0) throw new Error(`${kind} ${size} ended with ${run.status ?? run.signal}`)
  process.stderr.write(`${run.stdout}\n`)
  return JSON.parse(run.stdout)
}
