import type { Place } from '../../src/model/place.ts'
import { holdsHit } from '../../src/scan/prefilter/holds-hit.ts'
import type { Prefilter } from '../../src/scan/prefilter/prefilter.ts'
import { matcher } from '../../src/system/bulk-paths.ts'
import type { Random } from '../corpus/random.ts'
import { DETECTING, documentOf, settled } from './detectors.ts'
import { mutated } from './mutate.ts'
import { layersToSign } from './reach.ts'
import { chanceOf, type Seed } from './seeds.ts'
import { OTHER_WORDS, type Veil, WRAPPINGS } from './veils.ts'

/** Names that are opened whatever stands in them: the prefilter is not asked. */
const isWanted = matcher({
  names: DETECTING.flatMap(({ detector }) => detector.wanted?.names ?? []),
  suffixes: DETECTING.flatMap(({ detector }) => detector.wanted?.suffixes ?? []),
  inNames: DETECTING.flatMap(({ detector }) => detector.wanted?.inNames ?? []),
})

/** Something that the prefilter drops and a detector would find. */
export interface Dropped extends Pick<Seed, 'path' | 'bytes'> {
  readonly index: number
  /** How the document was made. */
  readonly made: readonly string[]
  readonly places: readonly Place[]
  /**
   * How many layers of writing lie over the nearest sign of Bitbucket: 0 and 1 are what the prefilter promises to see. Absent: there is
   * none, and a detector found something all the same.
   */
  readonly layers?: number
  /** What a detector threw, which none may. */
  readonly thrown?: string
}

export interface PrefilterRun {
  readonly prefilter: Prefilter
  /** As `foundSeeds` gives them. */
  readonly seeds: readonly Seed[]
  readonly seed: number
  readonly cases: number
  /** Signs are written in these ways too. */
  readonly veils?: readonly Veil[]
  /** Whether to go on. */
  readonly onDropped?: (dropped: Dropped) => boolean
}

export interface PrefilterRan {
  readonly cases: number
  /** The prefilter had no hit, so every detector was asked. */
  readonly asked: number
  /** What the prefilter promises not to drop, and dropped. */
  readonly broken: readonly Dropped[]
  /** Signs below two layers or more, or with an escape in the middle: known, and not promised. */
  readonly beyond: readonly Dropped[]
}

/** Seeds in which detectors find something, and whose names do not open them. */
export function foundSeeds(seeds: readonly Seed[]): readonly Seed[] {
  return seeds.filter((seed) => !isWanted(seed.path) && placesIn(seed).length > 0)
}

/**
 * Documents near to what detectors look for, over and over: what has no hit is given to every detector, and none may find a place in it
 * whose sign stands there as the prefilter promises to see it.
 */
export function runPrefilter({ prefilter, seeds, seed, cases, veils = [], onDropped }: PrefilterRun): PrefilterRan {
  const [broken, beyond]: [Dropped[], Dropped[]] = [[], []]
  let asked = 0
  let index = 0
  for (; index < cases; index++) {
    const document = veiledDocument(seeds, chanceOf(seed, 'prefilter', index), prefilter, veils)
    if (holdsHit(prefilter, document.bytes)) continue
    asked++
    const { places, thrown } = readBy(document)
    if (places.length === 0 && thrown === undefined) continue
    const layers = layersToSign(document.bytes)
    const told = { ...(layers === undefined ? {} : { layers }), ...(thrown === undefined ? {} : { thrown }) }
    const dropped = { ...document, index, places, ...told }
    const isBeyond = thrown === undefined && layers !== undefined && layers > 1
    ;(isBeyond ? beyond : broken).push(dropped)
    if (!isBeyond && onDropped?.(dropped) === false) return { cases: index + 1, asked, broken, beyond }
  }
  return { cases: index, asked, broken, beyond }
}

function readBy(document: Pick<Seed, 'path' | 'bytes' | 'companion'>): Pick<Dropped, 'places' | 'thrown'> {
  try {
    return { places: placesIn(document) }
  } catch (error) {
    return { places: [], thrown: String(error) }
  }
}

/** What a scan would tell of. */
function placesIn({ path, bytes, companion }: Pick<Seed, 'path' | 'bytes' | 'companion'>): readonly Place[] {
  return settled(documentOf(path, Buffer.from(bytes), companion)).flatMap(({ detection }) =>
    detection.places.filter(({ isPlaceholder, host }) => isPlaceholder !== true && host !== ''),
  )
}

interface VeiledDocument extends Pick<Seed, 'path' | 'bytes' | 'companion'> {
  readonly made: readonly string[]
}

function veiledDocument(
  seeds: readonly Seed[],
  random: Random,
  prefilter: Prefilter,
  veils: readonly Veil[],
): VeiledDocument {
  const { path, bytes, companion } = random.pick(seeds)
  const made: string[] = []
  let next = random.chance(30) ? shorter(bytes, random) : bytes
  const way = random.between(0, 9)
  if (way < 3) next = mutated(next, random.pick(seeds).bytes, random)
  // One needle that is left is enough for a hit, so mostly all of them are veiled.
  const share = random.pick([100, 100, 100, 85])
  const veilOf = (): Veil | undefined => {
    if (!random.chance(share)) return undefined
    const veil = random.pick(veils.length > 0 && random.chance(70) ? veils : OTHER_WORDS)
    made.push(veil.name)
    return veil
  }
  if (way < 9) next = veiled(next, prefilter, veilOf, random)
  if (way > 7) {
    const wrapping = random.pick(WRAPPINGS)
    made.push(wrapping.name)
    next = wrapping.of(next, random)
  }
  return { path, bytes: next, companion, made }
}

/** Some of its lines, so that fewer needles stand around a secret. */
function shorter(bytes: Buffer, random: Random): Buffer {
  const lines = bytes.toString('latin1').split(/(?<=\n)/)
  const from = random.between(0, lines.length - 1)
  return Buffer.from(lines.slice(from, from + random.between(1, 12)).join(''), 'latin1')
}

/** Every hit of the prefilter changed in one of its first four characters. */
function veiled(bytes: Buffer, prefilter: Prefilter, veilOf: () => Veil | undefined, random: Random): Buffer {
  const pieces: Buffer[] = []
  prefilter.buffer.set(bytes)
  let kept = 0
  for (let at = prefilter.hit(bytes.length); at !== -1; at = prefilter.nextHit(at + 1, bytes.length)) {
    const place = Math.max(kept, at + random.between(0, 3))
    const veil = veilOf()
    if (veil === undefined) continue
    const character = bytes.toString('latin1', place, place + 1)
    pieces.push(bytes.subarray(kept, place), Buffer.from(veil.of(character, random), 'latin1'))
    kept = place + 1
  }
  return Buffer.concat([...pieces, bytes.subarray(kept)])
}
