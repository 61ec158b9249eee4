// A bare repository with a long history, made from a seed by `git fast-import`: every file has many versions that differ by
// a few lines, as in real life, so that most blobs are stored as deltas. Some blobs hold one of the searched literals.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appPassword, randomFrom } from './file-tree.mjs'

const WORDS =
  'when the build reads a value from this file it keeps the name of its owner and returns nothing else'.split(' ')

/** mulberry32: small, seeded, good enough for filler. */
const generator = (seed) => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const line = (next) => {
  let text = ' '.repeat(2 * next(5))
  for (let word = 4 + next(9); word > 0; word--)
    text += `${WORDS[next(WORDS.length)]}${next(3) === 0 ? next(100_000) : ''} `
  return `${text}\n`
}

/**
 * A repository that is made once and kept below the system's folder for temporary files: 100,000 blobs, one in 997 with a secret.
 * `{ folder, blobs, bytes, commits, secrets }`.
 */
export async function keptHistory({ env, files = 2000, versions = 50, lines = 250, every = 997 }) {
  const folder = join(tmpdir(), `keyturn-bench-history-${files}-${versions}-${lines}.git`)
  const mark = `${folder}.json`
  if (existsSync(mark)) return JSON.parse(readFileSync(mark, 'utf8'))
  rmSync(folder, { recursive: true, force: true })
  const needle = appPassword(randomFrom(5))
  const environment = { ...process.env, ...env }
  const made = await makeHistory(folder, { files, versions, lines, seed: 20261128, needle, every, environment })
  const kept = {
    folder,
    ...made,
    commits: versions * Math.ceil(files / FILES_IN_COMMIT),
    secrets: Math.floor(made.blobs / every),
  }
  writeFileSync(mark, JSON.stringify(kept))
  return kept
}

/** Lines in a file: most files are short, a few are long. */
const linesOf = (next, average) => 1 + Math.round((average * (1 + next(100)) * (1 + next(100))) / 2_600)

/**
 * Fills a new bare repository. `files` times `versions` blobs; `needle` stands in every `every`th blob.
 * Gives the number of blobs and their bytes.
 */
export async function makeHistory(folder, { files, versions, lines, seed, needle, every, environment }) {
  const git = (args, input) => spawn('git', args, { env: environment, stdio: [input, 'ignore', 'inherit'] })
  await finished(git(['init', '--quiet', '--bare', '--initial-branch=main', folder], 'ignore'))
  const child = git(['-C', folder, 'fast-import', '--quiet', '--depth=50'], 'pipe')
  const next = generator(seed)
  let [mark, bytes] = [0, 0]
  const write = async (text) => {
    if (!child.stdin.write(text)) await once(child.stdin, 'drain')
  }
  for (let file = 0; file < files; file++) {
    const text = Array.from({ length: linesOf(next, lines) }, () => line(next))
    for (let version = 0; version < versions; version++) {
      for (let edits = 1 + next(3); edits > 0; edits--) text[next(text.length)] = line(next)
      const held = ++mark % every === 0 ? [...text, `token = ${needle}\n`] : text
      const body = Buffer.from(`${file} ${version}\n${held.join('')}`, 'latin1')
      bytes += body.length
      await write(`blob\nmark :${mark}\ndata ${body.length}\n`)
      await write(body)
    }
  }
  await writeCommits(write, files, versions)
  child.stdin.end()
  await finished(child)
  return { blobs: mark, bytes }
}

const FILES_IN_COMMIT = 4

/** Every commit changes files in four folders, so that there are about as many trees as blobs. */
async function writeCommits(write, files, versions) {
  const folders = Math.max(1, Math.floor(files / 20))
  for (let version = 0; version < versions; version++) {
    for (let first = 0; first < files; first += FILES_IN_COMMIT) {
      let text = `commit refs/heads/main\ncommitter A <a@example.org> ${1_700_000_000 + version * files + first} +0000\ndata 2\nx\n`
      for (let file = first; file < Math.min(files, first + FILES_IN_COMMIT); file++)
        text += `M 100644 :${file * versions + version + 1} src/part${file % folders}/file${file}.txt\n`
      await write(`${text}\n`)
    }
  }
}

async function finished(child) {
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`git ended with ${code}`)
}
