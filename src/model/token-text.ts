import { crc32 } from 'node:zlib'

/** `[start, end)` in the bytes that were searched. */
export interface TokenText {
  readonly text: string
  readonly span: readonly [start: number, end: number]
}

/** Letters that tokens are made of; `%3D` is the `=` of a token in a URL (docs/bitbucket-authentication.md, "Token formats"). */
const RUN = /AT(?:BB|ATT3|CTT3)(?:[A-Za-z0-9_=-]|%3[dD])+/g
const BASE64 = /[A-Za-z0-9+/]{44,}={0,2}/y
/** How the beginnings of tokens look in base64, wherever in a group of three bytes they begin: characters that depend on nothing else. */
const BEGINNINGS = ['ATBB', 'ATATT3', 'ATCTT3'].flatMap((prefix) => [0, 1, 2].map((shift) => inBase64(prefix, shift)))
const HIDDEN = new RegExp(BEGINNINGS.join('|').replaceAll('+', '\\+'), 'g')
const CHECKSUM_LENGTH = 8
const SHORTEST = 20
const LONGEST = 512

/**
 * Tokens of Bitbucket in any text, by prefix and checksum: what stands there is a whole copy of one and no accident. Also inside
 * base64, as `Authorization: Basic` carries them.
 */
export function tokenTextsIn(bytes: Uint8Array): readonly TokenText[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const hidden = base64Runs(text).flatMap(({ 0: run, index }) => {
    const decoded = Buffer.from(run, 'base64').toString('latin1')
    return plainTokens(decoded).map((found) => ({ text: found.text, span: [index, index + run.length] as const }))
  })
  return [...plainTokens(text), ...hidden].sort((a, b) => a.span[0] - b.span[0])
}

/** Runs of base64 that may hold a token. */
function base64Runs(text: string): readonly { readonly 0: string; readonly index: number }[] {
  const runs: { readonly 0: string; readonly index: number }[] = []
  let end = 0
  for (const { index } of text.matchAll(HIDDEN)) {
    if (index < end) continue
    BASE64.lastIndex = runStart(text, index, end)
    const run = BASE64.exec(text)
    if (run !== null) runs.push(run)
    end = run === null ? index + 1 : run.index + run[0].length
  }
  return runs
}

function runStart(text: string, from: number, least: number): number {
  let start = from
  while (start > least && /[A-Za-z0-9+/]/.test(text[start - 1] ?? '')) start--
  return start
}

function inBase64(text: string, shift: number): string {
  const encoded = Buffer.from('\0'.repeat(shift) + text, 'latin1').toString('base64')
  return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + text.length) * 8) / 6))
}

/** `text` without anything that starts like a token, whole or cut short: for names and addresses, which are printed. */
export function withoutTokens(text: string): string {
  return text.replace(RUN, '(token)')
}

function plainTokens(text: string): readonly TokenText[] {
  return [...text.matchAll(RUN)].flatMap(({ 0: run, index }) => {
    const end = wholeLength(run.slice(0, LONGEST))
    if (end === undefined) return []
    return [{ text: decoded(run.slice(0, end)), span: [index, index + end] as const }]
  })
}

/** The longest beginning of the run that ends in its own checksum: letters may follow a token without a gap. */
function wholeLength(run: string): number | undefined {
  for (let end = run.length; end > SHORTEST; end--) {
    const checksum = run.slice(end - CHECKSUM_LENGTH, end)
    if (/^[0-9A-F]{8}$/.test(checksum) && checksumOf(decoded(run.slice(0, end - CHECKSUM_LENGTH))) === checksum)
      return end
  }
  return undefined
}

function decoded(run: string): string {
  return run.replace(/%3d/gi, '=')
}

/** CRC-32 (zlib) in upper-case hex of everything before it, `=` included. */
function checksumOf(body: string): string {
  return crc32(body).toString(16).toUpperCase().padStart(CHECKSUM_LENGTH, '0')
}
