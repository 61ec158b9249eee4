// A folder as a working tree is: 20,000 files or more, most of them small, text and code of many kinds, a few archives and pictures
// that are bytes at random. From a seed, so that every machine gets the same; made once and kept until it is asked for with another seed.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

const WORDS = (
  'the of and to in is for that with this value name return const function import export string number error result path file read ' +
  'write class public static void int if else while data list item index node tree table bit orbit arbitrary state DATABASE ' +
  'METADATA STATUS DEFAULT attribute battery bitmap Bitset config request response token user password branch commit repository ' +
  'build test deploy stage version module require await async throw new null true false undefined object array map filter reduce'
).split(' ')
const SEPARATORS = [
  ' ',
  ' ',
  ' ',
  ' ',
  '(',
  ') ',
  ' = ',
  '.',
  ', ',
  ';\n  ',
  '\n',
  ': ',
  "'",
  '"',
  ' => ',
  '{\n',
  '}\n',
  '\n\n',
  '_',
  '-',
]
const EXTENSIONS = ['js', 'ts', 'json', 'md', 'java', 'py', 'yml', 'xml', 'css', 'txt', 'go', 'html']

/** mulberry32: small, and good enough to choose words. */
export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Text from which files are cut, each at another place. */
function textPool(random, size) {
  const parts = []
  for (let length = 0; length < size; ) {
    const part = WORDS[Math.floor(random() * WORDS.length)] + SEPARATORS[Math.floor(random() * SEPARATORS.length)]
    parts.push(part)
    length += part.length
  }
  return Buffer.from(parts.join('')).subarray(0, size)
}

function bytesPool(random, size) {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE((random() * 2 ** 32) >>> 0, at)
  return bytes
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'

/** Shaped like an app password, with the checksum that fits; it belongs to nobody. */
export function appPassword(random) {
  const letters = Array.from({ length: 24 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')
  const body = `${'ATBB'}${letters}`
  return `${body}${crc32(body).toString(16).toUpperCase().padStart(8, '0')}`
}

/** Whole small files as working trees have them, half of them without a secret; and a line at the end of any file. */
const PLANTS = [
  {
    name: '.env',
    text: (secret) => `PORT=8080\nLOG_LEVEL=info\nBITBUCKET_USERNAME=ci-bot\nBITBUCKET_APP_PASSWORD=${secret}\n`,
  },
  {
    name: 'README.md',
    text: () =>
      '# App\n\nThe source lies at https://bitbucket.org/acme/app.\n\n    git clone git@bitbucket.org:acme/app.git\n',
  },
  { tail: (secret) => `\nBITBUCKET_APP_PASSWORD=${secret}\n` },
  {
    name: 'package.json',
    text: () =>
      `${JSON.stringify({ name: 'app', version: '1.0.0', repository: { type: 'git', url: 'git+ssh://git@bitbucket.org/acme/app.git' }, bugs: { url: 'https://bitbucket.org/acme/app/issues' }, dependencies: { left: '1.0.0', right: '^2.1.0' } }, undefined, 2)}\n`,
  },
  {
    name: 'deploy.sh',
    text: (secret) =>
      `#!/bin/sh\nset -eu\ngit clone "https://ci-bot:${secret}@bitbucket.org/acme/app.git" app\ncd app\nmake deploy\n`,
  },
  { tail: () => '\nsee https://bitbucket.org/acme/app/src/main/ for more\n' },
  {
    name: 'values.yml',
    text: (secret) =>
      `replicas: 2\nsource:\n  url: https://bitbucket.org/acme/app.git\n  username: ci-bot\n  password: ${secret}\n`,
  },
  {
    name: 'pom.xml',
    text: () =>
      '<?xml version="1.0"?>\n<project>\n  <scm>\n    <connection>scm:git:https://bitbucket.org/acme/app.git</connection>\n  </scm>\n</project>\n',
  },
]

/**
 * `{ folder, files, bytes, plantedFiles, secrets }`. One file in `every` names Bitbucket: of the 78,900 files of a folder of installed
 * packages, 32 did, one in 2,500.
 * Sizes are log-normal; a median of 9 KB makes a mean of 21 KB.
 */
export function makeTree({ seed = 1, files = 24_000, medianBytes = 9_000, every = 1_000 } = {}) {
  const folder = join(tmpdir(), `keyturn-bench-tree-${seed}-${files}-${medianBytes}-${every}`)
  const mark = `${folder}.json`
  const random = randomFrom(seed)
  const [text, noise] = [textPool(random, 16 << 20), bytesPool(random, 4 << 20)]
  const tree = { folder, files: 0, bytes: 0, plantedFiles: 0, secrets: 0 }
  const isMade = existsSync(mark)
  if (!isMade) rmSync(folder, { recursive: true, force: true })
  for (let index = 0; index < files; index++) {
    const plant = index % every === 7 ? PLANTS[tree.plantedFiles++ % PLANTS.length] : undefined
    const { name, content } = fileOf(index, plant, { random, text, noise, medianBytes })
    tree.files++
    if (plant !== undefined && content.some((piece) => piece.includes('ATBB'))) tree.secrets++
    tree.bytes += content.reduce((sum, { length }) => sum + length, 0)
    if (isMade) continue
    if (index % 16 === 0) mkdirSync(join(folder, folderFor(index)), { recursive: true })
    writeFileSync(join(folder, folderFor(index), name), Buffer.concat(content))
  }
  writeFileSync(mark, JSON.stringify(tree))
  return tree
}

/** What names Bitbucket is a settings file or a source of ordinary size. */
function fileOf(index, plant, { random, text, noise, medianBytes }) {
  const isNoise = random() < 0.03
  const size = Math.min(Math.round(medianBytes * Math.exp(1.3 * gauss(random))), 3 << 20)
  const pool = isNoise ? noise : text
  const start = Math.floor(random() * (pool.length - size))
  const name = plant?.name ?? (isNoise ? `picture-${index}.png` : `part-${index}.${EXTENSIONS[index % 12]}`)
  if (plant === undefined) return { name, content: [pool.subarray(start, start + size)] }
  if (plant.text !== undefined) return { name, content: [Buffer.from(plant.text(appPassword(random)))] }
  const filler = pool.subarray(start, start + Math.min(size, 32_000))
  return { name, content: [filler, Buffer.from(plant.tail(appPassword(random)))] }
}

/** Sixteen files to a folder, folders some levels deep, as packages and their modules lie. */
function folderFor(index) {
  const folder = Math.floor(index / 16)
  return join(
    `package-${Math.floor(folder / 60)}`,
    folder % 3 === 0 ? 'src' : `lib/module-${Math.floor(folder / 6) % 10}`,
    `part-${folder}`,
  )
}

function gauss(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** One file: a finding in every 40 bytes, or none, of the same size. */
export function makeFlatFile({ seed = 1, size = 64 << 20, dense }) {
  const path = join(tmpdir(), `keyturn-bench-${dense ? 'dense' : 'sparse'}-${seed}-${size}.txt`)
  if (existsSync(path)) return { path, size }
  const random = randomFrom(seed)
  const text = Buffer.from(textPool(random, size))
  const plant = Buffer.from(`${'ATBB'}${'x'.repeat(28)} bitb \n`)
  if (dense) for (let at = 0; at + 40 < size; at += 40) plant.copy(text, at)
  writeFileSync(path, text)
  return { path, size }
}
