import type { Detection, Span } from '../model/place.ts'
import { tokenTextsIn } from '../model/token-text.ts'
import { type ReadFile, report, type Search } from './search.ts'

const NO_TOKENS: ReadFile['tokens'] = []

/** Tokens come in the order in which they stand, so the lines are counted once, however many there are. */
export function tokensWithLines(bytes: Uint8Array): ReadFile['tokens'] {
  const tokens = tokenTextsIn(bytes)
  if (tokens.length === 0) return NO_TOKENS
  let [line, at] = [1, bytes.indexOf(0x0a)]
  return tokens.map(({ span }) => {
    for (; at !== -1 && at < span[0]; at = bytes.indexOf(0x0a, at + 1)) line++
    return { span, line }
  })
}

export function spansOf({ places, unread, ofOthers = [] }: Detection): readonly Span[] {
  const fields = places.flatMap(({ secret, username }) => [secret?.span, username?.span])
  return [...fields, ...ofOthers, ...unread.map(({ span }) => span)].filter((span) => span !== undefined)
}

/** The prefix and the checksum prove whose a token is, so one that stands where nobody looks for it must not pass in silence. */
export function reportUnknownTokens(search: Search): void {
  const told = new Set<string>()
  for (const { path, tokens, understood } of [...search.read.values(), ...search.copies]) {
    if (tokens.length === 0) continue
    const isUnderstood = overlapWith(understood)
    for (const { span, line, mark } of tokens) {
      if (isUnderstood(span)) continue
      if (mark !== undefined && told.has(mark)) continue
      if (mark !== undefined) told.add(mark)
      const detail = `a token of Bitbucket's shape that no reader of this file understands, line ${line}`
      report(search, { at: path, reason: 'malformed', detail })
    }
  }
}

/** Whether a span shares a byte with any of these: a question for each of very many tokens. */
function overlapWith(spans: readonly Span[]): (span: Span) => boolean {
  const sorted = [...spans].sort((a, b) => a[0] - b[0])
  // The furthest end of all that begin no later.
  const ends: number[] = []
  for (const [, end] of sorted) ends.push(Math.max(ends.at(-1) ?? 0, end))
  return ([from, to]) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle]?.[0] ?? 0) < to) low = middle + 1
      else high = middle
    }
    return (ends[low - 1] ?? 0) > from
  }
}
