import type { Output } from './output.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The first signal lets what is `running` come to its end; the second one, whichever, ends the process, and the journal knows where it stood. */
export function stopOnSignal(output: Pick<Output, 'note'>, running = 'the steps that are running'): AbortSignal {
  const stop = new AbortController()
  const first = (): void => {
    for (const name of SIGNALS) process.off(name, first)
    output.note(`Stopping after ${running}. A second signal stops at once.`)
    stop.abort()
  }
  for (const name of SIGNALS) process.on(name, first)
  return stop.signal
}
