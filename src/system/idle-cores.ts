import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'

export { availableParallelism }

/** One thread walks for all of them; more would wait for it. */
const MOST_THREADS = 4

/**
 * As many threads as there are idle cores, four at most: where no core is idle, a second thread makes a search slower, since starting
 * it costs and gains nothing. `others`: threads elsewhere that want a core.
 */
export function threadsFor(cores: number, others: number): number {
  return Math.max(1, Math.min(MOST_THREADS, cores - Math.round(others)))
}

/** `threadsFor` this machine, from samples of `othersRunning`. */
export function threadsForSamples(samples: readonly number[]): number {
  const sum = samples.reduce((total, sample) => total + sample, 0)
  return threadsFor(availableParallelism(), sum / Math.max(1, samples.length))
}

/**
 * Asked at every turn of a loop until there is more than one thread, which it decides at the turn `first`, a power of two, from samples taken
 * since; and again whenever twice as many turns have gone by, for a machine that was busy at the beginning of a long search need not stay so.
 */
export function threadsWhenIdle(first: number, sample: () => number): (turn: number) => number {
  let samples: number[] = []
  return (turn) => {
    if (turn % 4 === 3) samples.push(sample())
    if (turn < first || (turn & (turn - 1)) !== 0) return 1
    const threads = threadsForSamples(samples)
    samples = []
    return threads
  }
}

/**
 * How many threads of the machine want a core at this moment, this one not counted. Linux says it (proc(5), loadavg, fourth field); the
 * average over the last minute stands in elsewhere, and is 0 where there is none.
 */
export function othersRunning(): number {
  try {
    const running = /^\S+ \S+ \S+ (\d+)\//.exec(readFileSync('/proc/loadavg', 'latin1'))?.[1]
    return Math.max(0, Number(running ?? 1) - 1)
  } catch {
    return loadavg()[0] ?? 0
  }
}
