// `npm run bench`: the scan against what else reads as much, and the sandbox. `-- --json` prints all rows as one JSON array;
// `-- --part scan`, `-- --part change` or `-- --part sandbox` runs a part.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isInstalled, leftOut, show } from './measure.mjs'

const PARTS = {
  scan: [['scan.mjs', '--json']],
  change: [
    ['plan.mjs', '--json'],
    ['jenkins.mjs'],
    ['jenkins-home.mjs', '--json'],
    // A hundred thousand files take a quarter of an hour: `node bench/apply.mjs --only files --sizes 100000`.
    ['apply.mjs', '--json', '--sizes', '1000,10000', '--only', 'memory,files,home500'],
  ],
  sandbox: [['start.mjs'], ['sandbox-requests.mjs'], ['sandbox-clone.mjs']],
}
/** What counts more than one figure of each size. */
const AS_ROWS = {
  'plan.mjs': ({ rows }) =>
    rows.map(({ count, plan }) => ({ work: `planning ${count} places`, ours: plan, unit: 'ms' })),
  'apply.mjs': (sizes) =>
    sizes.flatMap(({ kind, places, apply, rollback, MiB }) => [
      { work: `apply, ${kind}, ${places} places`, ours: apply, unit: 's' },
      { work: `rollback, ${kind}, ${places} places`, ours: rollback, unit: 's' },
      { work: `apply, ${kind}, ${places} places, memory`, ours: MiB, unit: 'MiB' },
    ]),
}
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, part: { type: 'string', default: 'scan,change,sandbox' } },
})

const rows = values.part.split(',').flatMap((part) => {
  const scripts = PARTS[part]
  if (scripts === undefined) throw new Error(`--part is one of ${Object.keys(PARTS).join(', ')}`)
  return scripts.flatMap(([script, ...args]) => (isPossible(script) ? rowsOf(script, args) : []))
})
show(rows, values.json)

function isPossible(script) {
  if (script !== 'sandbox-clone.mjs' || isInstalled('nginx', ['-v'])) return true
  leftOut('nginx', 'apt-get install nginx-light fcgiwrap')
  return false
}

/** What a script says on standard error passes through: progress, and what was left out. */
function rowsOf(script, args) {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (run.status !== 0) throw new Error(`${script} ended with ${run.status ?? run.signal}`)
  const result = JSON.parse(run.stdout)
  const rows = AS_ROWS[script]?.(result) ?? result
  return rows.map(({ peer, ...row }) => ({ ...row, theirs: row.theirs ?? peer ?? null }))
}
