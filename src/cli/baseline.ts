import type { Inventory } from '../model/inventory.ts'
import type { Place } from '../model/place.ts'
import { type BaselineEntry, below, holding, type ScanReport } from './views/scan-report.ts'

const SCHEMA = 'keyturn/baseline/1'
const SCAN_SCHEMA = 'keyturn/scan/1'

/** Places of a baseline file or of a `scan --json` document. `undefined`: the text is neither. */
export function readBaseline(text: string): readonly BaselineEntry[] | undefined {
  const document = parsed(text)
  if (document?.['schema'] === SCHEMA) return entriesOf(document['places'])
  if (document?.['schema'] !== SCAN_SCHEMA) return undefined
  const [places, pins] = [entriesOf(document['places']), entriesOf(document['pins'])]
  return places === undefined || pins === undefined ? undefined : [...places, ...pins]
}

/** Whether a file may be replaced by a baseline: only another baseline is. */
export function isBaselineFile(text: string): boolean {
  return parsed(text)?.['schema'] === SCHEMA && readBaseline(text) !== undefined
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text)
    return isRecord(document) ? document : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function entriesOf(value: unknown): readonly BaselineEntry[] | undefined {
  if (!Array.isArray(value)) return undefined
  const entries = value.map((one: unknown) => (isRecord(one) ? entryOf(one) : undefined))
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}

function entryOf(record: Readonly<Record<string, unknown>>): BaselineEntry | undefined {
  const { id, consumer, address, reason } = record
  const path = record['path'] ?? record['url']
  if (typeof id !== 'string') return undefined
  return {
    id,
    ...(typeof consumer === 'string' ? { consumer } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof address === 'string' ? { address } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  }
}

/** The inventory without what stands in the baseline, and what became of that. `file` is only told. */
export function withoutKnown(inventory: Inventory, entries: readonly BaselineEntry[], file: string): ScanReport {
  const known = new Set(entries.map((entry) => entry.id))
  const found = new Set(inventory.places.map((place) => place.id))
  const places = inventory.places.filter((place) => !known.has(place.id))
  return {
    inventory: { ...inventory, places },
    baseline: {
      file,
      known: inventory.places.length - places.length,
      gone: entries.filter((entry) => !found.has(entry.id)),
    },
  }
}

/**
 * The baseline of what was found, one place a line and in a fixed order, so that a review shows what came and went.
 * A place keeps the reason it has in `previous`. Of a scan that could not read everything, nothing is taken out.
 */
export function baselineText(inventory: Inventory, previous: readonly BaselineEntry[], reason: string): string {
  const reasons = new Map(previous.map((entry) => [entry.id, entry.reason]))
  const found = holding(inventory).map((place) => newEntry(place, inventory.sources, reasons.get(place.id) ?? reason))
  const ids = new Set(found.map((entry) => entry.id))
  const kept = inventory.unread.length === 0 ? [] : previous.filter((entry) => !ids.has(entry.id))
  const lines = [...found, ...kept].sort(inReadingOrder).map((entry) => `    ${JSON.stringify(ordered(entry))}`)
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`
  return `{\n  "schema": "${SCHEMA}",\n  "places": ${list}\n}\n`
}

function newEntry(place: Place, sources: readonly string[], reason: string): BaselineEntry {
  const path = place.at.kind === 'url' ? place.at.url : (below(place.at.path, sources)?.path ?? place.at.path)
  return { id: place.id, consumer: place.consumer, path, address: place.address, reason }
}

const ordered = ({ id, consumer, path, address, reason }: BaselineEntry): BaselineEntry => ({
  ...(path === undefined ? {} : { path }),
  ...(consumer === undefined ? {} : { consumer }),
  ...(address === undefined ? {} : { address }),
  id,
  ...(reason === undefined ? {} : { reason }),
})

/** By path, then address: by code units, which no locale changes. */
function inReadingOrder(one: BaselineEntry, other: BaselineEntry): number {
  const [first, second] = [one, other].map((entry) => [entry.path, entry.address, entry.consumer, entry.id].join('\0'))
  return (first ?? '') < (second ?? '') ? -1 : 1
}
