import { isatty } from 'node:tty'
import type { Output } from './output.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * The first signal lets what is `running` come to its end; the second one, whichever, ends the process, and the journal knows where it stood.
 * A terminal that is closed sends SIGHUP, often more than once and beside a SIGTERM, with nobody left to decide: it never ends at once.
 */
export function stopOnSignal(output: Pick<Output, 'note'>, running = 'the steps that are running'): AbortSignal {
  const stop = new AbortController()
  const first = (): void => {
    for (const name of SIGNALS) process.off(name, first)
    output.note(`Stopping after ${running}. A second signal stops at once.`)
    stop.abort()
  }
  for (const name of SIGNALS) process.on(name, first)
  process.on('SIGHUP', () => stop.abort())
  process.once('exit', endHungUp)
  return stop.signal
}

/** Node puts the settings of its terminal back at its end, and aborts with a dump of its memory where there is none any more. */
function endHungUp(): void {
  const isGone = [process.stdin, process.stdout, process.stderr].some(({ isTTY, fd }) => isTTY && !isatty(fd))
  if (!isGone) return
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
