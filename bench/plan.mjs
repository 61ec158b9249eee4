// Planning made-up places: 1,000, 10,000 and 100,000. Usage: node bench/plan.mjs [--json] [COUNT...]
// The planner is bundled as the build bundles it; places are of the consumers and owners that a company has, many of a few.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { machine, median, round } from './measure.mjs'

const ROOT = resolve(import.meta.dirname, '..')
const COUNTS = [1_000, 10_000, 100_000]
/** Fewer of the largest. */
const runsOf = (count) => (count < 100_000 ? 5 : 3)
const CONSUMERS = [
  'git-config',
  'netrc',
  'git-credentials',
  'renovate',
  'composer',
  'jenkins-home',
  'kubernetes-secret',
  'variables',
]
const DIGEST = `hmac:${'0'.repeat(64)}`

const words = process.argv.slice(2)
const counts = words.filter((word) => /^\d+$/.test(word)).map(Number)
const planner = await bundled()
const rows = (counts.length > 0 ? counts : COUNTS).map((count) => ({ count, ...measured(count) }))
if (words.includes('--json')) process.stdout.write(`${JSON.stringify({ machine: machine(), rows }, undefined, 2)}\n`)
else {
  process.stdout.write(`${machine()}\n`)
  for (const { count, plan, write, read, each, steps } of rows)
    process.stdout.write(
      `${count} places: planned in ${plan} ms (${each} µs a place, ${steps} steps), written in ${write} ms, read in ${read} ms\n`,
    )
}

/** Milliseconds of processor time, the median of some runs, of one process. */
function measured(count) {
  const input = made(count)
  const runs = Array.from({ length: runsOf(count) }, () => {
    const [plan, took] = timed(() => planner.makePlan(input))
    const [text, wrote] = timed(() => planner.writePlan(plan))
    const [, read] = timed(() => planner.readPlan(text, 'plan.json'))
    return { steps: plan.steps.length, took, wrote, read }
  })
  const plan = median(runs.map(({ took }) => took))
  return {
    plan: round(plan),
    write: round(median(runs.map(({ wrote }) => wrote))),
    read: round(median(runs.map(({ read }) => read))),
    each: round((plan / count) * 1000, 1),
    steps: runs[0].steps,
  }
}

/** Processor time, since the machine may do something else meanwhile. */
function timed(act) {
  const start = process.cpuUsage()
  const result = act()
  const { user, system } = process.cpuUsage(start)
  return [result, (user + system) / 1000]
}

/**
 * A tenth are usernames in URLs, a tenth of the Jenkins credentials must be split, every third owner has many places, and a twentieth
 * are one secret in a manifest and its lock file.
 */
function made(count) {
  const seal = planner.Secret.sealer(new Uint8Array(32))
  const places = Array.from({ length: count }, (_, index) => placeOf(index, seal))
  const references = places.flatMap(({ uses }) => uses.flatMap(({ reference }) => reference ?? []))
  return {
    places,
    sources: ['/home'],
    diagnoses: new Map(),
    digests: new Map([...planner.refsToRead(places), ...references].map(({ id }) => [id, DIGEST])),
    creating: new Set(['jenkins-home']),
    tokens: [],
    policy: {},
    now: new Date('2026-11-23T09:00:00Z'),
  }
}

function placeOf(index, seal) {
  return index % 20 === 7 ? lockedPlace(index, seal) : placeOfConsumer(index, seal)
}

function lockedPlace(index, seal) {
  const name = index % 40 === 7 ? 'package.json' : 'package-lock.json'
  const place = placeOfConsumer(index, seal)
  return {
    ...place,
    consumer: 'npm',
    uses: place.uses.slice(0, 1),
    at: { kind: 'file', path: `/home/app/${name}` },
    secret: { kind: 'app-password', encoding: 'percent', value: seal('locked') },
  }
}

function placeOfConsumer(index, seal) {
  const consumer = CONSUMERS[index % CONSUMERS.length]
  const owner = `owner${index % 3 === 0 ? index % 50 : index % 1000}`
  const repository = { workspace: 'acme', slug: `r${index % 5000}` }
  const isPin = index % 10 === 0
  return {
    id: `p${index}`,
    consumer,
    at: { kind: 'file', path: `/home/${Math.floor(index / 4)}` },
    address: consumer === 'jenkins-home' ? `system/_/c${index}` : `a${index}`,
    host: 'bitbucket.org',
    username: { text: owner, encoding: 'plain', span: [index * 2, index * 2 + 1] },
    ...(isPin ? {} : { secret: { kind: 'app-password', encoding: 'plain', value: seal(`secret ${index % 2000}`) } }),
    uses: usesOf(index, consumer, repository),
  }
}

function usesOf(index, consumer, repository) {
  const git = { operation: 'git-fetch', repository, by: `remote origin of ${repository.slug}` }
  if (consumer === 'jenkins-home') {
    const reference = {
      id: `j${index}`,
      consumer,
      at: { kind: 'file', path: `/jobs/${index}` },
      address: `job/${index}`,
    }
    const scanned = { operation: 'rest', repository, by: `job m${index} (Branch Source)` }
    return [{ ...git, by: `job ${index}`, reference }, ...(index % 80 === 5 ? [scanned] : [])]
  }
  return consumer === 'renovate' || consumer === 'composer' ? [git, { ...git, operation: 'rest' }] : [git]
}

async function bundled() {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-plan-'))
  const file = join(folder, 'planner.mjs')
  const exported = [
    ['makePlan', 'plan/planner'],
    ['refsToRead', 'plan/refs-to-read'],
    ['readPlan', 'plan/plan-file'],
    ['writePlan', 'plan/write-plan'],
    ['Secret', 'model/secret'],
  ]
  await build({
    stdin: {
      contents: exported.map(([name, path]) => `export { ${name} } from './src/${path}.ts'`).join('\n'),
      resolveDir: ROOT,
      loader: 'ts',
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
  const planner = await import(pathToFileURL(file).href)
  rmSync(folder, { recursive: true })
  return planner
}
