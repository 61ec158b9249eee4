import type { Place, PlaceId } from '../model/place.ts'
import type { Retirement, Step } from '../model/plan.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import { REVOKE } from './buried.ts'
import { ownerOf } from './choose-token.ts'
import type { PlanInput } from './plan-input.ts'

/** App passwords are dead, OAuth tokens end by themselves; what else opens something is revoked by its owner. */
const REVOCABLE: ReadonlySet<SecretKind> = new Set(['api-token', 'access-token', 'oauth-consumer'])

interface Holders {
  readonly first: Place
  readonly ids: PlaceId[]
}

/** Old secrets that steps replace and that still open something: their owners revoke them at the very end. */
export function retirements(steps: readonly Step[], input: PlanInput): readonly Retirement[] {
  const replaced = new Set(steps.flatMap((step) => (step.to.keepSecret === true ? [] : step.place.id)))
  const together = new Set(
    steps.flatMap(({ place }) => (place.with ?? []).map((address) => `${where(place)}\0${address}`)),
  )
  const kept = new Set(steps.flatMap(({ to }) => to.fingerprint ?? []))
  return [...holders(input)].flatMap(([fingerprint, { first, ids, places }]) => {
    const gone = places.filter((place) => replaced.has(place.id) || together.has(`${where(place)}\0${place.address}`))
    if (gone.length === 0 || kept.has(fingerprint)) return []
    const changed = new Set(gone.map(({ id }) => id))
    const kind = first.secret?.kind ?? 'unknown'
    const owner = ownerOf(first)
    return [
      {
        fingerprint,
        kind,
        ...(owner === undefined ? {} : { owner }),
        places: [...changed],
        still: ids.filter((id) => !changed.has(id)),
        wayOut: kind === 'app-password' ? '' : REVOKE[kind],
      },
    ]
  })
}

function where({ at }: Pick<Place, 'at'>): string {
  return at.kind === 'file' ? at.path : at.url
}

function holders({
  places,
  diagnoses,
}: PlanInput): ReadonlyMap<Fingerprint, Holders & { readonly places: readonly Place[] }> {
  const found = new Map<Fingerprint, Holders & { readonly places: Place[] }>()
  for (const place of places) {
    const { secret, id } = place
    if (secret?.value === undefined || !REVOCABLE.has(secret.kind) || diagnoses.get(id)?.code === 'D108') continue
    const known = found.get(secret.value.fingerprint)
    if (known === undefined) found.set(secret.value.fingerprint, { first: place, ids: [id], places: [place] })
    else {
      known.ids.push(id)
      known.places.push(place)
    }
  }
  return found
}
