type Fits = (value: unknown) => boolean

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined,
      value,
    )

const condition = /^\s*([a-z_.]+)\s*(=|!=|~)\s*(?:"([^"]*)"|([A-Za-z0-9_.-]+))\s*$/

const readCondition = (text: string): Fits | undefined => {
  const [, path = '', operator, quoted, bare] = condition.exec(text) ?? []
  const wanted = quoted ?? bare
  if (wanted === undefined) return undefined
  const textOf = (value: unknown): string => String(valueAt(value, path) ?? '')
  switch (operator) {
    case '=':
      return (value) => textOf(value) === wanted
    case '!=':
      return (value) => textOf(value) !== wanted
    default:
      return (value) => textOf(value).toLowerCase().includes(wanted.toLowerCase())
  }
}

type Order = (left: unknown, right: unknown) => number

/** `sort=name` or `sort=-updated_on`; numbers by size, anything else by its letters. */
export const readSort = (text: string | null): Order | undefined => {
  if (text === null || text === '') return undefined
  const [sign, path] = text.startsWith('-') ? [-1, text.slice(1)] : [1, text]
  return (left, right) => {
    const [a, b] = [valueAt(left, path), valueAt(right, path)]
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
    const [first, second] = [String(a ?? ''), String(b ?? '')]
    return first === second ? 0 : sign * (first < second ? -1 : 1)
  }
}

/**
 * The part of the filter language that clients use: comparisons with `=`, `!=` and `~`, joined by AND
 * (developer.atlassian.com, filtering). Undefined for anything else, so that no filter is passed over in silence.
 */
export const readQuery = (text: string | null): Fits | undefined => {
  if (text === null || text === '') return () => true
  const conditions = text.split(/\s+AND\s+/i).map(readCondition)
  if (conditions.some((one) => one === undefined)) return undefined
  return (value) => conditions.every((one) => one?.(value) === true)
}
