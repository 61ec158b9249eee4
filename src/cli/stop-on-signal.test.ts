import { afterEach, expect, it } from 'vitest'
import { stopOnSignal } from './stop-on-signal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const known = new Map(SIGNALS.map((name) => [name, process.listeners(name)]))

/** What was added to the listeners of this process. */
const added = (name: (typeof SIGNALS)[number]): readonly NodeJS.SignalsListener[] =>
  process.listeners(name).filter((listener) => !known.get(name)?.includes(listener))

afterEach(() => {
  for (const name of SIGNALS) for (const listener of added(name)) process.off(name, listener)
})

it.each(SIGNALS)(
  '%s lets what runs come to its end, and a second signal, whichever it is, ends the process',
  (name) => {
    const notes: string[] = []
    const signal = stopOnSignal({ note: (line) => notes.push(line) })
    expect([signal.aborted, ...SIGNALS.map((one) => added(one).length)]).toEqual([false, 1, 1])
    for (const listener of added(name)) listener(name)
    expect(signal.aborted).toBe(true)
    expect(notes).toEqual(['Stopping after the steps that are running. A second signal stops at once.'])
    // Nobody listens any more, so the kernel does what a signal does.
    expect(SIGNALS.map((one) => added(one).length)).toEqual([0, 0])
  },
)
