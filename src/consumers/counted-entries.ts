import type { Document, FoundEntry, Sought } from '../model/consumer.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { movedWith, nameOfEntry, shapeOfEntry } from '../model/numbered-address.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Context } from '../model/ports.ts'
import { entryWord, findIn, type HoldingParts, pathOf } from './held-place.ts'
import { loadDocument } from './load-document.ts'

type Parts = HoldingParts & Required<Pick<HoldingParts, 'counted'>>

/** Entries of one name are told apart by what they hold; their numbers are nothing but their order. */
export async function whereNow(
  parts: Parts,
  asked: readonly Sought[],
  context: Context,
): Promise<readonly (readonly FoundEntry[])[]> {
  const [first] = asked
  const document = first && (await loadDocument(parts.detector, pathOf(first.place), context))
  if (document === undefined) return asked.map(() => [])
  const { entries } = entriesIn(document, parts, context)
  return asked.map(({ place, digest }) => entries(place).get(digest) ?? [])
}

/** What the entries of the name of a place hold. */
interface Entries {
  readonly entries: (place: PlaceRef) => ReadonlyMap<Digest, readonly FoundEntry[]>
}

const KNOWN = new WeakMap<Context, WeakMap<Document, Entries>>()

function entriesIn(document: Document, parts: Parts, context: Context): Entries {
  const ofContext = KNOWN.get(context) ?? new WeakMap<Document, Entries>()
  KNOWN.set(context, ofContext)
  const entries = ofContext.get(document) ?? readEntries(document, parts, context)
  ofContext.set(document, entries)
  return entries
}

function readEntries(document: Document, parts: Parts, context: Context): Entries {
  const byName = groupedBy(parts.counted(document), ({ address }) => nameOfEntry(address))
  const known = new Map<string, ReadonlyMap<Digest, readonly FoundEntry[]>>()
  return {
    entries: (place) => {
      const shape = shapeOfEntry(place)
      const read =
        known.get(shape) ?? heldBy(byName.get(nameOfEntry(place.address)) ?? [], place, document, parts, context)
      known.set(shape, read)
      return read
    },
  }
}

/** Of places that have the same name as `like`, and whose usernames are those of as many others. */
function heldBy(
  places: readonly Place[],
  like: PlaceRef,
  document: Document,
  parts: Parts,
  context: Context,
): ReadonlyMap<Digest, readonly FoundEntry[]> {
  const held = new Map<Digest, FoundEntry[]>()
  for (const { address } of places) {
    const others = like.with?.map((other) => movedWith(other, like.address, address))
    const ref = { address, ...(others === undefined ? {} : { with: others }) }
    const found = findIn(parts, { ...like, ...ref }, document, context)
    if (found === undefined) continue
    const entry = { ...ref, uses: found.place.uses, ...entryWord(found) }
    const known = held.get(found.digest)
    if (known === undefined) held.set(found.digest, [entry])
    else known.push(entry)
  }
  return held
}
