import type { Buried, Place, Span } from '../model/place.ts'
import { collect } from './collect.ts'
import { findingsIn } from './detectors.ts'
import { openPrefilter } from './prefilter/prefilter.ts'
import { interestedIn, type ReadFile, type Search } from './search.ts'
import { settle } from './settle.ts'
import { spansOf, tokensWithLines } from './unknown-tokens.ts'

/** A document that lies in no file of its own. */
export interface Copy {
  /** What its name tells detectors. */
  readonly path: string
  /** What people are shown. */
  readonly shownAs: string
  /** Of versions of one file, what is the same in all of them; what cannot be read is told once for each. */
  readonly fileOf: string
}

export interface CopyContent {
  readonly places: readonly Place[]
  /** Whether there is anything to tell. */
  readonly isAny: boolean
}

/**
 * Places of a copy stay apart from those of files (`keepBuried`): they answer no demand, for nothing reads them; and what an old
 * file demanded or named is no matter any more.
 */
export async function searchCopy(
  { path, shownAs, fileOf }: Copy,
  bytes: Uint8Array,
  search: Search,
): Promise<CopyContent> {
  if (isJudged(path, bytes, search)) return { places: [], isAny: false }
  const tokens = tokensWithLines(bytes).map((token) => ({ ...token, mark: markOf(bytes, token.span, fileOf, search) }))
  const copy: ReadFile = { path: shownAs, tokens, understood: [] }
  if (tokens.length > 0) search.copies.push(copy)
  const found: Place[] = []
  let isAny = tokens.length > 0
  const findings = await findingsIn({ path, real: path }, bytes, interestedIn(path, search), search)
  for (const { consumer, detection } of settle(findings)) {
    for (const span of spansOf(detection)) copy.understood.push(span)
    const at = { kind: 'file', path: shownAs } as const
    const places = detection.places.filter(({ host, isPlaceholder }) => host !== '' && isPlaceholder !== true)
    found.push(...places.map((place) => ({ ...place, at })))
    isAny ||= places.length > 0 || detection.unread.length > 0
    const kept = { places: [], demands: [], unread: detection.unread }
    collect(kept, { consumer, foundIn: shownAs, real: fileOf }, search)
  }
  return { places: found, isAny }
}

/** What a judge says is asked for is no matter either. */
function isJudged(path: string, bytes: Uint8Array, search: Search): boolean {
  if (search.judge === undefined) return false
  search.prefilter ??= openPrefilter()
  const { buffer, nextHit } = search.prefilter
  if (bytes.length > buffer.length) return false
  buffer.set(bytes)
  return search.judge(path, buffer.subarray(0, bytes.length), (from) => nextHit(from, bytes.length)) !== undefined
}

export function keepBuried(place: Place, buried: Buried, search: Search): void {
  const at = place.at.kind === 'file' ? place.at.path : place.at.url
  const detection = { places: [{ ...place, buried }], demands: [], unread: [] }
  collect(detection, { consumer: place.consumer, foundIn: at, real: at }, search)
}

function markOf(bytes: Uint8Array, [start, end]: Span, fileOf: string, { context }: Search): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  return `${fileOf}\0${context.seal(text).fingerprint}`
}
