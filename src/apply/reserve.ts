import { join } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Files, Randomness } from '../model/ports.ts'

/**
 * Room on the disk that a run sets aside before it changes anything, and gives up when it is put back: with a full disk the way back could not
 * be written down, and would not be gone. It holds noise, for file systems that compress.
 */
const RESERVE = 'reserve'
/** A disk that holds as many files as it can takes no new one, however much room there is: the lock is one, and what is written beside its name. */
const MORE_FILES = [1, 2, 3].map((number) => `${RESERVE}-${number}`)

/** The lock, the end of the journal, folders; a torn end is cut off by writing the journal anew. */
const ROOM = 256 * 1024
/** Two entries, and their part of a journal that is written anew. */
const ROOM_OF_STEP = 1024
const PIECE = 1024 * 1024

export function reserveSize({ steps }: Pick<Plan, 'steps'>): number {
  return ROOM + steps.length * ROOM_OF_STEP
}

/** Where there is one already it stays. Throws `Failure` R105 when there is no room. */
export async function setAside(folder: string, size: number, files: Files, random: Randomness): Promise<void> {
  await files.create(join(folder, RESERVE), {
    *[Symbol.iterator]() {
      for (let left = size; left > 0; left -= PIECE) yield random.bytes(Math.min(left, PIECE))
    },
  })
  for (const name of MORE_FILES) await files.create(join(folder, name), new Uint8Array())
}

/** Whether there was one. */
export async function giveUpReserve(folder: string, files: Files): Promise<boolean> {
  const isThere = (await files.entry(join(folder, RESERVE))) !== undefined
  for (const name of [RESERVE, ...MORE_FILES]) await files.remove(join(folder, name))
  return isThere
}
