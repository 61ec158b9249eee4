import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countWhile } from './count-while.ts'

it('counts what comes first, as asking each in turn would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: -1, max: 21 }), (numbers, most) => {
      const sorted = numbers.toSorted((one, other) => one - other)
      expect(countWhile(sorted, (number) => number <= most)).toBe(sorted.filter((number) => number <= most).length)
    }),
  )
})

it('asks few of very many', () => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => index)
  let asked = 0
  expect(countWhile(numbers, (number) => ++asked > 0 && number < 77_777)).toBe(77_777)
  expect(asked).toBeLessThan(20)
})
