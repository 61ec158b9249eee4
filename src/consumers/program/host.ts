import { urlsIn } from '../../formats/embedded-urls.ts'
import { hostsIn } from '../nearest-host.ts'

/** Names that look like hosts and are none that anybody asks: imports and packages. */
const NO_HOSTS =
  /^[ \t]*(?:import|package|using|use|from|#include|namespace)\b[^\n]*$|["'](?:github\.com|gitlab\.com|golang\.org|gopkg\.in|google\.golang\.org|go\.uber\.org)\/[^"'\n]*["']/gm

export interface Piece {
  readonly at: number
  readonly end: number
  /** How much nearer an address behind it has to be than one in front of it. */
  readonly behind: number
}

export interface Hosts {
  /** The host of an address inside the brackets around a piece of the text. */
  readonly inside: (piece: Piece) => string | undefined
  /** The host that stands nearest. */
  readonly nearest: (at: number, end?: number) => string | undefined
}

/** Most programs are never asked: all of a text is searched for names of hosts when the first question comes. */
export function hostsAround(text: string): Hosts {
  let masked: string | undefined
  const nearest: Hosts['nearest'] = (at, end) => {
    masked ??= text.replace(NO_HOSTS, (match) => ' '.repeat(match.length))
    return hostsIn(masked).nearest(at, end)
  }
  return { inside: (piece) => insideBrackets(text, piece), nearest }
}

/** Further away it is another statement. */
const FURTHEST = 1500
const MOST_LEVELS = 4
const OPENING: ReadonlySet<number> = new Set([...'([{'].map((each) => each.charCodeAt(0)))
const CLOSING: ReadonlySet<number> = new Set([...')]}'].map((each) => each.charCodeAt(0)))

function insideBrackets(text: string, { at, end, behind }: Piece): string | undefined {
  let [open, close] = [at, end]
  for (let level = 0; level < MOST_LEVELS; level++) {
    open = openingBefore(text, open, Math.max(0, at - FURTHEST))
    close = closingBehind(text, close, Math.min(text.length, end + FURTHEST))
    if (open < 0 || close < 0) return undefined
    const [url] = urlsIn(text.slice(open, close))
      .map(({ from, url: { host } }) => ({
        host,
        distance: open + from < at ? at - open - from : (open + from - end) * behind,
      }))
      .sort((a, b) => a.distance - b.distance)
    if (url !== undefined) return url.host
  }
  return undefined
}

function openingBefore(text: string, from: number, limit: number): number {
  let depth = 0
  for (let at = from - 1; at >= limit; at--) {
    const code = text.charCodeAt(at)
    if (CLOSING.has(code)) depth++
    else if (OPENING.has(code) && depth-- === 0) return at
  }
  return -1
}

function closingBehind(text: string, from: number, limit: number): number {
  let depth = 0
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at)
    if (OPENING.has(code)) depth++
    else if (CLOSING.has(code) && depth-- === 0) return at + 1
  }
  return -1
}
