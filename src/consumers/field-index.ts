import type { Field } from '../formats/field.ts'
import type { FieldDocument } from './document-fields.ts'
import { partsOf } from './document-parts.ts'
import { namesUser, stemOf } from './name-words.ts'
import { type Variable, variablesOf } from './variables.ts'

/** The fields of a document by their keys and names, so that a document full of them stays quick to ask. */
export interface FieldIndex {
  readonly variables: readonly Variable[]
  /** In the same document of a stream as `near`; of several, as in repeated blocks and elements, the one that stands nearest. */
  readonly fieldAt: (keys: readonly string[], near: Near) => Field | undefined
  /** Fields with the same keys but the last, in the same document of a stream as `near`, the nearest first. */
  readonly siblingsOf: (keys: readonly string[], near: Near) => readonly Field[]
  readonly variablesNamed: (name: string) => readonly Variable[]
  /** The first variable of a scope that names an address, by the scope and by what its name begins with. */
  readonly addressIn: (scopeAndStem: string) => Variable | undefined
  /** The first variable of the scope that names a user. */
  readonly userIn: (scope: string) => Variable | undefined
  /** The first of `names` that is set: in the same scope, or else once in the document. */
  readonly partnerOf: (variable: Variable, names: readonly string[]) => Variable | undefined
}

/** A field or a variable that what is asked for belongs to. */
export type Near = Pick<Field, 'extent'>

const INDEXES = new WeakMap<FieldDocument, FieldIndex>()

export function indexOf(document: FieldDocument): FieldIndex {
  const known = INDEXES.get(document)
  if (known !== undefined) return known
  const index = makeIndex(document)
  INDEXES.set(document, index)
  return index
}

function makeIndex(document: FieldDocument): FieldIndex {
  const variables = variablesOf(document)
  const byKeys = new Map<string, Field[]>()
  const byParent = new Map<string, Field[]>()
  const partOf = partsOf(document.format, document.text)
  const keyIn = (keys: readonly string[], near: Near): string => `${partOf(near)}\0${keyText(keys)}`
  for (const field of document.fields) {
    add(byKeys, keyIn(field.keys, field), field)
    add(byParent, keyIn(field.keys.slice(0, -1), field), field)
  }
  for (const list of [...byKeys.values(), ...byParent.values()]) list.sort((a, b) => a.extent[0] - b.extent[0])
  const byName = new Map<string, Variable[]>()
  const byScope = new Map<string, Variable>()
  for (const variable of variables) {
    add(byName, variable.name, variable)
    const key = `${variable.scope}\0${variable.name}`
    if (!byScope.has(key)) byScope.set(key, variable)
  }
  const addresses = new Map<string, Variable>()
  for (const variable of variables) {
    const key = `${variable.scope}\0${stemOf(variable.name)}`
    if (/(?:URL|HOST|ENDPOINT|SERVER)$/i.test(variable.name) && !addresses.has(key)) addresses.set(key, variable)
  }
  const users = new Map<string, Variable>()
  for (const variable of variables)
    if (namesUser(variable.name) && !users.has(variable.scope)) users.set(variable.scope, variable)
  return {
    variables,
    fieldAt: (keys, near) => nearest(byKeys.get(keyIn(keys, near)) ?? [], near)[0],
    siblingsOf: (keys, near) => nearest(byParent.get(keyIn(keys.slice(0, -1), near)) ?? [], near),
    addressIn: (key) => addresses.get(key),
    userIn: (scope) => users.get(scope),
    variablesNamed: (name) => byName.get(name) ?? [],
    partnerOf: ({ scope }, names) => {
      for (const name of names) {
        const named = byName.get(name) ?? []
        const near = byScope.get(`${scope}\0${name}`) ?? (named.length === 1 ? named[0] : undefined)
        if (near !== undefined) return near
      }
      return undefined
    },
  }
}

/** What belongs together stands closer; a flat document of any size stays quick to ask. */
const MOST_NEAR = 64

/** The list is sorted by where its fields stand. */
function nearest(list: readonly Field[], near: Near): readonly Field[] {
  const [start, end] = near.extent
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.extent[0] ?? 0) < start) low = middle + 1
    else high = middle
  }
  const gap = ({ extent: [from, to] }: Field): number => (from >= end ? from - end : Math.max(0, start - to))
  return list.slice(Math.max(0, low - MOST_NEAR), low + MOST_NEAR).sort((a, b) => gap(a) - gap(b))
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const present = map.get(key)
  if (present === undefined) map.set(key, [value])
  else present.push(value)
}

function keyText(keys: readonly string[]): string {
  return keys.join('\0').toLowerCase()
}
