/** From so many days before its end on a token is said to end soon, wherever it is shown or planned. */
export const SOON_DAYS = 30

const DAY_MS = 24 * 60 * 60 * 1000

/** Whole days until the end, below zero once it is past. `endsAt`: ISO 8601. */
export function daysUntil(endsAt: string, now: Date): number {
  return Math.floor((new Date(endsAt).getTime() - now.getTime()) / DAY_MS)
}
