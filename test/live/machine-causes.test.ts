import { afterAll, beforeAll, describe, test } from 'vitest'
import { APP_PASSWORD_CAUSES, ROUTE_CAUSES, TOKEN_CAUSES } from './causes.ts'
import { startWorld, type World } from './stage.ts'
import { tellAndRepair } from './tell-and-repair.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('what was printed, carried out as printed, makes the same git command succeed', () => {
  test.each([...APP_PASSWORD_CAUSES, ...TOKEN_CAUSES, ...ROUTE_CAUSES])('($letter) $cause: $codes', (cause) =>
    tellAndRepair(world, cause),
  )
})
