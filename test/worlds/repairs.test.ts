import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose } from './compose.ts'
import { isRepairable, type RepairOutcome, repairAll, summariseRepairs } from './repair-run.ts'
import { openTown, type Town } from './town.ts'

/** The first repairable worlds of the seed; the long run is `npm run worlds -- --repair`. */
const SEED = 'repairs'
const COUNT = 8
const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js')

let town: Town

beforeAll(async () => {
  town = await openTown(SEED, MAIN)
})
afterAll(() => town.stop())

test('doctor and printed repair, again and again, end in success', async () => {
  const outcomes: RepairOutcome[] = []
  await repairAll(SEED, sample(), town, (outcome) => outcomes.push(outcome))
  const { stuckWorlds, repaired } = summariseRepairs(SEED, outcomes)
  expect(stuckWorlds).toEqual([])
  expect(repaired).toBe(COUNT)
}, 180_000)

function sample(): readonly number[] {
  const all = Array.from({ length: 200 }, (_, index) => index)
  return all.filter((index) => isRepairable(compose(SEED, index))).slice(0, COUNT)
}
