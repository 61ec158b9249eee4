import { expect, test } from 'vitest'
import type { Clock } from '../../model/ports.ts'
import { waitFor } from './wait-for.ts'

function clockThatCounts(): { readonly clock: Clock; readonly pauses: number[] } {
  const pauses: number[] = []
  const clock: Clock = {
    now: () => new Date(0),
    sleep: async (ms) => {
      pauses.push(ms)
    },
  }
  return { clock, pauses }
}

test('pauses grow, and together they are as long as the limit', async () => {
  const { clock, pauses } = clockThatCounts()
  expect(await waitFor(async () => undefined, { clock, limitMs: 10_000 })).toBeUndefined()
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 2250])
})

test('what is there at the last look is found', async () => {
  const { clock, pauses } = clockThatCounts()
  const look = async (): Promise<string | undefined> => (pauses.length === 3 ? 'built' : undefined)
  expect(await waitFor(look, { clock, limitMs: 1750 })).toBe('built')
})

test('a signal ends it without another pause', async () => {
  const { clock, pauses } = clockThatCounts()
  expect(await waitFor(async () => undefined, { clock, limitMs: 10_000, signal: AbortSignal.abort() })).toBeUndefined()
  expect(pauses).toEqual([])
})
