import type { Document } from '../model/consumer.ts'
import type { Place } from '../model/place.ts'

/** Reads each document once, however many of its places are asked for. */
export function perDocument<Read>(read: (document: Document) => Read): (document: Document) => Read {
  const known = new WeakMap<Document, { readonly read: Read }>()
  return (document) => {
    const kept = known.get(document) ?? { read: read(document) }
    known.set(document, kept)
    return kept.read
  }
}

/** The first place of an address. */
export function placeIn(
  placesOf: (document: Document) => readonly Place[],
): (document: Document, address: string) => Place | undefined {
  const byAddress = perDocument((document) => firstBy(placesOf(document), ({ address }) => address))
  return (document, address) => byAddress(document).get(address)
}

export function firstBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, Item> {
  const found = new Map<Key, Item>()
  for (const item of items) if (!found.has(keyOf(item))) found.set(keyOf(item), item)
  return found
}
