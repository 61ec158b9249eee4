import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Consumer } from '../../src/model/consumer.ts'
import { jenkinsKeyFiles, loadFixture, withKeys } from '../contract/fixtures.ts'
import type { Random } from '../corpus/random.ts'
import type { PooledFixture } from './fixture-pool.ts'
import { seededValues } from './made-secrets.ts'

/** Ids in the fixtures of Jenkins home: every one that can be split holds this one. */
export const SPLIT_IDS = { from: 'bb', to: 'bb-git' } as const

/**
 * Homes of Jenkins with a credential of which another one is made, and one or two files that name it and are told to name the new one.
 * They are put together of the fixtures for each of the two, as far as these lie in different files.
 */
export function splitHome(consumers: readonly Consumer[], repository: string): readonly (readonly PooledFixture[])[] {
  const consumer = consumers.find(({ id }) => id === 'jenkins-home')
  const fixtures = join(repository, 'src', 'consumers', 'jenkins-home', 'fixtures')
  if (consumer === undefined || !existsSync(fixtures)) return []
  const names = readdirSync(fixtures).sort()
  const created = names.filter((name) => name.startsWith('create-'))
  const rewired = names.filter((name) => name.startsWith('rewire-'))
  const copies = created.map((name) => ({
    consumer,
    split: true as const,
    copy: (random: Random) => {
      const keys = jenkinsKeyFiles((length) => random.bytes(length))
      const values = seededValues(random)
      const chosen = [random.pick(rewired), random.pick(rewired), name]
      const trees = chosen.map((one) => loadFixture(join(fixtures, one, 'before'), values, keys))
      return withKeys(new Map(trees.flatMap((tree) => [...tree])), keys)
    },
  }))
  return copies.length > 0 && rewired.length > 0 ? [copies] : []
}
