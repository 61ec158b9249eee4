import type { Document } from '../../src/model/consumer.ts'
import type { Random } from '../corpus/random.ts'
import { bounded } from './bounded.ts'
import type { Target } from './cases.ts'
import { seal } from './detectors.ts'
import { STRUCTURE } from './mutate.ts'
import type { Seed } from './seeds.ts'

/** A document that is as dense as one likes: the same over and over, or ever deeper. */
export interface Pattern {
  readonly name: string
  readonly path: string
  readonly companion: Document['companion']
  /** `size` bytes of it, or a little less. */
  readonly bytes: (size: number) => Buffer
}

/** How the time of a target grew with a document. */
export interface Growth {
  readonly sizes: readonly number[]
  readonly ms: readonly number[]
  /** Time grows with this power of the size: 1 is linear, 2 is quadratic. */
  readonly power: number
}

const kibibytes = (sizes: readonly number[]): readonly number[] => sizes.map((size) => size * 1024)
const SIZES = kibibytes([32, 64, 128, 256])
/** Where times are long enough to be compared; larger documents reach no parser. */
const LARGE_SIZES = kibibytes([128, 256, 512, 1024])
/** n log n over these sizes is a power of 1.1; caches and garbage collection make up for the rest. */
const MOST_POWER = 1.6
/** Shorter times say nothing at first; and what takes no longer for the largest documents is no harm, however it grows. */
const [TELLING_MS, HARMFUL_MS] = [25, 300]
/** One reading that takes longer is given up; what it took counts. */
const LONGEST_MS = 20_000
const LEAST_MS = 5

/** Undefined: it grows as it should, or it is too fast to tell. */
export function badGrowth(target: Target, pattern: Pattern): Growth | undefined {
  const first = growthOf(target, pattern, SIZES, 1)
  if (first === undefined || first.power <= MOST_POWER) return undefined
  // A busy machine and a cold reader look like that, too; the least of several readings of larger documents does not.
  const second = growthOf(target, pattern, (first.ms.at(-1) ?? 0) > 2000 ? SIZES : LARGE_SIZES, 3)
  return second === undefined || second.power <= MOST_POWER || (second.ms.at(-1) ?? 0) < HARMFUL_MS ? undefined : second
}

function growthOf(target: Target, pattern: Pattern, all: readonly number[], readings: number): Growth | undefined {
  const [sizes, ms]: [number[], number[]] = [[], []]
  for (const size of all) {
    const bytes = pattern.bytes(size)
    const least = Math.min(...Array.from({ length: readings }, () => timeOf(target, pattern, bytes)))
    sizes.push(bytes.length)
    ms.push(least)
    if (least >= LONGEST_MS / 4) break
  }
  const power = (ms.at(-1) ?? 0) < TELLING_MS ? undefined : powerOf(sizes, ms)
  return power === undefined ? undefined : { sizes, ms, power }
}

/** Absent: it is not the size that takes the time. */
export function powerOf(sizes: readonly number[], ms: readonly number[]): number | undefined {
  // The longest way between two sizes says most, as long as the first time is one.
  const from = ms.findIndex((time) => time >= LEAST_MS)
  const start = from === -1 ? 0 : Math.min(from, ms.length - 2)
  const [before = 0, last = 0, large = 1, small = 1] = [ms[start], ms.at(-1), sizes.at(-1), sizes[start]]
  // Of a quote over and over every other document has one that is never closed.
  if (ms.slice(start + 1).some((time, index) => time < (ms[start + index] ?? 0))) return undefined
  // A reader that gives up on small documents did nothing for the first ones.
  return large <= small ? 0 : Math.log(last / Math.max(before, 1)) / Math.log(large / small)
}

