// `npm run bench`: the scan against what else reads as much, and the sandbox. `-- --json` prints all rows as one JSON array;
// `-- --part scan`, `-- --part change` or `-- --part sandbox` runs a part.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isInstalled, leftOut, show } from './measure.mjs'

const PARTS = {
  scan: ['scan.mjs'],
  change: ['jenkins.mjs'],
  sandbox: ['start.mjs', 'sandbox-requests.mjs', 'sandbox-clone.mjs'],
}
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, part: { type: 'string', default: 'scan,change,sandbox' } },
})

const rows = values.part.split(',').flatMap((part) => {
  const scripts = PARTS[part]
  if (scripts === undefined) throw new Error(`--part is one of ${Object.keys(PARTS).join(', ')}`)
  return scripts.flatMap((script) => (isPossible(script) ? rowsOf(script) : []))
})
show(rows, values.json)

function isPossible(script) {
  if (script !== 'sandbox-clone.mjs' || isInstalled('nginx', ['-v'])) return true
  leftOut('nginx', 'apt-get install nginx-light fcgiwrap')
  return false
}

/** What a script says on standard error passes through: progress, and what was left out. */
function rowsOf(script) {
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, script), ...(script === 'scan.mjs' ? ['--json'] : [])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  )
  if (run.status !== 0) throw new Error(`${script} ended with ${run.status ?? run.signal}`)
  return JSON.parse(run.stdout).map(({ peer, ...row }) => ({ ...row, theirs: row.theirs ?? peer ?? null }))
}
