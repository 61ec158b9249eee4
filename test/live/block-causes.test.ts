import { afterAll, beforeAll, describe, test } from 'vitest'
import { BLOCK_CAUSES, BLOCK_CAUSES_OF_THEIR_OWN } from './block-causes.ts'
import { startWorld, type World } from './stage.ts'
import { inItsOwnWorld, tellAndRepair } from './tell-and-repair.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('what was printed, carried out as printed, makes the same git command succeed', () => {
  test.each(BLOCK_CAUSES)('($letter) $cause: $codes', (cause) => tellAndRepair(world, cause))
  test.each(BLOCK_CAUSES_OF_THEIR_OWN)('($letter) $cause: $codes', inItsOwnWorld)
})
