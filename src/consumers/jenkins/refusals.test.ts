import { expect, test } from 'vitest'
import { watchRefusals } from './refusals.ts'

function askedTwice(count: number, refusals = watchRefusals(), isSame = true): number {
  let asked = 0
  for (let refusal = 0; refusal < count; refusal++) {
    if (!refusals.isInDoubt()) continue
    asked++
    refusals.confirmed(isSame)
  }
  return asked
}

test('the first ten refusals are asked about twice, and then one in ten', () => {
  expect([1, 10, 11, 20, 110].map((count) => askedTwice(count))).toEqual([1, 10, 10, 11, 20])
})

test('a second answer that differs puts each of the next ten in doubt again', () => {
  const refusals = watchRefusals()
  askedTwice(19, refusals)
  expect(askedTwice(1, refusals, false)).toBe(1)
  expect(askedTwice(10, refusals)).toBe(10)
  expect(askedTwice(9, refusals)).toBe(0)
})

test('nothing is believed while answers differ', () => {
  expect(askedTwice(50, watchRefusals(), false)).toBe(50)
})
