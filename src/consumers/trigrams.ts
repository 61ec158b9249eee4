/** Rules out most words that a text does not hold without searching it for each. */
export interface Trigrams {
  /** `false` is certain. A word of less than three letters may always stand there. */
  readonly mayHold: (word: string) => boolean
}

const SLOTS = 1 << 16

/** One pass over a byte text, whatever is asked of it afterwards. */
export function trigramsOf(text: string): Trigrams {
  const seen = new Uint32Array(SLOTS / 32)
  for (let at = 2; at < text.length; at++) {
    const slot = slotOf(text, at - 2)
    seen[slot >> 5] = (seen[slot >> 5] ?? 0) | (1 << (slot & 31))
  }
  const isSeen = (slot: number): boolean => ((seen[slot >> 5] ?? 0) & (1 << (slot & 31))) !== 0
  return {
    mayHold: (word) => {
      for (let at = 0; at + 2 < word.length; at++) if (!isSeen(slotOf(word, at))) return false
      return true
    },
  }
}

function slotOf(text: string, at: number): number {
  return ((text.charCodeAt(at) << 10) ^ (text.charCodeAt(at + 1) << 5) ^ text.charCodeAt(at + 2)) & (SLOTS - 1)
}
