import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type FixtureValues, jenkinsKeyFiles, loadFixture, type Tree, withKeys } from '../contract/fixtures.ts'
import { makeCorpus } from '../corpus/generate.ts'
import { type Random, randomFrom, seedOf } from '../corpus/random.ts'
import { accessToken, apiToken, appPassword, unprefixedAppPassword } from '../corpus/secrets.ts'

/** A document that a consumer really has, to start from. */
export interface Seed {
  readonly path: string
  readonly bytes: Buffer
  /** Whose fixture it is; absent: of the corpus. */
  readonly consumer?: string
  readonly companion: (path: string) => Uint8Array | undefined
}

/** Where the trees of the fixtures and of the corpus are said to lie. */
const ROOT = '/somewhere'
/** Larger ones make every case slow, and hold nothing that smaller ones do not. */
const LARGEST_SEED = 16 * 1024

/** Of every consumer all files of all its examples, with secrets made from `seed`. `root`: this repository. */
export function fixtureSeeds(root: string, seed: number): readonly Seed[] {
  const random = randomFrom(seed)
  const values = valuesFrom(random)
  const keys = jenkinsKeyFiles((length) => random.bytes(length))
  const consumers = join(root, 'src', 'consumers')
  return readdirSync(consumers)
    .sort()
    .map((consumer) => [consumer, join(consumers, consumer, 'fixtures')] as const)
    .filter(([, folder]) => existsSync(folder))
    .flatMap(([consumer, folder]) =>
      examplesIn(folder).flatMap((example) => seedsOf(withKeys(loadFixture(example, values, keys), keys), consumer)),
    )
}

/** What is changed is an example of its own. */
function examplesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .flatMap((example) => {
      const sides = ['before', 'after'].map((side) => join(example, side)).filter((side) => existsSync(side))
      return sides.length === 0 ? [example] : sides
    })
    .sort()
}

function seedsOf(tree: Tree, consumer: string): readonly Seed[] {
  const files = new Map([...tree].map(([path, bytes]) => [join(ROOT, path), bytes]))
  const companion = (path: string): Uint8Array | undefined => files.get(path)
  return [...files]
    .filter(([path, bytes]) => bytes.length <= LARGEST_SEED && !/secrets\/(?:master\.key|hudson)/.test(path))
    .map(([path, bytes]) => ({ path, bytes, consumer, companion }))
}

function valuesFrom(random: Random): FixtureValues {
  return {
    OLD: appPassword(random),
    NEW: apiToken(random),
    ACCESS: accessToken(random),
    SHORT: unprefixedAppPassword(random),
  }
}

/** Documents of the corpus that the scan is measured with: of each kind of name and size one. */
export function corpusSeeds(seed: number): readonly Seed[] {
  const kinds = new Set<string>()
  return makeCorpus(seed)
    .files.filter(({ path, bytes }) => {
      const kind = `${path.replaceAll(/\d+/g, '').split('/').slice(-2).join('/')} ${Math.floor(bytes.length / 300)}`
      if (bytes.length > LARGEST_SEED || kinds.has(kind)) return false
      kinds.add(kind)
      return true
    })
    .map(({ path, bytes }) => ({ path: join(ROOT, path), bytes, companion: () => undefined }))
}

/** For one case: chance that depends on the seed and on the number of the case alone. */
export function chanceOf(seed: number, name: string, index: number): Random {
  return randomFrom(seedOf(`${seed}/${name}/${index}`))
}
