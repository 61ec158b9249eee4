import { hash } from 'node:crypto'
import { relative, sep } from 'node:path'
import { mentionsOf } from '../model/mention.ts'
import type { ConsumerId, Detection, PlaceRef } from '../model/place.ts'
import type { Demand } from '../model/use.ts'
import { isBelow, report, type Search } from './search.ts'

export interface Source {
  readonly consumer: ConsumerId
  /** Path of a file as it is named, or URL of a system. */
  readonly foundIn: string
  /** Real path of a file. */
  readonly real: string
}

export function collect(detection: Detection, { consumer, foundIn, real }: Source, search: Search): void {
  const { base, isHome } = search.area
  const hasIds = detection.places.length + detection.demands.length > 0
  const name = hasIds && (isHome !== true || isBelow(foundIn, base)) ? nameBelow(base, foundIn) : foundIn
  for (const place of detection.places.filter(({ isPlaceholder }) => isPlaceholder !== true)) {
    const key = keyOf(place, real)
    if (!search.places.has(key)) search.places.set(key, { ...place, id: placeId(place, name) })
  }
  for (const demand of detection.demands) search.demands.push({ demand: withReferenceId(demand, name), foundIn })
  for (const { reason, detail } of detection.unread) report(search, { at: foundIn, consumer, reason, detail }, real)
  for (const mention of mentionsOf(detection)) search.mentions.push({ mention, by: foundIn })
}

/** The same under whatever name its file is met. */
export function keyOf({ consumer, at, address }: PlaceRef, real: string): string {
  return [consumer, at.kind === 'file' ? real : at.url, address].join('\0')
}

/** Taking both apart is for those that do not lie below. */
function nameBelow(base: string, path: string): string {
  return path.startsWith(`${base}${sep}`) ? path.slice(base.length + 1) : relative(base, path) || path
}

function withReferenceId(demand: Demand, name: string): Demand {
  const { reference } = demand
  return reference === undefined ? demand : { ...demand, reference: { ...reference, id: placeId(reference, name) } }
}

/** The same place gets the same id on every run and machine: it depends on the consumer, the path below the root (or the URL), and the address. */
function placeId(place: PlaceRef, name: string): string {
  const where = place.at.kind === 'url' ? place.at.url : name
  return `p${hash('sha256', [place.consumer, where, place.address].join('\0'), 'hex').slice(0, 10)}`
}
