import { bytesOf } from '../formats/byte-text.ts'
import type { Connector, Document } from '../model/consumer.ts'
import type { PlaceRef } from '../model/place.ts'
import { readsDifferently } from './changed-elsewhere.ts'
import { isAsAsked, type Request, refused, type Wanted, wantedIn } from './field-change.ts'
import { type FieldReader, type Group, groupAt, othersThan, placesIn, put, textsAt } from './field-group.ts'
import { changedTogether, restoredTogether } from './field-together.ts'
import type { Hold, HoldingParts } from './held-place.ts'
import { holdingConnector } from './holding-connector.ts'
import { entryOf } from './list-entry.ts'
import { aroundRegions, packed, putRegions, type RegionEdit, unpacked } from './stored-region.ts'

/**
 * Changes places that a detector finds in files of any format, by the exact bytes of username and secret: what stands between them may
 * belong to others. A change is written only if the same detector reads it back, everything else in the document reads as before, and the
 * old bytes can be put back. A backup is these bytes, and the base64 texts around them as they were written.
 */
export function fieldConnector(detector: FieldReader, guard?: HoldingParts['guard']): Connector {
  return holdingConnector({
    detector,
    ...(guard === undefined ? {} : { guard }),
    find: (document, ref) => holdOf(groupAt(detector, document, ref), document),
    change: (document, _, { ref, change }) => {
      const group = groupAt(detector, document, ref)
      if (group === undefined) throw refused(document, ref, 'the place is not there')
      return changed({ detector, document, ref, change, group })
    },
    restore: (document, _, { ref, backup }) => restored(groupAt(detector, document, ref), document, ref, backup),
    counted: (document) => placesIn(detector, document),
    entry: (document, place) => entryOf(detector, document, place),
    together: {
      change: (document, places) => changedTogether(detector, document, places),
      restore: (document, places) => restoredTogether(detector, document, places),
    },
  })
}

function holdOf(group: Group | undefined, document: Document): Hold | undefined {
  if (group === undefined) return undefined
  const { place, regions } = group
  const texts = textsAt(document, regions)
  return { place, held: packed(texts), backup: packed([...texts, ...textsAt(document, aroundRegions(regions))]) }
}

function restored(group: Group | undefined, document: Document, ref: PlaceRef, backup: Uint8Array): Uint8Array {
  const texts = unpacked(backup)
  const around = aroundRegions(group?.regions ?? [])
  if (group === undefined || texts?.length !== group.regions.length + around.length)
    throw refused(document, ref, 'the backup does not fit what stands there now')
  return put(document.bytes, group.regions, texts, around)
}

/** More combinations are not tried. */
const MOST_TRIALS = 60

function changed(request: Request): Uint8Array {
  const { document, ref } = request
  const wanted = wantedIn(request)
  const missing = wanted.find(({ options }) => options.length === 0)
  if (missing !== undefined)
    throw refused(
      document,
      ref,
      `the new ${missing.what} needs quotes or escapes that the old one does not have where it stands`,
    )
  for (const edits of combined(wanted)) {
    const bytes = putRegions(document.bytes, edits)
    if (isSound(request, bytes)) return bytes
  }
  throw refused(
    document,
    ref,
    'the new username and secret would not read back, or something else would read differently',
  )
}

function* combined(wanted: readonly Wanted[]): Generator<readonly RegionEdit[]> {
  const most = wanted.reduce((count, { options }) => count * options.length, 1)
  for (let trial = 0; trial < Math.min(most, MOST_TRIALS); trial++) {
    let rest = trial
    yield wanted.map(({ region, options }) => {
      const option = options[rest % options.length] ?? ''
      rest = Math.floor(rest / options.length)
      return { region, bytes: bytesOf(option) }
    })
  }
}

/** The places read back as asked, nothing else reads differently, and the way back leads to the same bytes. */
function isSound(request: Request, bytes: Uint8Array): boolean {
  const { detector, document, ref, change, group } = request
  const next: Document = { ...document, bytes }
  const after = groupAt(detector, next, ref)
  if (after === undefined || after.regions.length !== group.regions.length) return false
  const readsBack = group.members.every((member, index) => isAsAsked(member, after.members[index], change))
  if (!readsBack) return false
  const around = aroundRegions(group.regions)
  const old = [...textsAt(document, group.regions), ...textsAt(document, around)]
  const back = put(bytes, after.regions, old, aroundRegions(after.regions))
  if (Buffer.compare(back, document.bytes) !== 0) return false
  return !readsDifferently(
    { document, regions: group.regions, places: othersThan(group.members, detector, document) },
    { document: next, regions: after.regions, places: othersThan(after.members, detector, next) },
  )
}
