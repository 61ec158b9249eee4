import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './stage.ts'
import { tellAndRepair } from './tell-and-repair.ts'
import { ORDER_CAUSES, TANGLES } from './trace-causes.ts'
import { askDoctor, carryOut } from './visit.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('one source before another', () => {
  test.each(ORDER_CAUSES)('($letter) $cause: $codes', (cause) => tellAndRepair(world, cause))
})

describe.concurrent('several faults: first what git meets first, and in the end success', () => {
  test.each(TANGLES)('$name', async ({ name, visits, arrange }) => {
    const { command, visit } = await arrange(world, name.replace(/\W+/g, '-'))
    const told: string[] = []
    while (!(await command()).works && told.length < 5) {
      const prescription = await askDoctor(visit)
      told.push(prescription.codes[0] ?? '')
      await carryOut(visit, prescription, 'first', undefined)
    }
    expect(told).toEqual(visits)
    expect((await askDoctor(visit)).codes).toEqual(['D100'])
  })
})
