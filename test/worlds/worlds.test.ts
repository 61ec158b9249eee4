import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose } from './compose.ts'
import { type Outcome, runWorld, summarise } from './run-worlds.ts'
import { openTown, type Town } from './town.ts'

/** The long run is `npm run worlds`; its figures are in docs/worlds.md. */
const SEED = 'sample'
const COUNT = 50

let town: Town
let outcomes: readonly Outcome[]

beforeAll(async () => {
  town = await openTown(SEED)
  const played: Outcome[] = []
  for (let index = 0; index < COUNT; index++) played.push(await runWorld(SEED, index, town))
  outcomes = played
}, 180_000)
afterAll(() => town.stop())

test('the first diagnosis is a planted fault wherever one can be shown, and no other', () => {
  const { wrongs } = summarise(SEED, outcomes)
  expect(wrongs.map(({ replay, planted, said, because }) => ({ replay, planted, said, because }))).toEqual([])
})

test('the oracle agrees with the real command in every world, and the doctor changes no file', () => {
  expect(outcomes.filter(({ alarm }) => alarm !== undefined).map(({ index, alarm }) => ({ index, alarm }))).toEqual([])
})

test('"unknown" is said only where the oracle says why nothing can tell', () => {
  const unknown = outcomes.filter(({ verdict }) => verdict === 'unknown')
  expect(unknown.filter(({ untold }) => untold === undefined)).toEqual([])
  const { right, worlds } = summarise(SEED, outcomes)
  expect({ worlds, right, unknown: unknown.length }).toEqual({ worlds: COUNT, right: 43, unknown: 7 })
})

test('the same seed and index give the same world, and another seed another one', () => {
  const [first, again, other] = ['a', 'a', 'b'].map((seed) =>
    JSON.stringify(Array.from({ length: 20 }, (_, index) => compose(seed, index))),
  )
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})
