// A folder as a working tree is: 20,000 files or more, most of them small, text and code of many kinds, a few archives and pictures
// that are bytes at random. From a seed, so that every machine gets the same; made once and kept until it is asked for with another seed.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** What a planted file says; the secrets are shaped like app passwords and belong to nobody. */
export function planted(random) {
  const letters = Array.from({ length: 28 }, () => 'abcdefghijkmnpqrstuvwxyz23456789'[Math.floor(random() * 32)]).join(
    '',
  )
  const secret = `${'ATBB'}${letters}`
  return [`BITBUCKET_APP_PASSWORD=${secret}\n`, `url = https://x:${secret}@bitbucket.org/acme/app.git\n`][
    Math.floor(random() * 2)
  ]
}

/** `{ folder, files, bytes, plantedFiles }`. Sizes are log-normal around 9 KB, with a mean of 21 KB. */
export function makeTree({ seed = 1, files = 24_000 } = {}) {
  const folder = join(tmpdir(), `keyturn-bench-tree-${seed}-${files}`)
  const mark = `${folder}.json`
  const random = randomFrom(seed)
  const [text, noise] = [textPool(random, 16 << 20), bytesPool(random, 4 << 20)]
  const tree = { folder, files: 0, bytes: 0, plantedFiles: 0 }
  const isMade = existsSync(mark)
  if (!isMade) rmSync(folder, { recursive: true, force: true })
  for (let index = 0; index < files; index++) {
    const isNoise = random() < 0.03
    const size = Math.min(Math.round(Math.exp(9.1 + 1.3 * gauss(random))), 3 << 20)
    const pool = isNoise ? noise : text
    const start = Math.floor(random() * (pool.length - size))
    const isPlanted = index % 240 === 7
    const plant = isPlanted ? planted(random) : ''
    const path = join(
      folder,
      folderFor(index),
      `${isNoise ? 'picture' : 'part'}-${index}.${isNoise ? 'png' : EXTENSIONS[index % 12]}`,
    )
    tree.files++
    tree.bytes += size + plant.length
    if (isPlanted) tree.plantedFiles++
    if (isMade) continue
    if (index % 16 === 0) mkdirSync(join(folder, folderFor(index)), { recursive: true })
    writeFileSync(path, Buffer.concat([pool.subarray(start, start + size), Buffer.from(plant)]))
  }
  writeFileSync(mark, JSON.stringify(tree))
  return tree
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
