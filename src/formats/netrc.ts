import { type ByteSpan, bomLength, byteText, decodeUtf8, encodeUtf8 } from './byte-text.ts'

export interface NetrcToken {
  readonly text: string
  /** The stored bytes without quotes. */
  readonly span: ByteSpan
  /** With quotes. */
  readonly outer: ByteSpan
  readonly quoted: boolean
}

export interface NetrcEntry {
  readonly host: NetrcToken | 'default'
  readonly login?: NetrcToken
  readonly password?: NetrcToken
  readonly account?: NetrcToken
  /** From the end of the host (or of `default`) to the end of the last value: what a change of this entry may touch. */
  readonly extent: ByteSpan
}

export interface NetrcReading {
  readonly entries: readonly NetrcEntry[]
  /** What stopped the reader; the entries before it are kept. */
  readonly problem?: { readonly span: ByteSpan; readonly detail: string }
}

type Field = 'login' | 'password' | 'account'
type Draft = { host: NetrcEntry['host']; start: number } & { [field in Field]?: NetrcToken }
type Found = NetrcToken | 'end' | { readonly unterminated: number }

/**
 * Reads a netrc as libcurl 7.84 and newer does (lib/netrc.c): tokens between white space, `"…"` with backslash escapes on one
 * line, `#` at the start of a token is a comment to the end of the line, `macdef` runs to the next empty line.
 */
export function readNetrc(bytes: Uint8Array): NetrcReading {
  const text = byteText(bytes)
  const drafts: Draft[] = []
  let at = bomLength(text)
  for (;;) {
    const token = tokenAt(text, at)
    if (token === 'end') return { entries: drafts.map(entryOf) }
    if ('unterminated' in token)
      return { entries: drafts.map(entryOf), problem: unterminated(text, token.unterminated) }
    at = token.outer[1]
    const keyword = token.quoted ? '' : token.text.toLowerCase()
    if (keyword === 'default') drafts.push({ host: 'default', start: at })
    if (!['machine', 'macdef', 'login', 'password', 'account'].includes(keyword)) continue
    const value = tokenAt(text, at)
    if (value === 'end' || 'unterminated' in value) continue
    at = keyword === 'macdef' ? macroEnd(text, value.outer[1]) : value.outer[1]
    if (keyword === 'machine') drafts.push({ host: value, start: at })
    else if (keyword !== 'macdef') setField(drafts.at(-1), keyword, value)
  }
}

/** libcurl takes no further value once login and password are both known. */
function setField(draft: Draft | undefined, keyword: string, value: NetrcToken): void {
  if (draft === undefined || (draft.login !== undefined && draft.password !== undefined)) return
  if (keyword === 'login' || keyword === 'password' || keyword === 'account') draft[keyword] = value
}

function entryOf(draft: Draft): NetrcEntry {
  const { host, start, ...fields } = draft
  const ends = [fields.login, fields.password, fields.account].map((token) => token?.outer[1] ?? start)
  return { host, ...fields, extent: [start, Math.max(start, ...ends)] }
}

function tokenAt(text: string, from: number): Found {
  let at = from
  for (;;) {
    while (/[\s]/.test(text[at] ?? '') && at < text.length) at++
    if (at >= text.length) return 'end'
    if (text[at] !== '#') break
    at = lineEnd(text, at)
  }
  return text[at] === '"' ? quotedAt(text, at) : plainAt(text, at)
}

function plainAt(text: string, start: number): NetrcToken {
  let end = start
  while (end < text.length && !/[\t\n\v\f\r ]/.test(text[end] ?? '')) end++
  return { text: decodeUtf8(text.slice(start, end)), span: [start, end], outer: [start, end], quoted: false }
}

function quotedAt(text: string, start: number): Found {
  for (let at = start + 1; at < lineEnd(text, start); at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"')
      return {
        text: unquoteNetrc(text.slice(start + 1, at)),
        span: [start + 1, at],
        outer: [start, at + 1],
        quoted: true,
      }
  }
  return { unterminated: start }
}

/** What stands between the quotes, as libcurl reads it: `\n`, `\r`, `\t`; any other escaped character is itself. */
export function unquoteNetrc(byteText: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
  return decodeUtf8(byteText.replace(/\\([\s\S])/g, (_, character: string) => escapes[character] ?? character))
}

/** Byte text for a value. In quotes only what must be escaped is; without, quotes are added when the value needs them. */
export function encodeNetrcToken(value: string, insideQuotes: boolean): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  const escaped = encodeUtf8(value).replace(/[\\"\n\r\t]/g, (character) => escapes[character] ?? `\\${character}`)
  if (insideQuotes) return escaped
  return value === '' || /^["#]|[\t\n\v\f\r ]/.test(value) ? `"${escaped}"` : encodeUtf8(value)
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function macroEnd(text: string, from: number): number {
  const body = lineEnd(text, from)
  const empty = /\n\r?\n/g
  empty.lastIndex = body
  return empty.exec(text)?.index ?? text.length
}

function unterminated(text: string, start: number): NonNullable<NetrcReading['problem']> {
  return { span: [start, lineEnd(text, start)], detail: 'a quoted value does not end on its line' }
}
