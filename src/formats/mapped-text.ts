import type { ByteSpan } from './byte-text.ts'

/** Decoded byte text that knows which stored bytes each of its characters came from. */
export interface MappedText {
  readonly text: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Stored bytes of the characters `[from, to)`. An empty range is a point. `end` is where an empty tail stands. */
export function spanIn(mapped: MappedText, from: number, to: number, end: number): ByteSpan {
  const start = mapped.starts[from] ?? end
  return [start, to > from ? (mapped.ends[to - 1] ?? start) : start]
}
