// `keyturn scan` as a whole process against what else reads as much: ripgrep, `git cat-file`, and the secret scanners of this machine;
// a second run against the first; memory; dense input. `--json`, `--pairs 7`, `--only tree,scanners,history,second,memory,dense`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from '../tools/build.mjs'
import { appPassword, makeTree, randomFrom } from './file-tree.mjs'
import { keptHistory } from './history-repository.mjs'
import { compare, isInstalled, leftOut, machine, peakMemory, round, show, timed, timedQuietly } from './measure.mjs'

const PARTS = ['tree', 'scanners', 'history', 'second', 'memory', 'dense']
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pairs: { type: 'string', default: '7' },
    only: { type: 'string', default: PARTS.join(',') },
  },
})
const pairs = Number(values.pairs)
if (!(pairs >= 5)) throw new Error('at least 5 pairs')
const parts = new Set(values.only.split(','))

const root = join(import.meta.dirname, '..')
await build()
const CLI = join(root, 'dist', 'cli', 'main.js')
const home = mkdtempSync(join(tmpdir(), 'keyturn-bench-home-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))
const env = { HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' }

/** Exit code 5 would mean that something was not read. */
const keyturn = (...args) => timed(process.execPath, [CLI, 'scan', ...args, '--json'], { env })
const placesOf = ({ stdout }) => JSON.parse(stdout).places.length

const LITERALS = ['bitb', 'Bitb', 'BITB', 'ATBB', 'ATATT3', 'ATCTT3'].flatMap((text) => ['-e', text])
const rows = []

/** Never /dev/null: gitleaks removes an old report, and would as root remove the device. */
const REPORT = join(home, 'report.json')

const QUIET = ['--no-banner', '--exit-code', '0', '--report-format', 'json', '--report-path', REPORT]
const LIKE_GITLEAKS = {
  probe: ['version'],
  tree: (folder) => ['dir', folder, ...QUIET],
  history: (folder) => ['git', folder, ...QUIET],
}

/** Scanners get what switches their network and their reports off. Their exit code says that something was found. */
const SCANNERS = [
  { name: 'gitleaks', install: 'Debian: apt-get install gitleaks (trixie or later)', ...LIKE_GITLEAKS },
  { name: 'betterleaks', install: 'github.com/betterleaks/betterleaks', ...LIKE_GITLEAKS },
  {
    name: 'trufflehog',
    install: 'Debian: apt-get install trufflehog (forky or later)',
    probe: ['--version'],
    codes: [0, 183],
    tree: (folder) => ['filesystem', folder, '--no-verification', '--no-update', '--json'],
    history: (folder) => ['git', `file://${folder}`, '--bare', '--no-verification', '--no-update', '--json'],
  },
  {
    name: 'kingfisher',
    install: 'github.com/mongodb/kingfisher',
    probe: ['--version'],
    tree: (folder) => ['scan', folder, '--no-validate', '--git-history', 'none'],
    history: (folder) => ['scan', folder, '--no-validate'],
  },
  {
    name: 'secretlint',
    // All of it would take some minutes a run.
    part: 'package-0',
    codes: [0, 1],
    install: 'npm install secretlint @secretlint/secretlint-rule-preset-recommend',
    probe: ['--version'],
    tree: (folder) => [
      '--secretlintrcJSON',
      '{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}',
      `${folder}/**/*`,
    ],
  },
]

function installedScanners(kind) {
  return SCANNERS.filter((scanner) => scanner[kind] !== undefined).filter(({ name, install, probe }) => {
    const isThere = isInstalled(name, probe)
    if (!isThere) leftOut(name, install)
    return isThere
  })
}

/** The slow ones take minutes, so they get five pairs. */
function scannerRows(what, kind, folder, ours) {
  return installedScanners(kind).map((scanner) => {
    const searched = scanner.part === undefined ? folder : join(folder, scanner.part)
    const theirs = () => timed(scanner.name, scanner[kind](searched), { env, codes: scanner.codes ?? [0] }).took
    const work = `${what}, ${scanner.name}${scanner.part === undefined ? '' : `, ${scanner.part} of it`}`
    return compare(work, () => ours(searched), theirs, { pairs: 5 })
  })
}

if (parts.has('tree')) {
  const tree = makeTree({ seed: 1, files: 24_000 })
  const found = placesOf(keyturn(tree.folder))
  if (found !== tree.secrets) throw new Error(`${found} places of ${tree.secrets}`)
  process.stderr.write(
    `${tree.files} files, ${round(tree.bytes / 1e6)} MB, ${tree.plantedFiles} name Bitbucket, ${tree.secrets} secrets\n`,
  )
  const full = makeTree({ seed: 1, files: 24_000, every: 100 })
  const against = (work, { folder }) =>
    compare(
      work,
      () => keyturn(folder).took,
      () => timed('rg', ['--no-config', '-uu', '-l', '-F', ...LITERALS, folder], { env }).took,
      { pairs },
    )
  if (isInstalled('rg')) {
    rows.push(against('working tree, ripgrep with the same literals', tree))
    rows.push(against('the same, and one file in a hundred names Bitbucket', full))
  } else leftOut('ripgrep', 'apt-get install ripgrep')
}

if (parts.has('scanners')) {
  const tree = makeTree({ seed: 2, files: 20_000, medianBytes: 1_300 })
  process.stderr.write(`${tree.files} files, ${round(tree.bytes / 1e6)} MB for the scanners\n`)
  rows.push(...scannerRows('working tree', 'tree', tree.folder, (folder) => keyturn(folder).took))
}

const EVERYTHING = ['cat-file', '--batch-all-objects', '--batch', '--unordered', '--buffer']

if (parts.has('history') || parts.has('second')) {
  const history = await keptHistory({ env })
  const scan = () => keyturn(history.folder, '--git-history', '--no-cache').took
  const found = placesOf(keyturn(history.folder, '--git-history', '--no-cache'))
  if (found !== history.secrets) throw new Error(`${found} places of ${history.secrets} in the history`)
  process.stderr.write(
    `${history.blobs} blobs, ${round(history.bytes / 1e6)} MB, ${history.commits} commits, ${history.secrets} secrets\n`,
  )
  if (parts.has('history')) {
    const catFile = () => timedQuietly('git', ['-C', history.folder, ...EVERYTHING], { env })
    rows.push(compare('git history, git cat-file of everything to /dev/null', scan, catFile, { pairs }))
  }
  if (parts.has('scanners')) rows.push(...scannerRows('git history', 'history', history.folder, scan))
  if (parts.has('second')) {
    const cache = join(home, '.cache')
    const first = () => {
      rmSync(cache, { recursive: true, force: true })
      return keyturn(history.folder, '--git-history').took
    }
    const again = () => keyturn(history.folder, '--git-history').took
    // Each second run follows a first one, which filled the cache.
    rows.push(compare('git history, second run against the first', again, first, { pairs }))
  }
}

if (parts.has('second')) {
  const { folder } = makeTree({ seed: 1, files: 24_000 })
  const cache = join(home, '.cache')
  const first = () => {
    rmSync(cache, { recursive: true, force: true })
    return keyturn(folder, '--incremental').took
  }
  rows.push(
    compare(
      'working tree, --incremental, second run against the first',
      () => keyturn(folder, '--incremental').took,
      first,
      { pairs },
    ),
  )
}

if (parts.has('memory')) {
  const tree = makeTree({ seed: 1, files: 24_000 })
  const history = await keptHistory({ env })
  for (const [work, args] of [
    ['memory, working tree', [tree.folder]],
    ['memory, git history', [history.folder, '--git-history', '--no-cache']],
  ]) {
    const peak = round(peakMemory(CLI, ['scan', ...args, '--json'], { env }))
    rows.push({ work: `${work}, at most`, ours: peak, theirs: 200, unit: 'MiB', ratio: round(peak / 200, 2) })
  }
}

if (parts.has('dense')) {
  const random = randomFrom(3)
  const sized = (kibibytes, line) => {
    const folder = mkdtempSync(join(home, 'dense-'))
    const lines = []
    for (let size = 0; size < kibibytes * 1024; size += lines.at(-1).length) lines.push(line(lines.length))
    writeFileSync(join(folder, 'notes.txt'), lines.join(''))
    return folder
  }
  const dense = (kibibytes) => sized(kibibytes, () => `t ${appPassword(random)}\n`)
  const sparse = (kibibytes) =>
    sized(kibibytes, (number) => (number === 0 ? 'see bitbucket.org\n' : 'the quick brown fox, and 12 lazy dogs...\n'))
  const grown = (work, make, small) => {
    const [larger, smaller] = [make(2 * small), make(small)]
    rows.push(
      compare(
        work,
        () => keyturn(larger).took,
        () => keyturn(smaller).took,
        { pairs: 5 },
      ),
    )
  }
  grown('a finding every 40 bytes, 512 KiB against 256', dense, 256)
  grown('a finding every 40 bytes, 1 MiB against 512 KiB', dense, 512)
  const [full, empty] = [dense(512), sparse(512)]
  rows.push(
    compare(
      '512 KiB, a finding every 40 bytes against none',
      () => keyturn(full).took,
      () => keyturn(empty).took,
      { pairs: 5 },
    ),
  )
}

process.stderr.write(`${machine()}\n`)
show(rows, values.json)
