import type { Place, PlaceId } from '../model/place.ts'
import type { Repository, RestAccess, RestResource, Use } from '../model/use.ts'

/** What a person says that a place is used for. */
export type ToldUse =
  /** `git-push`: it fetches as well. */
  | { readonly operation: 'git-fetch' | 'git-push' }
  /** Jenkins' Bitbucket Branch Source, which asks REST and git with one credential. */
  | { readonly operation: 'branch source' }
  /** Absent `resource`: repositories; absent `access`: it reads. */
  | { readonly operation: 'rest'; readonly resource?: RestResource; readonly access?: RestAccess }

/**
 * What was seen stays, and what is told comes to it. Where nothing was seen, so that the uses are a guess (`unresolved`), what is told
 * takes its place.
 */
export function withToldUses(
  places: readonly Place[],
  told: ReadonlyMap<PlaceId, readonly ToldUse[]>,
): readonly Place[] {
  return places.map((place) => {
    const said = told.get(place.id)
    return said === undefined ? place : withUses(place, said)
  })
}

function withUses(place: Place, said: readonly ToldUse[]): Place {
  const { unresolved, uses, ...known } = place
  const repository = uses.find((use) => use.repository !== undefined)?.repository
  const more = said.flatMap((use) => usesOf(use, repository))
  return { ...known, uses: unresolved === undefined ? [...uses, ...more] : more }
}

const BY = '--use'

function usesOf(said: ToldUse, repository: Repository | undefined): readonly Use[] {
  const where = repository === undefined ? {} : { repository }
  if (said.operation !== 'branch source') return [{ ...said, ...where, by: BY }]
  return (['rest', 'git-fetch'] as const).map((operation) => ({ operation, ...where, by: `${BY} (Branch Source)` }))
}
