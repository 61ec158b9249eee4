/** Rules out most words that a text does not hold without searching it for each. */
export interface Trigrams {
  /** `false` is certain. A word of less than three letters may always stand there. */
  readonly mayHold: (word: string) => boolean
}

/** Of three letters five bits each fit, so that the slot of the next three comes from the last one. */
const SLOTS = 1 << 15

/** One pass over a byte text, whatever is asked of it afterwards. */
export function trigramsOf(text: string): Trigrams {
  const seen = new Uint32Array(SLOTS / 32)
  let slot = text.length < 3 ? 0 : nextSlot(text.charCodeAt(0), text.charCodeAt(1))
  for (let at = 2; at < text.length; at++) {
    slot = nextSlot(slot, text.charCodeAt(at))
    seen[slot >> 5] = (seen[slot >> 5] ?? 0) | (1 << (slot & 31))
  }
  return {
    mayHold: (word) => {
      let asked = word.length < 3 ? 0 : nextSlot(word.charCodeAt(0), word.charCodeAt(1))
      for (let at = 2; at < word.length; at++) {
        asked = nextSlot(asked, word.charCodeAt(at))
        if (((seen[asked >> 5] ?? 0) & (1 << (asked & 31))) === 0) return false
      }
      return true
    },
  }
}

function nextSlot(slot: number, letter: number): number {
  return ((slot << 5) ^ letter) & (SLOTS - 1)
}
