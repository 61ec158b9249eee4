import type { Field } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import type { Place } from '../model/place.ts'
import { type FieldDocument, fieldsOf, type NestedDocument } from './document-fields.ts'
import { storedPiece, wholeOf } from './field-place.ts'
import { overlap, type Region, regionOf, regionsOf, storedAt } from './stored-region.ts'

/** A document, the regions that were meant to change, and the places that were not. */
export interface Reading {
  readonly document: Document
  readonly regions: readonly Region[]
  readonly places: readonly Place[]
}

/** Whether a field or a place besides those that were changed reads otherwise afterwards, has moved to other keys, is new or gone. */
export function readsDifferently(before: Reading, after: Reading): boolean {
  return fieldsDiffer(before, after) || placesDiffer(before, after)
}

function fieldsDiffer(before: Reading, after: Reading): boolean {
  const [old, next] = [fieldsIn(before), fieldsIn(after)]
  if (areSame(old, next, before, after)) return false
  // What a changed text holds, or is, may look like a field: `NAME=value` in a token, `name:TOKEN` in a text.
  return !areSame(withoutParts(old, before), withoutParts(next, after), before, after)
}

function areSame(old: readonly Field[], next: readonly Field[], before: Reading, after: Reading): boolean {
  if (old.length !== next.length) return false
  const renamed = renaming(before, after)
  return old.every((field, index) => {
    const other = next[index]
    if (other === undefined || field.tag !== other.tag || field.keys.length !== other.keys.length) return false
    if (!field.keys.every((key, level) => key === other.keys[level] || renamed(key) === other.keys[level])) return false
    return field.value.text === other.value.text || isMeant(field, before)
  })
}

function withoutParts(fields: readonly Field[], { document, regions }: Reading): readonly Field[] {
  return fields.filter(({ value }) => {
    if (value.text === '') return true
    const held = regionOf(storedPiece(document, wholeOf(value)))
    return held === undefined || !regions.some((region) => isPart(held, region))
  })
}

function isPart(inner: Region, outer: Region): boolean {
  return (
    overlap(inner, outer) &&
    inner.span[1] - inner.span[0] <= outer.span[1] - outer.span[0] &&
    inner.within.length === outer.within.length
  )
}

/** Keys may hold what was changed: an entry of a lock file is named by its URL. */
function renaming(before: Reading, after: Reading): (key: string) => string {
  const pairs = before.regions.flatMap((region, index) => {
    const [old, other] = [storedAt(before.document.bytes, region), after.regions[index]]
    return other === undefined || old === '' ? [] : [[old, storedAt(after.document.bytes, other)] as const]
  })
  return (key) => pairs.reduce((text, [old, next]) => text.replaceAll(old, next), key)
}

function isMeant({ value }: Field, { document, regions }: Reading): boolean {
  if (value.text === '') return false
  const region = regionOf(storedPiece(document, wholeOf(value)))
  return region !== undefined && regions.some((each) => overlap(each, region))
}

/** Of the document and those inside it, but not of what a changed text itself happens to hold. */
function fieldsIn(reading: Reading): readonly Field[] {
  const fields: Field[] = []
  const take = (document: FieldDocument | NestedDocument): void => {
    for (const field of document.fields) fields.push(field)
    for (const nested of document.nested) if (!isInside(nested, reading)) take(nested)
  }
  take(fieldsOf(reading.document))
  return fields
}

function isInside({ value }: NestedDocument, { document, regions }: Reading): boolean {
  const held = regionOf(storedPiece(document, wholeOf(value)))
  const outer = held?.within.at(-1) ?? held?.span
  if (held === undefined || outer === undefined) return false
  const level = Math.max(0, held.within.length - 1)
  return regions.some(
    (region) => region.within.length === level && region.span[0] <= outer[0] && outer[1] <= region.span[1],
  )
}

function placesDiffer(before: Reading, after: Reading): boolean {
  const [old, next] = [apart(before), apart(after)]
  const named = new Map(next.map((place) => [place.address, place]))
  return old.length !== next.length || old.some((place) => !isSame(place, named.get(place.address)))
}

/** What a changed text itself happens to hold is no other place: the name in a pair may look like that of a variable. */
function apart({ places, regions }: Reading): readonly Place[] {
  return places.filter((place) => !regionsOf(place).some((region) => regions.some((each) => overlap(each, region))))
}

function isSame({ secret, username }: Place, other: Place | undefined): boolean {
  const [mine, theirs] = [secret?.value, other?.secret?.value]
  const sameSecret = mine === undefined ? theirs === undefined : theirs?.equals(mine) === true
  return other !== undefined && sameSecret && username?.text === other.username?.text
}
