/** Chance from a seed: the same seed gives the same draws on every machine. */
export interface Random {
  /** An integer in `[low, high]`. */
  readonly between: (low: number, high: number) => number
  readonly pick: <T>(choices: readonly T[]) => T
  /** True `percent` times in a hundred. */
  readonly chance: (percent: number) => boolean
  readonly text: (alphabet: string, length: number) => string
  readonly bytes: (length: number) => Buffer
}

export const LOWER = 'abcdefghijklmnopqrstuvwxyz'
export const DIGITS = '0123456789'
export const ALPHANUMERIC = `${LOWER.toUpperCase()}${LOWER}${DIGITS}`
export const BASE64URL = `${ALPHANUMERIC}-_`
export const HEX = '0123456789abcdef'

/** A start value for `randomFrom`, from words: FNV-1a. */
export function seedOf(words: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(words)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** The mulberry32 generator. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  const pick = <T>(choices: readonly T[]): T => {
    const choice = choices[between(0, choices.length - 1)]
    if (choice === undefined) throw new Error('nothing to pick from')
    return choice
  }
  return {
    between,
    pick,
    chance: (percent) => next() * 100 < percent,
    text: (alphabet, length) => Array.from({ length }, () => alphabet.charAt(between(0, alphabet.length - 1))).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, () => between(0, 255))),
  }
}
