import { expect, it } from 'vitest'
import { consumers } from './registry.ts'
import { WANTED_FILES } from './wanted-files.ts'

it('a scan that has not loaded the detectors wants what they want', () => {
  const wanted = consumers.flatMap(({ detector }) => detector?.wanted ?? [])
  expect(WANTED_FILES).toEqual({
    names: wanted.flatMap(({ names }) => names),
    suffixes: wanted.flatMap(({ suffixes }) => suffixes),
    inNames: [...new Set(wanted.flatMap(({ inNames = [] }) => inNames))],
  })
})
