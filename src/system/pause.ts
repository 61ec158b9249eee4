import { setImmediate } from 'node:timers/promises'

/** Lets signals, timers and whoever shows progress have a turn in a long computation. */
export async function pause(): Promise<void> {
  await setImmediate()
}
