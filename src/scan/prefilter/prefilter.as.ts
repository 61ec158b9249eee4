// AssemblyScript, compiled by tools/build-prefilter.mjs; TypeScript's own checker leaves it out. Four bytes of every needle are
// looked up at once for sixteen positions: a table per byte and half-byte says in which buckets it may stand (the "Teddy" method
// of Hyperscan). Where the four agree, the needles of the bucket are compared whole. prefilter.ts writes the tables.

/** Eight tables of 16 bytes: low and high half-bytes of the first byte, of the second, the third and the fourth. */
const TABLES: usize = 1024
/** For each of eight buckets where its needles begin and end, two 32-bit addresses. */
const BUCKETS: usize = 1280
/** Sixteen bytes in which the lanes of a block are looked at one by one. */
const LANES: usize = 1536
/** Of needles, each 64 bytes: bits to set, bits to keep, what must come out, length, whether a letter follows. */
const LETTER_FOLLOWS: usize = 52
const LENGTH: usize = 48
const NEEDLE: usize = 64
const TEXT: usize = 65536

/** Offset of the first needle that lies in [from, length) whole, or -1. The memory behind `length` may hold anything. */
export function nextHit(from: i32, length: i32): i32 {
  const end = TEXT + <usize>length
  const low0 = v128.load(TABLES)
  const high0 = v128.load(TABLES + 16)
  const low1 = v128.load(TABLES + 32)
  const high1 = v128.load(TABLES + 48)
  const low2 = v128.load(TABLES + 64)
  const high2 = v128.load(TABLES + 80)
  const low3 = v128.load(TABLES + 96)
  const high3 = v128.load(TABLES + 112)
  const half = i8x16.splat(0x0f)
  let before0 = i8x16.splat(0)
  let before1 = i8x16.splat(0)
  let before2 = i8x16.splat(0)
  for (let at = TEXT + <usize>from; at < end; at += 16) {
    const block = v128.load(at)
    const low = v128.and(block, half)
    const high = v128.and(i16x8.shr_u(block, 4), half)
    const first = v128.and(i8x16.swizzle(low0, low), i8x16.swizzle(high0, high))
    const second = v128.and(i8x16.swizzle(low1, low), i8x16.swizzle(high1, high))
    const third = v128.and(i8x16.swizzle(low2, low), i8x16.swizzle(high2, high))
    const fourth = v128.and(i8x16.swizzle(low3, low), i8x16.swizzle(high3, high))
    const shifted0 = i8x16.shuffle(before0, first, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
    const shifted1 = i8x16.shuffle(before1, second, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
    const shifted2 = i8x16.shuffle(before2, third, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
    before0 = first
    before1 = second
    before2 = third
    const candidates = v128.and(v128.and(shifted0, shifted1), v128.and(shifted2, fourth))
    if (v128.any_true(candidates)) {
      const hit = confirm(candidates, at - 3, end)
      if (hit !== 0) return <i32>(hit - TEXT)
    }
  }
  return -1
}

/** Address of the first needle that begins in the sixteen bytes from `at` on, or 0. */
function confirm(candidates: v128, at: usize, end: usize): usize {
  v128.store(LANES, candidates)
  let lanes = i8x16.bitmask(i8x16.ne(candidates, i8x16.splat(0)))
  while (lanes !== 0) {
    const lane = <usize>ctz(lanes)
    lanes &= lanes - 1
    let buckets = <u32>load<u8>(LANES + lane)
    while (buckets !== 0) {
      const bucket = BUCKETS + ((<usize>ctz(buckets)) << 3)
      buckets &= buckets - 1
      if (anyOf(load<u32>(bucket), load<u32>(bucket, 4), at + lane, end)) return at + lane
    }
  }
  return 0
}

function anyOf(first: usize, last: usize, at: usize, end: usize): bool {
  const text = v128.load(at)
  for (let needle = first; needle < last; needle += NEEDLE) {
    const kept = v128.and(v128.or(text, v128.load(needle)), v128.load(needle, 16))
    if (v128.any_true(v128.xor(kept, v128.load(needle, 32)))) continue
    const behind = at + load<u32>(needle, LENGTH)
    if (load<u8>(needle, LETTER_FOLLOWS) !== 0) {
      const letter = (load<u8>(behind) | 0x20) - 0x61
      if (behind < end && letter < 26) return true
    } else if (behind <= end) return true
  }
  return false
}
