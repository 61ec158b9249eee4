import { readUrl, type UrlReading } from './url.ts'

/** A URL that stands anywhere in a text; the offsets of `url` count from `from`. */
export interface EmbeddedUrl {
  readonly from: number
  readonly to: number
  readonly url: UrlReading
}

/** The longest scheme that carries credentials here is `git+https`. */
const LONGEST_SCHEME = 16
/** Longer ones are data, not addresses. */
const LONGEST_URL = 4096
const SCHEME_TAIL = /[a-z][a-z0-9+.-]*$/i
/** What ends a URL in scripts, markup and prose. Braces stay: `${USER}` is part of what is written. */
const END = /[\s"'`<>\\|^\x00-\x1f\x7f]/

/** Every URL of a byte text, from left to right, in linear time. */
export function urlsIn(text: string): readonly EmbeddedUrl[] {
  const found: EmbeddedUrl[] = []
  let before = 0
  for (let mark = text.indexOf('://'); mark !== -1; mark = text.indexOf('://', mark + 3)) {
    const scheme = SCHEME_TAIL.exec(text.slice(Math.max(before, mark - LONGEST_SCHEME), mark))?.[0]
    if (scheme === undefined) continue
    const from = mark - scheme.length
    const to = endOf(text, mark + 3)
    const url = readUrl(text.slice(from, to))
    if (url !== undefined) found.push({ from, to, url })
    before = mark + 3
  }
  return found
}

function endOf(text: string, from: number): number {
  const piece = text.slice(from, from + LONGEST_URL)
  const end = END.exec(piece)?.index ?? piece.length
  // A full stop or a bracket behind it belongs to the sentence.
  return from + piece.slice(0, end).replace(/[),.;\]]+$/, '').length
}
