import type { Field } from '../formats/field.ts'

/**
 * The fields that stand with one in a repeated element or block, where all of them have the same keys: neighbours with the same parent,
 * up to where a name comes for the second time. `nameOf` is what may come only once in a record.
 */
export function recordOf(
  fields: readonly Field[],
  at: number,
  nameOf: (field: Field) => string = lastKey,
): ReadonlyMap<string, Field> {
  const own = fields[at]
  const record = new Map<string, Field>()
  if (own === undefined) return record
  record.set(nameOf(own), own)
  const parent = parentOf(own)
  for (const step of [-1, 1]) {
    for (let next = at + step; Math.abs(next - at) <= LONGEST; next += step) {
      const field = fields[next]
      if (field === undefined || parentOf(field) !== parent || record.has(nameOf(field))) break
      record.set(nameOf(field), field)
    }
  }
  return record
}

/** Settings of one thing are fewer. */
const LONGEST = 40

function lastKey({ keys }: Field): string {
  return (keys.at(-1) ?? '').toLowerCase()
}

function parentOf({ keys }: Field): string {
  return keys.slice(0, -1).join('\0')
}
