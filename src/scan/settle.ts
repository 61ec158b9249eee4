import type { Breadth } from '../model/consumer.ts'
import type { Detection, Place, Span, Step, UnreadPart } from '../model/place.ts'

/** What one consumer found in a document. */
export interface Finding {
  readonly consumer: string
  readonly breadth: Breadth
  readonly detection: Detection
}

/** A program may be the configuration of a tool, which knows it by its names. Otherwise of two near one another the one that knows the username is better. */
const RANK: Readonly<Record<Breadth, number>> = {
  'own files': 0,
  'own names': 10_000,
  'any program': 10_500,
  anywhere: 20_000,
}

/** What a pipeline runs is anything; it still says more than what stands anywhere. */
const OF_STEP = 19_500

/**
 * Several consumers may find one secret: in its own file, by the name of a variable, by its shape. The narrowest keeps it; among equals
 * the one that knows the username, then one that knows what it is for, then the one that stands first. Different secrets of one document stay apart.
 */
export function settle(findings: readonly Finding[]): readonly Finding[] {
  const candidates = findings.flatMap(({ breadth, detection }, order) =>
    detection.places.flatMap((place) => {
      const span = place.secret?.span
      return span === undefined ? [] : [{ place, span, weight: weightOf(breadth, place, order) }]
    }),
  )
  const lost = losersOf(candidates)
  const isRead = ({ span, isOneSecret }: UnreadPart): boolean =>
    isOneSecret === true && span !== undefined && candidates.some((other) => overlap(span, other.span))
  return findings.map((finding) => ({
    ...finding,
    detection: {
      ...finding.detection,
      places: finding.detection.places.filter((place) => !lost.has(place)),
      unread: finding.detection.unread.filter((part) => !isRead(part)),
    },
  }))
}

interface Candidate {
  readonly place: Place
  readonly span: Span
  readonly weight: number
}

/** Less is better. Whoever only guesses what it is for gives way to who knows, and before all of them who does not know whose it is. */
function weightOf(breadth: Breadth, place: Place, order: number): number {
  const { username, confidence, unresolved, declares, host, isOfStep } = place
  const level = { certain: 0, likely: 1, possible: 2 }[confidence?.level ?? 'certain']
  const unknown = (username === undefined ? 1000 : 0) + (unresolved === undefined ? 0 : 500)
  const isCandidate = declares !== undefined && host === ''
  const rank = isOfStep === true ? OF_STEP : RANK[breadth]
  return (isCandidate ? LAST : rank) + unknown + level * 100 + order
}

/** More than any rank. */
const LAST = 30_000

function losersOf(candidates: readonly Candidate[]): ReadonlySet<Place> {
  const lost = new Set<Place>()
  let group: Candidate[] = []
  let end = -1
  for (const candidate of [...candidates].sort((a, b) => a.span[0] - b.span[0])) {
    if (candidate.span[0] >= end) {
      decide(group, lost)
      group = []
    }
    group.push(candidate)
    end = Math.max(end, candidate.span[1])
  }
  decide(group, lost)
  return lost
}

/** The members of a group overlap, directly or through another one. */
function decide(group: readonly Candidate[], lost: Set<Place>): void {
  const kept: Candidate[] = []
  for (const candidate of [...group].sort((a, b) => a.weight - b.weight)) {
    if (kept.some((other) => isSame(candidate, other))) lost.add(candidate.place)
    else kept.push(candidate)
  }
}

function isSame(a: Candidate, b: Candidate): boolean {
  return overlap(a.span, b.span) && isSameWithin(stepsOf(a.place), stepsOf(b.place))
}

/**
 * Inside base64 of a whole document several secrets share the outer bytes, whatever that base64 is written in: the first step that cuts
 * them apart tells. Behind one that differs in anything else, offsets cannot be compared.
 */
function isSameWithin(mine: readonly Step[], theirs: readonly Step[]): boolean {
  for (const [index, { encoding, span }] of mine.entries()) {
    const other = theirs[index]
    if (other === undefined) return true
    if (span !== undefined && other.span !== undefined && !overlap(span, other.span)) return false
    if (encoding !== other.encoding || span?.[0] !== other.span?.[0]) return true
  }
  return true
}

function stepsOf({ secret }: Place): readonly Step[] {
  return secret === undefined ? [] : [{ encoding: secret.encoding }, ...(secret.inner ?? [])]
}

function overlap(a: Span, b: Span): boolean {
  return a[0] < b[1] && b[0] < a[1]
}
