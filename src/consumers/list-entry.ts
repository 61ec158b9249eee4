import { countWhile } from '../formats/count-while.ts'
import type { Document } from '../model/consumer.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { Place, Span } from '../model/place.ts'
import { repositoriesOf } from '../model/use.ts'
import { fieldsOf } from './document-fields.ts'
import { partsOf } from './document-parts.ts'
import { type FieldReader, placesIn } from './field-group.ts'

/**
 * What stands beside a place in its entry of a list, in those around it and in its document of a stream, and the repositories that its URL
 * names: of entries whose username and secret are the same it tells which is which, wherever they stand. Places of the same detector are
 * left out, for a run changes them. `undefined`: its address has no number, and it is found by its name.
 */
export function entryOf(detector: FieldReader, document: Document, place: Place): Uint8Array | undefined {
  const at = spanOf(place)
  const levels = at === undefined ? undefined : besidesIn(detector, document).at(at, place.address)
  if (levels === undefined) return undefined
  return Buffer.from(JSON.stringify([levels, repositoriesOf(place.uses)]))
}

interface Besides {
  /** Of the entry that holds these bytes, outermost list first. */
  readonly at: (span: Span, address: string) => readonly string[] | undefined
}

const KNOWN = new WeakMap<FieldReader, WeakMap<Document, Besides>>()

function besidesIn(detector: FieldReader, document: Document): Besides {
  const known = KNOWN.get(detector) ?? new WeakMap<Document, Besides>()
  KNOWN.set(detector, known)
  const besides = known.get(document) ?? readBesides(detector, document)
  known.set(document, besides)
  return besides
}

function readBesides(detector: FieldReader, document: Document): Besides {
  const { fields: all, format, text } = fieldsOf(document)
  const fields = [...all].sort((one, other) => one.extent[0] - other.extent[0])
  const held = placesIn(detector, document).flatMap(({ username, secret }) =>
    [username?.span, secret?.span].flatMap((span) => (span === undefined ? [] : [fieldAt(fields, span)])),
  )
  const isHeld = new Set(held)
  const partOf = partsOf(format, text)
  const isStream = fields.some((field) => partOf(field) !== partOf(fields[0] ?? field))
  const levelsOf = (field: Fielded): readonly string[] => levels(field.keys, isStream ? partOf(field) : undefined)
  const byLevel = groupedBy(
    fields.filter((field) => !isHeld.has(field)),
    (field) => levelsOf(field).at(-1) ?? '',
  )
  const texts = new Map<string, string>()
  const textOf = (level: string): string => {
    const said = texts.get(level) ?? JSON.stringify((byLevel.get(level) ?? []).map(ownText))
    texts.set(level, said)
    return said
  }
  return {
    at: (span, address) => {
      const field = fieldAt(fields, span)
      const found = field === undefined ? [] : levelsOf(field)
      return found.length === 0 && !/#\d+$/.test(address) ? undefined : found.map(textOf)
    },
  }
}

type Fielded = ReturnType<typeof fieldsOf>['fields'][number]

const isNumber = (key: string): boolean => /^\d+$/.test(key)

/** The document of a stream, where there are several, and every entry of a list down to this field. */
function levels(keys: readonly string[], part: number | undefined): readonly string[] {
  const entries = keys.flatMap((key, index) =>
    isNumber(key) ? [JSON.stringify([part, keys.slice(0, index + 1)])] : [],
  )
  return part === undefined ? entries : [JSON.stringify([part, []]), ...entries]
}

/** Without the numbers of the entries around it. */
function ownText({ keys, value }: Fielded): readonly string[] {
  return [...keys.slice(keys.findLastIndex(isNumber) + 1), value.text]
}

function spanOf({ username, secret }: Place): Span | undefined {
  return secret?.span ?? username?.span
}

/** `fields`: in the order of the document. */
function fieldAt(fields: readonly Fielded[], [at]: Span): Fielded | undefined {
  const low = countWhile(fields, ({ extent: [from] }) => from <= at)
  const field = fields[low - 1]
  return field !== undefined && at < field.extent[1] ? field : undefined
}
