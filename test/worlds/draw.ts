/** Choices that a seed fixes: the same seed and index give the same world on every machine. */
export interface Draw {
  /** From 0 up to, and without, `below`. */
  number(below: number): number
  chance(share: number): boolean
  one<T>(from: readonly T[]): T
  /** Each row with its weight. */
  weighted<T>(rows: readonly (readonly [weight: number, value: T])[]): T
  shuffled<T>(list: readonly T[]): readonly T[]
}

export function drawFrom(seed: string): Draw {
  const next = generator(hash(seed))
  const number = (below: number) => Math.floor(next() * below)
  const at = <T>(from: readonly T[], index: number): T => {
    const value = from[index]
    if (value === undefined) throw new Error('nothing to draw from')
    return value
  }
  return {
    number,
    chance: (share) => next() < share,
    one: (from) => at(from, number(from.length)),
    weighted: (rows) => {
      let left = next() * rows.reduce((sum, [weight]) => sum + weight, 0)
      const found = rows.find(([weight]) => {
        left -= weight
        return left < 0
      })
      return (found ?? at(rows, 0))[1]
    },
    shuffled: (list) => {
      const left = [...list]
      return list.map(() => at(left.splice(number(left.length), 1), 0))
    },
  }
}

/** FNV-1a, so that neighbouring indexes start far apart. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x01000193)
  return state >>> 0
}

/** Mulberry32. */
function generator(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
