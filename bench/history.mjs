// A search of a whole history, each time in a new process: against `git cat-file` that writes every object to /dev/null, and
// the second run, with the cache of the first, against the first. The pairs are run alternately; a row holds the medians and
// the median of the ratios. `--pairs 7 --files 2000 --versions 50 --repack --json`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { makeHistory } from './history-repository.mjs'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '7' },
    files: { type: 'string', default: '2000' },
    versions: { type: 'string', default: '50' },
    lines: { type: 'string', default: '250' },
    /** Pack it again as `git gc` would. */
    repack: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const pairs = Number(values.pairs)
if (!(pairs >= 5)) throw new Error('at least 5 pairs')

/** Joined here, so that no file holds the beginning of a token. */
const LITERALS = [
  ['AT', 'BB'],
  ['AT', 'ATT3'],
  ['AT', 'CTT3'],
  ['bitbucket', '.org'],
].map((parts) => parts.join(''))
const NEEDLE_EVERY = 997

const program = `
import { searchHistory } from './src/scan/history.ts'
import { openScanCache } from './src/scan/scan-cache.ts'
import { nodeFiles } from './src/system/node-files.ts'
const [repository, cachePath] = process.argv.slice(2)
const literals = ${JSON.stringify(LITERALS)}.map((text) => Buffer.from(text))
const hit = (bytes, from, to) => {
  const piece = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
  return literals.some((literal) => piece.includes(literal))
}
const cache = cachePath === undefined ? undefined : await openScanCache(nodeFiles(), cachePath, 'bench')
const run = searchHistory({ repository, hit, reach: 16, environment: process.env, ...(cache === undefined ? {} : { cache }) })
let found = 0
for await (const _blob of run.blobs) found++
await cache?.save()
console.log(JSON.stringify({ found, ...run.counts, problems: run.problems.length, rss: process.resourceUsage().maxRSS / 1024 }))
`

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
const script = join(folder, 'search.mjs')
await build({
  stdin: { contents: program, resolveDir: join(import.meta.dirname, '..') },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: script,
  logLevel: 'error',
})

const environment = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
const repository = join(folder, 'repository.git')
const [files, versions, lines] = [values.files, values.versions, values.lines].map(Number)
const made = await makeHistory(repository, {
  files,
  versions,
  lines,
  seed: 20261128,
  needle: `${LITERALS[0]}${'x'.repeat(32)}`,
  every: NEEDLE_EVERY,
  environment,
})
if (values.repack) spawnSync('git', ['-C', repository, 'repack', '-a', '-d', '-f', '-q'], { env: environment })

const timed = (command, args, output) => {
  const start = performance.now()
  const run = spawnSync(command, args, { env: environment, stdio: ['ignore', output, 'inherit'], encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${command} ended with ${run.status}`)
  return { took: performance.now() - start, output: run.stdout }
}

const everything = ['cat-file', '--batch-all-objects', '--batch', '--unordered', '--buffer']
const catFile = () => timed('git', ['-C', repository, ...everything], 'ignore').took

const memory = []
const search = (cachePath, blobs) => {
  const { took, output } = timed(
    process.execPath,
    [script, repository, ...(cachePath === undefined ? [] : [cachePath])],
    'pipe',
  )
  const seen = JSON.parse(output)
  const isRight = seen.found === Math.floor(made.blobs / NEEDLE_EVERY) && seen.blobs === blobs && seen.problems === 0
  if (!isRight) throw new Error(`a search gave ${output}`)
  memory.push(seen.rss)
  return took
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const round = (number) => Math.round(number * 1000) / 1000

/** Which of the two goes first changes from pair to pair; the pair before the first warms the caches of both. */
const compare = (work, ours, theirs) => {
  const seen = []
  for (let pair = -1; pair < pairs; pair++) {
    const took = { ours: 0, theirs: 0 }
    for (const [name, one] of pair % 2 === 0
      ? [
          ['ours', ours],
          ['theirs', theirs],
        ]
      : [
          ['theirs', theirs],
          ['ours', ours],
        ])
      took[name] = one()
    if (pair >= 0) seen.push(took)
  }
  return {
    work,
    ours: Math.round(median(seen.map((pair) => pair.ours))),
    theirs: Math.round(median(seen.map((pair) => pair.theirs))),
    unit: 'ms',
    ratio: round(median(seen.map((pair) => pair.ours / pair.theirs))),
    ratios: seen.map((pair) => round(pair.ours / pair.theirs)),
  }
}

const cachePath = join(folder, 'state', 'scan-cache')
const fresh = () => {
  rmSync(cachePath, { force: true })
  return search(cachePath, made.blobs)
}
const again = () => search(cachePath, Math.floor(made.blobs / NEEDLE_EVERY))
fresh()
const rows = [
  compare('history, 4 literals, against cat-file to /dev/null', () => search(undefined, made.blobs), catFile),
  compare('first run, writing the cache, against cat-file', fresh, catFile),
  compare('second run, nothing new, against the first', again, fresh),
]
const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim()
const about = `node ${process.version}, ${git}, ${made.blobs} blobs, ${Math.round(made.bytes / 1e6)} MB, most memory ${Math.round(Math.max(...memory))} MB`
process.stderr.write(`${about}\n`)
if (values.json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
else
  console.table(rows.map(({ ratios, ...row }) => ({ ...row, least: Math.min(...ratios), most: Math.max(...ratios) })))
