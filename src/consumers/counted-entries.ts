import type { Document, Sought } from '../model/consumer.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { findIn, type HoldingParts, pathOf } from './held-place.ts'
import { loadDocument } from './load-document.ts'

type Parts = HoldingParts & Required<Pick<HoldingParts, 'counted'>>

/** Entries of one name are told apart by what they hold; their numbers are nothing but their order. */
export async function whereNow(
  parts: Parts,
  asked: readonly Sought[],
  context: Context,
): Promise<readonly (readonly PlaceRef[])[]> {
  const [first] = asked
  const document = first && (await loadDocument(parts.detector, pathOf(first.place), context))
  if (document === undefined) return asked.map(() => [])
  const addresses = addressesIn(document, parts, context)
  const refs = new Map<string, readonly PlaceRef[]>()
  return asked.map(({ place, digest }) => {
    const key = keyOf(place.address, digest)
    const known = refs.get(key) ?? (addresses.get(key) ?? []).map((address) => ({ ...place, address }))
    refs.set(key, known)
    return known
  })
}

/** Addresses by name and digest. */
type Addresses = ReadonlyMap<string, readonly string[]>

const KNOWN = new WeakMap<Context, WeakMap<Document, Addresses>>()

function addressesIn(document: Document, parts: Parts, context: Context): Addresses {
  const ofContext = KNOWN.get(context) ?? new WeakMap<Document, Addresses>()
  KNOWN.set(context, ofContext)
  const addresses = ofContext.get(document) ?? readAddresses(document, parts, context)
  ofContext.set(document, addresses)
  return addresses
}

function readAddresses(document: Document, parts: Parts, context: Context): Addresses {
  const addresses = new Map<string, string[]>()
  for (const place of parts.counted(document)) {
    const found = findIn(parts, place, document, context)
    if (found === undefined) continue
    const key = keyOf(place.address, found.digest)
    const known = addresses.get(key)
    if (known === undefined) addresses.set(key, [place.address])
    else known.push(place.address)
  }
  return addresses
}

function keyOf(address: string, digest: string): string {
  return `${digest} ${address.replace(/#\d+$/, '')}`
}
