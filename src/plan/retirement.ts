import type { DiagnosisCode } from '../model/diagnosis.ts'
import type { Place, PlaceId, PlaceRef } from '../model/place.ts'
import type { Retirement, Step, StepId } from '../model/plan.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import { REVOKE } from './buried.ts'
import { ownerOf } from './choose-token.ts'
import type { PlanInput } from './plan-input.ts'

/** App passwords are dead, OAuth tokens end by themselves; what else opens something is revoked by its owner. */
const REVOCABLE: ReadonlySet<SecretKind> = new Set(['api-token', 'access-token', 'oauth-consumer'])

/** They open nothing any more: one has ended, the other is no whole copy of any token. */
const OPENS_NOTHING: ReadonlySet<DiagnosisCode> = new Set(['D108', 'D109'])
/** Tokens without scopes, and those of other apps. */
const OPENS_OTHER_APPS: ReadonlySet<DiagnosisCode> = new Set(['D102', 'D103', 'D104'])
const LOOK_THERE = 'It opens nothing of Bitbucket, but may open Jira or Confluence: look there first for what uses it.'

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
  { tokens, diagnoses }: PlanInput,
): Retirement {
  const kind = gone[0]?.place.secret?.kind ?? 'unknown'
  const isOfOtherApps = gone.some(({ place }) => has(OPENS_OTHER_APPS, diagnoses.get(place.id)?.code))
  const owner = gone.map(({ place }) => ownerOf(place, tokens)).find((one) => one !== undefined)
  return {
    fingerprint,
    kind,
    ...(owner === undefined ? {} : { owner }),
    places: gone.map(({ place }) => place.id),
    steps: gone.map(({ step }) => step),
    still,
    wayOut: kind === 'app-password' ? '' : isOfOtherApps ? `${LOOK_THERE} ${REVOKE[kind]}` : REVOKE[kind],
  }
}

function has(codes: ReadonlySet<DiagnosisCode>, code: DiagnosisCode | undefined): boolean {
  return code !== undefined && codes.has(code)
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
      has(OPENS_NOTHING, diagnoses.get(id)?.code)
    )
      continue
    const known = found.get(secret.value.fingerprint)
    if (known === undefined) found.set(secret.value.fingerprint, [place])
    else known.push(place)
  }
  return found
}
