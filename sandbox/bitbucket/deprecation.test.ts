import { expect, it } from 'vitest'
import { deprecationPhase } from './deprecation.ts'

it.each([
  ['2026-06-08T23:59:59Z', 'before'],
  ['2026-06-09T00:00:00Z', 'brown-out'],
  ['2026-06-09T00:14:59Z', 'brown-out'],
  ['2026-06-09T00:15:00Z', 'before'],
  ['2026-06-09T18:10:00Z', 'brown-out'],
  ['2026-06-15T12:14:59Z', 'brown-out'],
  ['2026-06-15T12:20:00Z', 'before'],
  ['2026-06-16T12:29:59Z', 'brown-out'],
  ['2026-06-19T06:30:00Z', 'before'],
  ['2026-07-27T22:59:00Z', 'brown-out'],
  ['2026-07-27T23:01:00Z', 'before'],
  ['2026-07-28T00:00:00Z', 'after'],
  ['2026-11-23T09:00:00Z', 'after'],
])('at %s app passwords are in the phase %s', (at, phase) => {
  expect(deprecationPhase(new Date(at))).toBe(phase)
})
