import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Consumer } from '../../src/model/consumer.ts'
import { jenkinsKeyFiles, loadFixture, type Tree, withKeys } from '../contract/fixtures.ts'
import type { Random } from '../corpus/random.ts'
import { seededValues } from './made-secrets.ts'

/** A consumer with a connector and one of its fixtures. */
export interface PooledFixture {
  readonly consumer: Consumer
  readonly folder: string
}

/** The `before` folders of every consumer that can be changed, those of one consumer together. */
export function fixturePool(consumers: readonly Consumer[], repository: string): readonly (readonly PooledFixture[])[] {
  return consumers
    .filter(({ connector, detector }) => connector !== undefined && detector !== undefined)
    .map((consumer) => foldersOf(consumer, join(repository, 'src', 'consumers', consumer.id, 'fixtures')))
    .filter((fixtures) => fixtures.length > 0)
}

function foldersOf(consumer: Consumer, fixtures: string): readonly PooledFixture[] {
  if (!existsSync(fixtures)) return []
  return readdirSync(fixtures)
    .sort()
    .map((name) => ({ consumer, folder: join(fixtures, name, 'before') }))
    .filter(({ folder }) => existsSync(folder))
}

/** One copy with secrets of its own. */
export function copyOfFixture({ folder }: PooledFixture, random: Random): Tree {
  const keys = jenkinsKeyFiles((length) => random.bytes(length))
  const tree = loadFixture(folder, seededValues(random), keys)
  return [...tree.keys()].some((path) => /(^|\/)(credentials|config)\.xml$/.test(path)) ? withKeys(tree, keys) : tree
}
