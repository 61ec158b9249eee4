import { describe, expect, it } from 'vitest'
import { powerOf } from './growth.ts'

describe('the power with which time grows', () => {
  const sizes = [1, 2, 4, 8]

  it.each([
    ['linear', [10, 20, 40, 80], 1],
    ['quadratic', [10, 40, 160, 640], 2],
    ['quadratic behind what is too short to tell', [1, 10, 40, 160], 2],
    ['of one size', [10], 0],
  ])('is that of the longest way: %s', (_, ms, power) => {
    expect(powerOf(sizes.slice(0, ms.length), ms)).toBeCloseTo(power)
  })

  it('is none where a larger document took less than a smaller one', () => {
    expect(powerOf(sizes, [25, 646, 121, 2984])).toBeUndefined()
  })
})
