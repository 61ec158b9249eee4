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

/** When a token ends, as far as that is known. */
export interface TokenEnd {
  /** ISO time, as given. */
  readonly expiresAt?: string
  /** Where it was not given, the day by which it has ended (`latestEnd`). */
  readonly endsBy?: string
}

/** Within the days that a status warns of, or before. */
export function isEndingSoon({ expiresAt, endsBy }: TokenEnd, now: Date): boolean {
  const end = expiresAt ?? endsBy
  return end !== undefined && daysUntil(end, now) <= SOON_DAYS
}

/** At its time; on the day by which it has ended it may still live. */
export function hasEnded({ expiresAt, endsBy }: TokenEnd, now: Date): boolean {
  if (expiresAt !== undefined) return new Date(expiresAt) <= now
  return endsBy !== undefined && daysUntil(endsBy, now) < -1
}

/** `on 2026-12-05`; `by 2026-12-05` where nobody told its own day. */
export function endWords({ expiresAt, endsBy }: TokenEnd): string {
  return expiresAt === undefined ? `by ${endsBy}` : `on ${expiresAt.slice(0, 10)}`
}

/** Whole days until the end, below zero once it is past. `endsAt`: ISO 8601. */
export function daysUntil(endsAt: string, now: Date): number {
  return Math.floor((new Date(endsAt).getTime() - now.getTime()) / DAY_MS)
}
