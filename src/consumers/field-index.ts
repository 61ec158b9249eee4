import { countWhile } from '../formats/count-while.ts'
import type { Field } from '../formats/field.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { FieldDocument } from './document-fields.ts'
import { partsOf } from './document-parts.ts'
import { namesUser, stemOf } from './name-words.ts'
import { type Variable, variablesOf } from './variables.ts'

/** The fields of a document by their keys and names, so that a document full of them stays quick to ask. */
export interface FieldIndex {
  readonly variables: readonly Variable[]
  /** Fields by their last key, in lower case, in the order of the document. */
  readonly fieldsNamed: (lastKey: string) => readonly Field[]
  /** In the same document of a stream as `near`; of several, as in repeated blocks and elements, the one that stands nearest. */
  readonly fieldAt: (keys: readonly string[], near: Near) => Field | undefined
  /**
   * Fields with the same keys but the last, in the same document of a stream as `near`, the nearest first. Of repeated blocks and elements
   * those in the one that `near` stands in come before all others.
   */
  readonly siblingsOf: (keys: readonly string[], near: Near) => readonly Field[]
  readonly variablesNamed: (name: string) => readonly Variable[]
  /** The first variable of a scope that names an address, by the scope and by what its name begins with. */
  readonly addressIn: (scopeAndStem: string) => Variable | undefined
  /** The first variable of the scope that names a user. */
  readonly userIn: (scope: string) => Variable | undefined
  /** The first of `names` that is set: in the same scope, or else once in the document, where no other container, job or step has it. */
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

const NONE: readonly never[] = []

/** Most documents are asked for a few names and no more, so each table is made when it is first asked. */
function makeIndex(document: FieldDocument): FieldIndex {
  const variables = once(() => variablesOf(document))
  const fields = once(() => fieldTables(document))
  const names = once(() => variableTables(variables()))
  const roles = once(() => roleTables(variables()))
  const byLastKey = once(() => groupedBy(document.fields, lastKey))
  return {
    get variables() {
      return variables()
    },
    fieldsNamed: (lastKey) => byLastKey().get(lastKey) ?? NONE,
    fieldAt: (keys, near) => nearest(fields().byKeys.get(fields().keyIn(keys, near)) ?? [], near)[0],
    siblingsOf: (keys, near) =>
      ownFirst(nearest(fields().byParent.get(fields().keyIn(keys.slice(0, -1), near)) ?? [], near), near),
    addressIn: (key) => roles().addresses.get(key),
    userIn: (scope) => roles().users.get(scope),
    variablesNamed: (name) => names().byName.get(name) ?? NONE,
    partnerOf: (variable, wanted) => {
      const { byName, byScope } = names()
      for (const name of wanted) {
        const named = byName.get(name) ?? []
        const [only] = named
        const isOnly = named.length === 1 && only !== undefined && !isApart(variable, only)
        const near = byScope.get(`${variable.scope}\0${name}`) ?? (isOnly ? only : undefined)
        if (near !== undefined) return near
      }
      return undefined
    },
  }
}

/** Whether each is of an environment that the other one's owner does not get: of two containers, services, jobs, steps or pipes. */
function isApart(one: Variable, other: Variable): boolean {
  const [mine, theirs] = [ownerOfEnvironment(one), ownerOfEnvironment(other)]
  if (mine === undefined || theirs === undefined) return false
  const [shorter, longer] = mine.length < theirs.length ? [mine, theirs] : [theirs, mine]
  return shorter.some((key, index) => key !== longer[index])
}

const ENVIRONMENTS = ['env', 'environment', 'variables']

/** The keys of what gets an environment. */
function ownerOfEnvironment({ keys }: Variable): readonly string[] | undefined {
  const at = Math.max(...ENVIRONMENTS.map((name) => keys.lastIndexOf(name)))
  return at === -1 ? undefined : keys.slice(0, at)
}

interface FieldTables {
  readonly keyIn: (keys: readonly string[], near: Near) => string
  readonly byKeys: ReadonlyMap<string, readonly Field[]>
  readonly byParent: ReadonlyMap<string, readonly Field[]>
}

function fieldTables({ format, text, fields }: FieldDocument): FieldTables {
  const partOf = partsOf(format, text)
  const keyIn = (keys: readonly string[], near: Near): string => `${partOf(near)}\0${keyText(keys)}`
  const byKeys = groupedBy(fields, (field) => keyIn(field.keys, field))
  const byParent = groupedBy(fields, (field) => keyIn(field.keys.slice(0, -1), field))
  for (const list of [...byKeys.values(), ...byParent.values()]) list.sort((a, b) => a.extent[0] - b.extent[0])
  return { keyIn, byKeys, byParent }
}

interface VariableTables {
  readonly byName: ReadonlyMap<string, readonly Variable[]>
  readonly byScope: ReadonlyMap<string, Variable>
}

function variableTables(variables: readonly Variable[]): VariableTables {
  const byScope = new Map<string, Variable>()
  for (const variable of variables) {
    const key = `${variable.scope}\0${variable.name}`
    if (!byScope.has(key)) byScope.set(key, variable)
  }
  return { byName: groupedBy(variables, ({ name }) => name), byScope }
}

interface RoleTables {
  readonly addresses: ReadonlyMap<string, Variable>
  readonly users: ReadonlyMap<string, Variable>
}

function roleTables(variables: readonly Variable[]): RoleTables {
  const addresses = new Map<string, Variable>()
  const users = new Map<string, Variable>()
  for (const variable of variables) {
    if (namesUser(variable.name) && !users.has(variable.scope)) users.set(variable.scope, variable)
    if (!/(?:URL|HOST|ENDPOINT|SERVER)$/i.test(variable.name)) continue
    const key = `${variable.scope}\0${stemOf(variable.name)}`
    if (!addresses.has(key)) addresses.set(key, variable)
  }
  return { addresses, users }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** What belongs together stands closer; a flat document of any size stays quick to ask. */
const MOST_NEAR = 64

/**
 * `list`: the nearest first. A block ends where a name comes again; which of two blocks begins with a name, and which ends with it, is told
 * by what stands closer together.
 */
function ownFirst(list: readonly Field[], near: Near): readonly Field[] {
  const left = list.filter(({ extent }) => extent[1] <= near.extent[0])
  const right = list.filter(({ extent }) => extent[0] >= near.extent[1])
  const own = new Set(list.filter(({ extent }) => extent[0] < near.extent[1] && near.extent[0] < extent[1]))
  const names = new Set([...own].map(lastKey))
  let [start, end] = near.extent
  for (let [before, after] = [left.shift(), right.shift()]; before !== undefined || after !== undefined; ) {
    const isBefore = after === undefined || (before !== undefined && start - before.extent[1] <= after.extent[0] - end)
    const next = isBefore ? before : after
    if (next === undefined) break
    const isNew = !names.has(lastKey(next))
    if (isNew) own.add(next)
    names.add(lastKey(next))
    if (isBefore) [start, before] = [next.extent[0], isNew ? left.shift() : undefined]
    else [end, after] = [next.extent[1], isNew ? right.shift() : undefined]
  }
  return [...list.filter((field) => own.has(field)), ...list.filter((field) => !own.has(field))]
}

function lastKey({ keys }: Field): string {
  return (keys.at(-1) ?? '').toLowerCase()
}

/** The list is sorted by where its fields stand. */
function nearest(list: readonly Field[], near: Near): readonly Field[] {
  const [start, end] = near.extent
  const low = countWhile(list, ({ extent: [from] }) => from < start)
  const gap = ({ extent: [from, to] }: Field): number => (from >= end ? from - end : Math.max(0, start - to))
  return list.slice(Math.max(0, low - MOST_NEAR), low + MOST_NEAR).sort((a, b) => gap(a) - gap(b))
}

function keyText(keys: readonly string[]): string {
  return keys.join('\0').toLowerCase()
}
