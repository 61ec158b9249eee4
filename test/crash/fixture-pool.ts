import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Consumer } from '../../src/model/consumer.ts'
import { jenkinsKeyFiles, loadFixture, type Tree, withKeys } from '../contract/fixtures.ts'
import type { Random } from '../corpus/random.ts'
import { MADE_DOCUMENTS } from './made-documents.ts'
import { seededValues } from './made-secrets.ts'
import { vaultDocument } from './made-vault.ts'

/** A consumer with a connector and files that it reads, with secrets of their own for every copy. */
export interface PooledFixture {
  readonly consumer: Consumer
  readonly copy: (random: Random) => Tree
  /** Of its folder; absent, the document is made. */
  readonly name?: string
  /** A credential of it is made two. */
  readonly split?: true
}

/** The `before` folders of every consumer that can be changed, or documents made for it; those of one consumer together. */
export function fixturePool(consumers: readonly Consumer[], repository: string): readonly (readonly PooledFixture[])[] {
  return consumers
    .filter(({ connector, detector }) => connector !== undefined && detector !== undefined)
    .map((consumer) => [
      ...foldersOf(consumer, join(repository, 'src', 'consumers', consumer.id, 'fixtures')),
      ...documentsOf(consumer),
    ])
    .filter((fixtures) => fixtures.length > 0)
}

function foldersOf(consumer: Consumer, fixtures: string): readonly PooledFixture[] {
  if (!existsSync(fixtures)) return []
  return readdirSync(fixtures)
    .filter((name) => !name.startsWith('ok.'))
    .sort()
    .map((name) => ({ name, folder: join(fixtures, name, 'before') }))
    .filter(({ folder }) => existsSync(folder))
    .map(({ name, folder }) => ({ consumer, name, copy: (random) => copyOfFixture(folder, random) }))
}

function documentsOf(consumer: Consumer): readonly PooledFixture[] {
  if (consumer.id === 'ansible-vault') return [{ consumer, copy: vaultDocument }]
  return (MADE_DOCUMENTS[consumer.id] ?? []).map((made) => ({ consumer, copy: (random) => made(seededValues(random)) }))
}

/** One copy with secrets of its own. */
function copyOfFixture(folder: string, random: Random): Tree {
  const keys = jenkinsKeyFiles((length) => random.bytes(length))
  const tree = loadFixture(folder, seededValues(random), keys)
  return [...tree.keys()].some((path) => /(^|\/)(credentials|config)\.xml$/.test(path)) ? withKeys(tree, keys) : tree
}
