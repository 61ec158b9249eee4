import { afterAll, beforeAll, describe, test } from 'vitest'
import { REST_CAUSES, REST_CAUSES_OF_THEIR_OWN } from './rest-causes.ts'
import { startWorld, type World } from './stage.ts'
import { inItsOwnWorld, tellAndRepair } from './tell-and-repair.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('what was printed, carried out as printed, makes the same request of curl succeed', () => {
  test.each(REST_CAUSES)('($letter) $cause: $codes', (cause) => tellAndRepair(world, cause))
  test.each(REST_CAUSES_OF_THEIR_OWN)('($letter) $cause: $codes', inItsOwnWorld)
})
