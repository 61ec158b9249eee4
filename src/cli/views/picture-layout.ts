/** Middles of the boxes of a column, from the top. */
export type Column = readonly number[]

/** From the middle of one box to that of the next. */
export const STEP = 48
const TOP = 60

/** So many boxes, one below the other. */
export function spread(amount: number): Column {
  return Array.from({ length: amount }, (_, index) => TOP + index * STEP)
}

/** Each box as near to its `wanted` height as the ones before it leave room for, in the order of those heights. */
export function centred(wanted: Column): Column {
  const rows = [...wanted.keys()].sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0) || one - other)
  const placed: number[] = [...wanted]
  let next = TOP
  for (const row of rows) {
    placed[row] = Math.max(wanted[row] ?? 0, next)
    next = (placed[row] ?? 0) + STEP
  }
  return placed
}
