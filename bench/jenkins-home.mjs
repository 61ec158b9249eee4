// `keyturn scan` and `keyturn plan --offline` of a Jenkins home as whole processes, against a Node program that reads every file of it
// once; memory. `--builds 3`: so many are kept of each job, as on a controller. `--json`, `--pairs 5`, `--sizes 1000,10000`, `--seed 1`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from '../tools/build.mjs'
import { makeJenkinsHome } from './jenkins-home-tree.mjs'
import { compare, machine, peakMemory, round, show, timed } from './measure.mjs'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pairs: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '1000,10000' },
    seed: { type: 'string', default: '1' },
    builds: { type: 'string', default: '3' },
  },
})
const [pairs, seed, builds] = [Number(values.pairs), Number(values.seed), Number(values.builds)]

await build()
const CLI = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js')
const work = mkdtempSync(join(tmpdir(), 'keyturn-bench-home-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))
const env = { HOME: work, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' }

const READER = join(work, 'read-all.mjs')
writeFileSync(
  READER,
  `import { readdirSync, readFileSync } from 'node:fs'
let bytes = 0
const read = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) read(folder + '/' + entry.name)
    else bytes += readFileSync(folder + '/' + entry.name).length
  }
}
read(process.argv[2])
process.stdout.write(String(bytes))
`,
)

const COMMANDS = {
  scan: (folder) => ['scan', folder, '--json'],
  'plan --offline': (folder) => ['plan', folder, '--offline', '--json'],
}
/** A plan tells by its code that there is something to do. */
const run = (args) => timed(process.execPath, [CLI, ...args], { env, codes: [0, 1, 2, 3] })

const rows = []
for (const credentials of values.sizes.split(',').map(Number)) {
  const home = makeJenkinsHome({ seed, credentials, builds })
  const what = `${home.credentials} credentials, ${home.jobs} jobs${builds > 0 ? ` of ${builds} builds` : ''}`
  process.stderr.write(`${what}: ${home.files} files, ${round(home.bytes / 1e6, 1)} MB\n`)
  const { places } = JSON.parse(run(COMMANDS.scan(home.folder)).stdout)
  if (places.length !== home.credentials) throw new Error(`${places.length} places of ${home.credentials} credentials`)
  const theirs = () => timed(process.execPath, [READER, home.folder], { env }).took
  for (const [name, args] of Object.entries(COMMANDS)) {
    rows.push(
      compare(`${name}, ${what}, reading every file once`, () => run(args(home.folder)).took, theirs, { pairs }),
    )
    const memory = peakMemory(CLI, args(home.folder), { env, codes: [0, 1, 2, 3] })
    rows.push({ work: `${name}, ${what}, memory at most`, ours: round(memory), unit: 'MiB' })
  }
}
show(rows, values.json)
process.stderr.write(`${machine()}\n`)
