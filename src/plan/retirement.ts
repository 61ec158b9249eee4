import type { Place, PlaceId, PlaceRef } from '../model/place.ts'
import type { Retirement, Step, StepId } from '../model/plan.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import { REVOKE } from './buried.ts'
import { ownerOf } from './choose-token.ts'
import type { PlanInput } from './plan-input.ts'

/** App passwords are dead, OAuth tokens end by themselves; what else opens something is revoked by its owner. */
const REVOCABLE: ReadonlySet<SecretKind> = new Set(['api-token', 'access-token', 'oauth-consumer'])

/** Old secrets that steps replace and that still open something: their owners revoke them at the very end. */
export function retirements(steps: readonly Step[], input: PlanInput): readonly Retirement[] {
  const changes = changedAddresses(steps)
  const given = new Set(steps.flatMap(({ to }) => to.fingerprint ?? []))
  return [...holders(input)].flatMap(([fingerprint, places]) => {
    const all = places.map((place) => ({ place, step: changes.get(addressOf(place, place.address)) }))
    const gone = all.flatMap(({ place, step }) => (step === undefined ? [] : [{ place, step }]))
    const still = all.flatMap(({ place, step }) => (step === undefined ? [place.id] : []))
    return gone.length === 0 || given.has(fingerprint) ? [] : [retirement(fingerprint, gone, still, input)]
  })
}

function retirement(
  fingerprint: Fingerprint,
  gone: readonly { readonly place: Place; readonly step: StepId }[],
  still: readonly PlaceId[],
  { tokens }: PlanInput,
): Retirement {
  const kind = gone[0]?.place.secret?.kind ?? 'unknown'
  const owner = gone.map(({ place }) => ownerOf(place, tokens)).find((one) => one !== undefined)
  return {
    fingerprint,
    kind,
    ...(owner === undefined ? {} : { owner }),
    places: gone.map(({ place }) => place.id),
    steps: gone.map(({ step }) => step),
    still,
    wayOut: kind === 'app-password' ? '' : REVOKE[kind],
  }
}

/** Every address that gets another secret, with its step; places that share a username change along. */
function changedAddresses(steps: readonly Step[]): ReadonlyMap<string, StepId> {
  return new Map(
    steps.flatMap(({ id, place, to }) =>
      to.keepSecret === true
        ? []
        : [place.address, ...(place.with ?? [])].map((address) => [addressOf(place, address), id] as const),
    ),
  )
}

/** By document alone: what shares a username with a place may be another consumer's. */
function addressOf({ at }: Pick<PlaceRef, 'at'>, address: string): string {
  return [at.kind === 'file' ? at.path : at.url, address].join('\0')
}

/** Secrets that open something, with all places that hold them. What is buried holds it for good, which is one reason more to revoke it. */
function holders({ places, diagnoses }: PlanInput): ReadonlyMap<Fingerprint, readonly Place[]> {
  const found = new Map<Fingerprint, Place[]>()
  for (const place of places) {
    const { secret, id, buried } = place
    if (
      buried !== undefined ||
      secret?.value === undefined ||
      !REVOCABLE.has(secret.kind) ||
      diagnoses.get(id)?.code === 'D108'
    )
      continue
    const known = found.get(secret.value.fingerprint)
    if (known === undefined) found.set(secret.value.fingerprint, [place])
    else known.push(place)
  }
  return found
}
