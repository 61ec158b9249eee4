// A working tree from disk to candidates: ours walks and prefilters, ripgrep searches the same literals. Whole processes, warm, in
// pairs that take turns; then a dense file against a sparse one, and memory. `--json` prints rows, `--pairs 7`, `--files 24000`,
// `--seed 1`, `--threads 2`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { makeFlatFile, makeTree } from './file-tree.mjs'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pairs: { type: 'string', default: '7' },
    files: { type: 'string', default: '24000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string' },
  },
})
const [pairs, files, seed] = [values.pairs, values.files, values.seed].map(Number)

/** What ours knows of plain text, as ripgrep's fastest way takes it: it has no case for a single literal, so the usual three. */
const LITERALS = ['bitb', 'Bitb', 'BITB', 'ATBB', 'ATATT3', 'ATCTT3']
/** What ours really looks for in plain text, said as an expression. */
const EXPRESSION = '(?i:bitb)|ATBB|ATATT3|ATCTT3|BB_[A-Za-z]|[{]AQAAAB'

const SCRIPT = `
import { searchFiles } from './src/system/scan-workers.ts'
import { openPrefilter } from './src/scan/prefilter/prefilter.ts'
import { readSync, openSync } from 'node:fs'
const [what, path, threads] = process.argv.slice(2)
const search = openPrefilter()
const seen = { hits: 0, filesSeen: 0, bytesSeen: 0, unread: 0 }
if (what === 'every-hit') {
  const file = openSync(path)
  for (let kept = 0, read; (read = readSync(file, search.buffer, kept, search.buffer.length - kept, null)) > 0; kept = search.overlap) {
    for (let at = search.hit(kept + read); at !== -1; at = search.nextHit(at + 1, kept + read)) seen.hits++
    search.buffer.copyWithin(0, kept + read - search.overlap, kept + read)
  }
} else {
  const entry = new URL('./worker.js', import.meta.url)
  const searchers = { search, entry, ...(threads === undefined ? {} : { threads: Number(threads) }) }
  const request = { roots: [path], wanted: { names: [], suffixes: [] }, counts: seen }
  for await (const { kind } of searchFiles(request, searchers)) {
    if (kind === 'candidate') seen.hits++
    if (kind === 'unread') seen.unread++
  }
}
process.stdout.write(JSON.stringify({ ...seen, rss: process.resourceUsage().maxRSS }))
`

const bundle = mkdtempSync(join(tmpdir(), 'keyturn-bench-ours-'))
process.on('exit', () => rmSync(bundle, { recursive: true, force: true }))
const root = join(import.meta.dirname, '..')
const shared = { absWorkingDir: root, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' }
await build({
  ...shared,
  stdin: { contents: SCRIPT, resolveDir: root, loader: 'ts' },
  outfile: join(bundle, 'ours.mjs'),
})
await build({ ...shared, entryPoints: ['src/library/search-worker.ts'], outfile: join(bundle, 'worker.js') })

// Node 20 reads the whole of NODE_EXTRA_CA_CERTS before the first line of a program; that is not the search's time.
const { NODE_EXTRA_CA_CERTS: _left, ...env } = process.env

function timed(command, args) {
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
  const took = performance.now() - start
  if (error !== undefined || status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`)
  return { took, stdout }
}

const ours = (...args) => timed(process.execPath, [join(bundle, 'ours.mjs'), ...args])
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const round = (number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits

/** Both once to warm up, then in turns, the first of a pair changing; the ratio is that of the pairs. */
function compare(work, mine, theirs) {
  const [first] = [mine(), theirs()]
  const rows = Array.from({ length: pairs }, (_, index) => {
    if (index % 2 === 0) return [mine().took, theirs().took]
    const took = theirs().took
    return [mine().took, took]
  })
  const ratio = median(rows.map(([a, b]) => a / b))
  return {
    row: {
      work,
      ours: round(median(rows.map(([a]) => a))),
      theirs: round(median(rows.map(([, b]) => b))),
      ratio: round(ratio, 2),
    },
    first,
  }
}

const tree = makeTree({ seed, files })
const search = () => ours('tree', tree.folder, ...(values.threads === undefined ? [] : [values.threads]))
const ripgrep = (...args) => timed('rg', ['--no-config', '-uu', '-l', ...args, tree.folder])
const rows = []
const seen = JSON.parse(search().stdout)
if (
  seen.hits !== tree.plantedFiles ||
  seen.bytesSeen !== tree.bytes ||
  seen.filesSeen !== tree.files ||
  seen.unread > 0
)
  throw new Error(`ours saw ${JSON.stringify(seen)} of ${JSON.stringify(tree)}`)

if (spawnSync('rg', ['--version']).error === undefined) {
  const literals = LITERALS.flatMap((text) => ['-e', text])
  rows.push(compare('tree, ripgrep -F', search, () => ripgrep('-F', ...literals)).row)
  rows.push(compare('tree, ripgrep -F, one thread', search, () => ripgrep('-j1', '-F', ...literals)).row)
  rows.push(compare('tree, ripgrep with the same cases', search, () => ripgrep('-e', EXPRESSION)).row)
} else
  process.stderr.write(
    '\nLEFT OUT: ripgrep is not installed, so there is nothing to compare with. apt-get install ripgrep\n\n',
  )

const [dense, sparse] = [true, false].map((isDense) => makeFlatFile({ seed, dense: isDense }).path)
rows.push(
  compare(
    'every hit of 64 MiB, dense to sparse',
    () => ours('every-hit', dense),
    () => ours('every-hit', sparse),
  ).row,
)
rows.push({
  work: 'memory in MB, at most',
  ours: round(seen.rss / 1024),
  theirs: 200,
  ratio: round(seen.rss / 1024 / 200, 2),
})

if (values.json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
else {
  process.stdout.write(
    `${tree.files} files, ${round(tree.bytes / 1e6)} MB, ${tree.plantedFiles} with something to find; ${pairs} pairs\n`,
  )
  process.stdout.write(
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()
      .map((load) => round(load, 1))
      .join(' ')}\n\n`,
  )
  for (const { work, ours: mine, theirs, ratio } of rows)
    process.stdout.write(
      `${work.padEnd(40)}${String(mine).padStart(8)}${String(theirs).padStart(8)}${ratio.toFixed(2).padStart(8)}\n`,
    )
}
