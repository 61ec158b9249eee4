import { describe, expect, it } from 'vitest'
import { SandboxClock } from './clock.ts'

/** A machine whose milliseconds the test counts. */
const machine = () => {
  let milliseconds = 1000
  return {
    pass: (more: number) => {
      milliseconds += more
    },
    read: () => milliseconds,
  }
}

describe('the clock of the sandbox', () => {
  it('stands until it is run, runs at its rate, and keeps its instant when it is stopped', () => {
    const { pass, read } = machine()
    const clock = new SandboxClock('2026-07-27T22:00:00Z', read)
    const seen = [clock.read()]
    pass(5000)
    seen.push(clock.read())
    clock.run(3600)
    pass(1500)
    seen.push(clock.read())
    clock.stop()
    pass(5000)
    seen.push(clock.read())
    expect(seen).toEqual([
      { now: '2026-07-27T22:00:00.000Z', rate: 0 },
      { now: '2026-07-27T22:00:00.000Z', rate: 0 },
      { now: '2026-07-27T23:30:00.000Z', rate: 3600 },
      { now: '2026-07-27T23:30:00.000Z', rate: 0 },
    ])
  })

  it('runs on from where it is set or advanced, and from its own instant under another rate', () => {
    const { pass, read } = machine()
    const clock = new SandboxClock('2026-01-01', read)
    clock.run(60)
    pass(1000)
    clock.set('2026-06-09T00:00:00+02:00')
    pass(1000)
    expect(clock.read()).toEqual({ now: '2026-06-08T22:01:00.000Z', rate: 60 })
    clock.advance(86_400_000)
    clock.run(1)
    pass(1000)
    expect(clock.read()).toEqual({ now: '2026-06-09T22:01:01.000Z', rate: 1 })
  })

  it('reads a time without a zone as UTC', () => {
    expect(new SandboxClock('2026-07-28T10:00').read().now).toBe('2026-07-28T10:00:00.000Z')
  })

  it.each(['tomorrow', '', '2026-13-01', '2026-02-30', '28.07.2026', '2026', '12345-01-01'])(
    'refuses %j as an instant',
    (text) => {
      const clock = new SandboxClock('2026-01-01')
      expect(() => clock.set(text)).toThrow(`not a date: ${text}`)
      expect(clock.read().now).toBe('2026-01-01T00:00:00.000Z')
    },
  )

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 31_536_001])('refuses the rate %d', (rate) => {
    const clock = new SandboxClock('2026-01-01')
    expect(() => clock.run(rate)).toThrow('not a rate')
    expect(clock.read().rate).toBe(0)
  })

  it('ends with the last year of four digits', () => {
    const { pass, read } = machine()
    const clock = new SandboxClock('9999-12-30', read)
    clock.run(31_536_000)
    pass(60_000)
    expect(clock.read().now).toBe('9999-12-31T23:59:59.999Z')
    clock.advance(-1e18)
    expect(clock.read().now).toBe('0001-01-01T00:00:00.000Z')
  })
})
