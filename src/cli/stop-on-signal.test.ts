import { afterEach, expect, it } from 'vitest'
import { stopOnSignal } from './stop-on-signal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const ALL = [...SIGNALS, 'SIGHUP'] as const
const known = new Map(ALL.map((name) => [name, process.listeners(name)]))

/** What was added to the listeners of this process. */
const added = (name: (typeof ALL)[number]): readonly NodeJS.SignalsListener[] =>
  process.listeners(name).filter((listener) => !known.get(name)?.includes(listener))
const counts = (): readonly number[] => ALL.map((name) => added(name).length)
const send = (name: (typeof ALL)[number]): void => {
  for (const listener of added(name)) listener(name)
}

afterEach(() => {
  for (const name of ALL) for (const listener of added(name)) process.off(name, listener)
})

it.each(SIGNALS)(
  '%s lets what runs come to its end, and a second signal, whichever it is, ends the process',
  (name) => {
    const notes: string[] = []
    const signal = stopOnSignal({ note: (line) => notes.push(line) })
    expect([signal.aborted, ...counts()]).toEqual([false, 1, 1, 1])
    send(name)
    expect(signal.aborted).toBe(true)
    expect(notes).toEqual(['Stopping after the steps that are running. A second signal stops at once.'])
    // Nobody listens to these any more, so the kernel does what a signal does.
    expect(counts()).toEqual([0, 0, 1])
  },
)

it('a terminal that is closed lets what runs come to its end, however often it says so, and is told nothing', () => {
  const notes: string[] = []
  const signal = stopOnSignal({ note: (line) => notes.push(line) })
  send('SIGHUP')
  send('SIGHUP')
  expect([signal.aborted, notes, ...counts()]).toEqual([true, [], 1, 1, 1])
  send('SIGTERM')
  expect(counts()).toEqual([0, 0, 1])
})
