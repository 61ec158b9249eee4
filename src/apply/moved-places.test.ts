import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { FoundEntry } from '../model/consumer.ts'
import type { ApplyDeps } from './deps.ts'
import { beforeOrAfter, movedPlaces } from './moved-places.ts'
import { beginFold } from './run-state.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['text'])
})
afterEach(() => run.end())

/** Where the one step of a run that was stopped before its first act finds its place, among entries with the same bytes. */
async function foundAmong(entries: readonly FoundEntry[]): Promise<string | undefined> {
  const plan = run.plan([{ address: 'text' }])
  const { connector } = run.deps.hands('memory')
  const counting = connector && { ...connector, whereNow: async () => [entries] }
  const deps: ApplyDeps = { ...run.deps, hands: () => (counting === undefined ? {} : { connector: counting }) }
  const [place] = await movedPlaces(beginFold('r', plan).state, deps, beforeOrAfter)(plan.steps)
  return place?.address
}

describe('a place of which only one of several with the same bytes is in the plan', () => {
  const entry = `hmac:${'5e'.repeat(32)}` as const

  it('is looked for under no other number: nothing tells that it moved', async () => {
    const uses = [{ operation: 'git-fetch', by: 'text', repository: { workspace: 'acme', slug: 'app' } }] as const
    // The first of a text has no number, so that nothing is known of what stands beside it.
    expect(
      await foundAmong([
        { address: 'text', uses },
        { address: 'text#2', uses, entry },
      ]),
    ).toBeUndefined()
    expect(
      await foundAmong([
        { address: 'text#2', uses, entry },
        { address: 'text', uses },
      ]),
    ).toBeUndefined()
  })

  it('is the one that is left when the others are gone', async () => {
    expect(await foundAmong([{ address: 'text', uses: [] }])).toBe('text')
  })
})
