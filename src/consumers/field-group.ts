import { bytesOf } from '../formats/byte-text.ts'
import type { Detector, Document } from '../model/consumer.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import {
  type Base64Styles,
  keyOf,
  overlap,
  putRegions,
  type Region,
  regionOf,
  regionsOf,
  storedAt,
} from './stored-region.ts'

export type FieldReader = Pick<Detector, 'companions' | 'detect'>

/** A place and those that change with it, all by one detector in one document. */
export interface Group {
  readonly place: Place
  readonly members: readonly Place[]
  /** Of all members, each once, in the order of the document. */
  readonly regions: readonly Region[]
}

export function groupAt(
  detector: FieldReader,
  document: Document,
  { address, with: along = [] }: PlaceRef,
): Group | undefined {
  const { byAddress } = placesOf(detector, document)
  const [place, ...more] = [address, ...along].map((each) => byAddress.get(each))
  if (place === undefined) return undefined
  const key = usernameKey(place)
  const shared = more.flatMap((each) =>
    each === undefined || key === undefined || usernameKey(each) !== key ? [] : [each],
  )
  const members = [place, ...shared]
  if (members.length !== along.length + 1) return undefined
  const regions = inOrder(members.flatMap(regionsOf))
  if (regions.length === 0 || !areApart(regions)) return undefined
  return { place, members, regions }
}

interface FoundPlaces {
  readonly all: readonly Place[]
  /** The first of each address. */
  readonly byAddress: ReadonlyMap<string, Place>
  readonly byUsername: ReadonlyMap<string, readonly Place[]>
}

const PLACES = new WeakMap<FieldReader, WeakMap<Document, FoundPlaces>>()

/** Asked again for every place of a document, and answered once. */
function placesOf(detector: FieldReader, document: Document): FoundPlaces {
  const known = PLACES.get(detector) ?? new WeakMap<Document, FoundPlaces>()
  PLACES.set(detector, known)
  const places = known.get(document) ?? foundPlaces(detector.detect(document).places)
  known.set(document, places)
  return places
}

function foundPlaces(all: readonly Place[]): FoundPlaces {
  const byAddress = new Map<string, Place>()
  const byUsername = new Map<string, Place[]>()
  for (const place of all) {
    if (!byAddress.has(place.address)) byAddress.set(place.address, place)
    const key = usernameKey(place)
    const sharing = key === undefined ? undefined : byUsername.get(key)
    if (sharing !== undefined) sharing.push(place)
    else if (key !== undefined) byUsername.set(key, [place])
  }
  return { all, byAddress, byUsername }
}

/** All places of a document. */
export function placesIn(detector: FieldReader, document: Document): readonly Place[] {
  return placesOf(detector, document).all
}

/** All places of a document but these. */
export function othersThan(members: readonly Place[], detector: FieldReader, document: Document): readonly Place[] {
  const without = new Set(members)
  return placesOf(detector, document).all.filter((each) => !without.has(each))
}

/** Another place whose username is the same bytes as this region. */
export function sharing(
  region: Region,
  { members }: Group,
  detector: FieldReader,
  document: Document,
): Place | undefined {
  return placesOf(detector, document)
    .byUsername.get(keyOf(region))
    ?.find((other) => !members.includes(other))
}

function usernameKey({ username }: Place): string | undefined {
  const region = username === undefined ? undefined : regionOf(username)
  return region && keyOf(region)
}

export function inOrder(regions: readonly Region[]): readonly Region[] {
  const startOf = ({ within, span }: Region): readonly number[] => [...within, span].map(([start]) => start)
  return [...new Map(regions.map((region) => [keyOf(region), region])).values()].sort((one, other) => {
    const [mine, theirs] = [startOf(one), startOf(other)]
    const at = mine.findIndex((start, level) => start !== theirs[level])
    return at === -1 ? 0 : (mine[at] ?? 0) - (theirs[at] ?? 0)
  })
}

export function areApart(regions: readonly Region[]): boolean {
  return regions.every((region, index) => {
    const next = regions[index + 1]
    return next === undefined || !overlap(region, next)
  })
}

export function textsAt({ bytes }: Document, regions: readonly Region[]): readonly string[] {
  return regions.map((region) => storedAt(bytes, region))
}

/** `texts`: of the regions, then of the base64 around them, whose style is kept. */
export function put(
  bytes: Uint8Array,
  regions: readonly Region[],
  texts: readonly string[],
  around: readonly Region[],
): Uint8Array {
  const edits = regions.map((region, index) => ({ region, bytes: bytesOf(texts[index] ?? '') }))
  const styles: Base64Styles = new Map(
    around.map((region, index) => [keyOf(region), texts[regions.length + index] ?? '']),
  )
  return putRegions(bytes, edits, styles)
}
