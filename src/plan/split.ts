import { usernameFor } from '../bitbucket/usernames.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import type { Use } from '../model/use.ts'
import { sideOf } from './choose-username.ts'
import type { PlanInput } from './plan-input.ts'

/** One credential made two: what is made for git, what is told to name it, and what stays for REST. */
export interface Split {
  readonly made: PlaceRef
  readonly username: string
  readonly gitUses: readonly Use[]
  readonly restUses: readonly Use[]
  readonly rewired: readonly { readonly place: PlaceRef; readonly uses: readonly Use[] }[]
  readonly reference: NonNullable<Step['to']['reference']>
}

/** `undefined`: this credential cannot be split here, for not everything that uses it for git can be told to name another one. */
export function splitOf(place: Place, input: PlanInput, taken: ReadonlySet<string>): Split | undefined {
  if (input.creating?.has(place.consumer) !== true || place.with !== undefined) return undefined
  const gitUses = place.uses.filter((use) => sideOf(use) === 'git')
  const restUses = place.uses.filter((use) => sideOf(use) !== 'git')
  const rewired = byReference(gitUses)
  const stays = new Set(restUses.flatMap(({ reference }) => (reference === undefined ? [] : [reference.id])))
  const isWhole = rewired?.every(({ place: one }) => canRewire(one, stays, input))
  const id = credentialId(place)
  const username = usernameFor('git-fetch', 'api-token', {})
  if (rewired === undefined || isWhole !== true || id === undefined || username.kind !== 'use') return undefined
  const name = freeSuffix(place, taken)
  return {
    made: siblingRef(place, name),
    username: username.username,
    gitUses,
    restUses,
    rewired,
    reference: { from: id, to: `${id}${name}` },
  }
}

/** Every mention in the place changes, so a place that also names it for REST cannot be told to name another one. */
function canRewire({ id }: PlaceRef, stays: ReadonlySet<string>, { digests }: PlanInput): boolean {
  return !stays.has(id) && digests.has(id)
}

/** The places that name the credential for git, each once; `undefined`: a use comes of none that can be changed. */
function byReference(uses: readonly Use[]): Split['rewired'] | undefined {
  const places = new Map<string, { readonly place: PlaceRef; readonly uses: Use[] }>()
  for (const use of uses) {
    if (use.reference === undefined) return undefined
    const known = places.get(use.reference.id)
    if (known === undefined) places.set(use.reference.id, { place: use.reference, uses: [use] })
    else known.uses.push(use)
  }
  return [...places.values()]
}

/** The id under which jobs name it: the last part of its address. */
function credentialId({ address }: PlaceRef): string | undefined {
  const last = address.split('/').at(-1) ?? ''
  try {
    return last === '' ? undefined : decodeURIComponent(last)
  } catch {
    return undefined
  }
}

/** `bb` becomes `bb-git`, or `bb-git2` where that is taken. */
function freeSuffix(place: Place, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '-git' : `-git${number}`
    const isTaken = taken.has(`${place.consumer} ${place.address}${suffix}`) || taken.has(`${idKeyOf(place)}${suffix}`)
    if (!isTaken) return suffix
  }
}

/**
 * Consumer and address of every place, and the id alone, for names that are free: in Jenkins an id in a folder hides the same id of the
 * stores around it, whatever the domain, and so does one further down from the jobs there.
 */
export function takenAddresses(places: readonly Place[]): ReadonlySet<string> {
  return new Set(places.flatMap((place) => [`${place.consumer} ${place.address}`, idKeyOf(place)]))
}

/** The id as the address has it. */
function idKeyOf({ consumer, address }: PlaceRef): string {
  return `${consumer} id ${address.split('/').at(-1) ?? ''}`
}

/** Beside it in the same store: same file, or the URL of its name. The suffix needs no encoding in either. */
function siblingRef({ id, consumer, at, address }: Place, suffix: string): PlaceRef {
  const where = at.kind === 'file' ? at : { kind: 'url' as const, url: `${at.url}${suffix}` }
  return { id: `${id}${suffix}`, consumer, at: where, address: `${address}${suffix}` }
}

/** What a caller reads besides the places themselves: what names a credential that may have to be split. */
export function referencesToRead(places: readonly Place[]): readonly PlaceRef[] {
  const references = new Map<string, PlaceRef>()
  for (const { uses, secret } of places) {
    const sides = new Set(uses.map(sideOf))
    if (secret === undefined || !sides.has('git') || sides.size < 2) continue
    for (const { reference } of uses) if (reference !== undefined) references.set(reference.id, reference)
  }
  return [...references.values()]
}
