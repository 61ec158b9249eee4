import type { Span } from '../model/place.ts'

/** Whether every hit begins in one of the spans; some lie inside others. `nextHit` gives the offset of the first hit from an offset on, or -1. */
export function areAllIn(spans: readonly Span[], nextHit: (from: number) => number): boolean {
  let hit = nextHit(0)
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (hit === -1) return true
    if (hit < start) return false
    if (hit < end) hit = nextHit(end)
  }
  return hit === -1
}
