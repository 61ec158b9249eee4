import type { PlaceRef } from './place.ts'

/** A key of an address that counts entries of a list, and the number behind one that occurs more than once. */
const KEY = /(^|\.)\d+(?=\.|$)/g
const COUNT = /#\d+$/

export function isNumbered(address: string): boolean {
  return COUNT.test(address) || address.search(KEY) !== -1
}

/** The same for all entries of a list: `repos.*.url`. */
export function nameOfEntry(address: string): string {
  return address.replace(COUNT, '').replace(KEY, '$1*')
}

/** The same for all entries of a list that go together with as many others. */
export function shapeOfEntry({ address, with: others = [] }: Pick<PlaceRef, 'address' | 'with'>): string {
  const name = nameOfEntry(address)
  return JSON.stringify([name, ...others.map((other) => movedWith(other, address, name))])
}

/** In the order of the numbers: `repos.2.url` before `repos.10.url`. */
export function byNumbers(one: string, other: string): number {
  const [mine, theirs] = [one, other].map(numbersIn)
  const at = mine?.findIndex((number, index) => number !== theirs?.[index]) ?? -1
  return at === -1 ? 0 : (mine?.[at] ?? 0) - (theirs?.[at] ?? 0)
}

function numbersIn(address: string): readonly number[] {
  const keys = [...address.replace(COUNT, '').matchAll(KEY)].map(([key]) => Number(key.replace('.', '')))
  return [...keys, Number(COUNT.exec(address)?.[0].slice(1) ?? 1)]
}

/** Where `other` is when the entry that stood at `from` stands at `to`: what lies in the same entry goes with it. */
export function movedWith(other: string, from: string, to: string): string {
  const [own, old, next] = [partsOf(other), partsOf(from), partsOf(to)]
  const apart = own.keys.findIndex((key, index) => key !== old.keys[index])
  const shared = apart === -1 ? own.keys.length : apart
  const keys = own.keys.map((key, index) => (index < shared ? (next.keys[index] ?? key) : key))
  return `${keys.join('.')}${own.count === old.count ? next.count : own.count}`
}

function partsOf(address: string): { readonly keys: readonly string[]; readonly count: string } {
  return { keys: address.replace(COUNT, '').split('.'), count: COUNT.exec(address)?.[0] ?? '' }
}
