import { afterAll, beforeAll, describe, test } from 'vitest'
import { readAndRepair } from './read-and-repair.ts'
import { SCAN_CAUSES } from './scan-causes.ts'
import { startWorld, type World } from './stage.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('the log of a scan leads to its cause, and what ends it lets the scan succeed', () => {
  test.each(SCAN_CAUSES)('($letter) $cause: $read', (cause) => readAndRepair(world, cause))
})
