import { z } from 'zod'
import type { ClockReading } from '../clock.ts'
import type { SandboxWorld } from '../world.ts'

/** Each is optional. `rate` 0 stops the clock, before it is set: an instant that was asked for is kept to the millisecond. */
export const clockShape = z.strictObject({
  now: z.string().min(1).exactOptional(),
  advanceSeconds: z.number().min(-3.2e11).max(3.2e11).exactOptional(),
  rate: z.number().min(0).exactOptional(),
})

export const moveClock = (
  world: SandboxWorld,
  { now, advanceSeconds, rate }: z.infer<typeof clockShape>,
): ClockReading => {
  if (rate === 0) world.stopClock()
  if (now !== undefined) world.setClock(now)
  if (advanceSeconds !== undefined) world.advanceClock(advanceSeconds * 1000)
  if (rate !== undefined && rate > 0) world.runClock(rate)
  return world.clock()
}

/** The same from a form of the page, where every value is a text. */
export const readClockForm = (form: URLSearchParams): z.infer<typeof clockShape> => {
  const numberOf = (name: string): Record<string, number> => {
    const text = form.get(name)
    return text === null ? {} : { [name]: Number(text) }
  }
  const now = form.get('now')?.trim().replace(' ', 'T')
  return clockShape.parse({ ...(now === undefined ? {} : { now }), ...numberOf('advanceSeconds'), ...numberOf('rate') })
}
