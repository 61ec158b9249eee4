import { afterAll, beforeAll, describe, test } from 'vitest'
import { LOG_CAUSES } from './log-causes.ts'
import { readAndRepair } from './read-and-repair.ts'
import { startWorld, type World } from './stage.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('the log of a build leads to its cause, and what ends it lets the build succeed', () => {
  test.each(LOG_CAUSES)('($letter) $cause: $read', (cause) => readAndRepair(world, cause))
})