function timeOf(target: Target, { path, companion }: Pattern, bytes: Buffer): number {
  const document = { path, bytes: Buffer.from(bytes), seal, companion }
  // Time of the processor: what else the machine does is no matter.
  const before = process.cpuUsage()
  const { kind } = bounded(LONGEST_MS, () => target.read(document))
  const { user, system } = process.cpuUsage(before)
  return kind === 'thrown' ? 0 : (user + system) / 1000
}

/** A document of `pattern`: what a detector needs to be told of, as often as fits. */
export function patternFrom(seeds: readonly Seed[], expected: readonly Seed[], random: Random): Pattern {
  const seed = random.pick(expected.length > 0 && random.chance(80) ? expected : seeds)
  const { path, companion } = seed
  const make = random.pick([repeated, repeated, lines, structure, structure, nested, longLine])
  return { path, companion, ...make(seed, random) }
}

type Shape = Pick<Pattern, 'name' | 'bytes'>

const times = (piece: string, size: number): string =>
  piece.repeat(Math.max(1, Math.floor(size / Math.max(1, piece.length))))
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

function repeated({ bytes, path }: Seed): Shape {
  const text = bytes.toString('latin1')
  return { name: `${path} over and over`, bytes: (size) => latin1(times(text, size)) }
}

/** One of its lines, or a few, between what stands before and behind. */
function lines({ bytes, path }: Seed, random: Random): Shape {
  const all = bytes.toString('latin1').split(/(?<=\n)/)
  const from = random.between(0, all.length - 1)
  const to = from + random.between(1, 4)
  const piece = all.slice(from, to).join('')
  const [head, tail] = [all.slice(0, from).join(''), all.slice(to).join('')]
  return { name: `lines ${from + 1} to ${to} of ${path}`, bytes: (size) => latin1(head + times(piece, size) + tail) }
}

function structure({ bytes }: Seed, random: Random): Shape {
  const pieces = Array.from({ length: random.between(1, 3) }, () => random.pick([...STRUCTURE, 'a', 'bitbucket', '1']))
  const text = bytes.toString('latin1')
  const isInside = random.chance(60)
  const at = isInside ? random.between(0, text.length) : 0
  const [head, tail] = isInside ? [text.slice(0, at), text.slice(at)] : ['', '']
  return {
    name: `${JSON.stringify(pieces.join(''))}${isInside ? ` at ${at}` : ''}`,
    bytes: (size) => latin1(head + times(pieces.join(''), size) + tail),
  }
}

const PAIRS = [
  ...[
    ['{"a":', '}'],
    ['[', ']'],
    ['<a>', '</a>'],
    ['(', ')'],
    ['$(', ')'],
    ['${a:-', '}'],
    ['"$(', ')"'],
    ['a {\n', '}\n'],
    ['`', '`'],
  ],
  ...[
    ['/*', '*/'],
    ['{{', '}}'],
    ['- ', ''],
    ['a:\n ', ''],
    ["sh -c '", "'"],
    ['f(g, ', ')'],
    ['<<A\n', 'A\n'],
    ['#{', '}'],
    ['[[', ']]'],
  ],
] as const

function nested({ bytes }: Seed, random: Random): Shape {
  const [open = '', close = ''] = random.pick<readonly string[]>(PAIRS)
  const middle = random.chance(50) ? bytes.toString('latin1') : 'x'
  const isClosed = random.chance(60)
  return {
    name: `nested in ${JSON.stringify(open)}${isClosed ? '' : ', never closed'}`,
    bytes: (size) => {
      const depth = Math.floor(size / (open.length + (isClosed ? close.length : 0)))
      return latin1(open.repeat(depth) + middle + (isClosed ? close.repeat(depth) : ''))
    },
  }
}

/** The document without line ends, once and again. */
function longLine({ bytes, path }: Seed, random: Random): Shape {
  const glue = random.pick([' ', '', ';', ','])
  const text = bytes.toString('latin1').replaceAll(/\r?\n/g, glue)
  return { name: `${path} in one line`, bytes: (size) => latin1(times(text, size)) }
}
