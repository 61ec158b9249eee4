/**
 * Ever smaller bytes for which `isWrong` still holds: blocks are left out as long as that is possible, then smaller ones, then single
 * bytes become letters. `budget`: how often it may ask.
 */
export function shrunk(bytes: Buffer, isWrong: (bytes: Buffer) => boolean, budget = 1500): Buffer {
  let left = budget
  let best = bytes
  const tries = (candidate: Buffer): boolean => {
    if (left-- <= 0 || !isWrong(candidate)) return false
    best = candidate
    return true
  }
  for (let size = Math.ceil(bytes.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < best.length && left > 0; )
      if (!tries(Buffer.concat([best.subarray(0, at), best.subarray(at + size)]))) at += size
  for (let at = 0; at < best.length && left > 0; at++) {
    const simpler = Buffer.from(best)
    simpler[at] = 0x61
    if (best[at] !== 0x61) tries(simpler)
  }
  return best
}
