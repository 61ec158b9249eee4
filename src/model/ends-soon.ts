import type { SecretKind } from './secret.ts'

/** From so many days before its end on a token is said to end soon, wherever it is shown or planned. */
export const SOON_DAYS = 30

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * When a token has ended for certain, as a day. Who creates an API token chooses from a day to a year, and it was created before it was
 * kept (docs/bitbucket-authentication.md); access tokens may have no end. `addedAt`: ISO 8601.
 */
export function latestEnd({
  kind,
  addedAt,
}: {
  readonly kind: SecretKind
  readonly addedAt: string
}): string | undefined {
  if (kind !== 'api-token') return undefined
  const end = new Date(addedAt)
  end.setUTCFullYear(end.getUTCFullYear() + 1)
  return end.toISOString().slice(0, 10)
}

/** What ends before that ends soon; ISO 8601. */
export function soonFrom(now: Date): string {
  return new Date(now.getTime() + SOON_DAYS * DAY_MS).toISOString()
}

/** Whole days until the end, below zero once it is past. `endsAt`: ISO 8601. */
export function daysUntil(endsAt: string, now: Date): number {
  return Math.floor((new Date(endsAt).getTime() - now.getTime()) / DAY_MS)
}
