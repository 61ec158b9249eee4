import type { Output } from './output.ts'

/** The first signal lets the running steps come to their end; the second one ends the process, and the journal knows where it stood. */
export function stopOnSignal(output: Output): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      output.note('Stopping after the steps that are running. A second signal stops at once.')
      stop.abort()
    })
  }
  return stop.signal
}
