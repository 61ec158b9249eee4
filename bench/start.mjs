// How long a process needs until the sandbox answers: import of the bundle and `startSandbox`, cold, each time in a
// new process. Prints JSON rows. `--times 9`.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { bundleSandbox } from './built-sandbox.mjs'

const { values } = parseArgs({ options: { times: { type: 'string', default: '9' } } })
const bundle = await bundleSandbox()
const script = `
const start = performance.now()
const { startSandbox } = await import(${JSON.stringify(bundle)})
const imported = performance.now()
const sandbox = await startSandbox()
const started = performance.now()
const reply = await fetch(sandbox.webUrl + '/2.0/user')
await sandbox.stop()
console.log(JSON.stringify({ status: reply.status, load: imported - start, start: started - imported }))
`

// Node 20 reads the whole of NODE_EXTRA_CA_CERTS before the first line of a program; that is not the sandbox's time.
const { NODE_EXTRA_CA_CERTS: _left, ...environment } = process.env

const once = () => {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env: environment, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(run.stderr)
  const seen = JSON.parse(run.stdout)
  if (seen.status !== 401) throw new Error(`an anonymous request got ${seen.status}`)
  return seen
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

const runs = Array.from({ length: Number(values.times) }, once)
const row = (work, pick) => ({ work, ours: Math.round(median(runs.map(pick)) * 10) / 10, unit: 'ms' })
const rows = [
  row('import the bundle', ({ load }) => load),
  row('startSandbox', ({ start }) => start),
  row('both', ({ load, start }) => load + start),
]
process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
