import type { Clock } from '../../model/ports.ts'

export interface Patience {
  readonly clock: Clock
  /** Of all pauses together. */
  readonly limitMs: number
  readonly signal?: AbortSignal | undefined
}

const SHORTEST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5000

/** Looks until there is something, with longer and longer pauses. `undefined`: it took too long, or the signal came. */
export async function waitFor<Found>(
  look: () => Promise<Found | undefined>,
  { clock, limitMs, signal }: Patience,
): Promise<Found | undefined> {
  let waited = 0
  for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const found = await look()
    if (found !== undefined || waited >= limitMs || signal?.aborted === true) return found
    const next = Math.min(pause, limitMs - waited)
    await clock.sleep(next)
    waited += next
  }
}
