import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { threadsFor, threadsWhenIdle } from './idle-cores.ts'

test('there are as many threads as idle cores, one at least and four at most', () => {
  expect([threadsFor(2, 0), threadsFor(2, 1), threadsFor(2, 9), threadsFor(8, 1.4), threadsFor(64, 0)]).toEqual([
    2, 1, 1, 4, 4,
  ])
})

test('other threads come when a machine that was busy at the beginning is idle', () => {
  let others = 1000
  const threadsAt = threadsWhenIdle(16, () => others)
  const atTurns = (from: number, to: number) =>
    Math.max(...Array.from({ length: to - from }, (_, at) => threadsAt(from + at)))
  expect(atTurns(0, 33)).toBe(1)
  others = 0
  const idle = threadsFor(availableParallelism(), 0)
  expect(atTurns(33, 64)).toBe(1)
  expect(threadsAt(64)).toBe(idle)
})
