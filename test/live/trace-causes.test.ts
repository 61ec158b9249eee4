import { afterAll, beforeAll, describe, test } from 'vitest'
import { startWorld, type World } from './stage.ts'
import { tellAndRepair } from './tell-and-repair.ts'
import { TRACE_CAUSES } from './trace-causes.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('what was printed, carried out as printed, makes the same git command succeed', () => {
  test.each(TRACE_CAUSES)('($letter) $cause: $codes', (cause) => tellAndRepair(world, cause))
})
