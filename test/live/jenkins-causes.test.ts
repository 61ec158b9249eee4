import { afterAll, beforeAll, describe, test } from 'vitest'
import { JENKINS_CAUSES } from './jenkins-causes.ts'
import { startWorld, type World } from './stage.ts'
import { tellAndRepair } from './tell-and-repair.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('what was printed, carried out as printed, makes the same build succeed', () => {
  test.each(JENKINS_CAUSES)('($letter) $cause: $codes', (cause) => tellAndRepair(world, cause))
})
