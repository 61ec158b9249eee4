import { useWords } from '../../messages/kinds.ts'
import type { Buried, Place } from '../../model/place.ts'
import { csvText } from './csv.ts'
import { below, levelOf, type ScanReport } from './scan-report.ts'

const COLUMNS = [
  'id',
  'consumer',
  'root',
  'path',
  'url',
  'line',
  'address',
  'host',
  'username',
  'kind',
  'fingerprint',
  'confidence',
  'reason',
  'encoding',
  'start',
  'end',
  'uses',
  'unresolved',
  'buried',
  'versions',
  'commits',
  'firstCommit',
  'lastCommit',
] as const

type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string | number | undefined>>>

/** One line per place (RFC 4180: commas, CRLF, a heading); a place that only names a username has no `kind`. */
export function scanCsv({ inventory }: ScanReport): string {
  const rows = inventory.places.map((place) => rowOf(place, inventory.sources))
  return csvText(COLUMNS, rows)
}

function rowOf(place: Place, sources: readonly string[]): Row {
  const { at, secret, username } = place
  const found = at.kind === 'file' ? below(at.path, sources) : undefined
  const stored = secret ?? username
  return {
    id: place.id,
    consumer: place.consumer,
    root: found?.root,
    path: at.kind === 'file' ? (found?.path ?? at.path) : undefined,
    url: at.kind === 'url' ? at.url : undefined,
    line: place.line,
    address: place.address,
    host: place.host,
    username: username?.text,
    kind: secret?.kind,
    fingerprint: secret?.value?.fingerprint,
    confidence: levelOf(place),
    reason: place.confidence?.reason,
    encoding: stored?.encoding,
    start: stored?.span?.[0],
    end: stored?.span?.[1],
    uses: [...new Set(place.uses.map(useWords))].join(', '),
    unresolved: place.unresolved,
    buried: place.buried?.kind,
    ...(place.buried?.kind === 'history' ? historyOf(place.buried) : {}),
  }
}

function historyOf({ versions, commits, commitCount, lastCommit }: Extract<Buried, { kind: 'history' }>): Row {
  return {
    versions,
    commits: commitCount,
    firstCommit: commits[0]?.id,
    lastCommit: lastCommit?.id,
  }
}
