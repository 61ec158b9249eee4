import { join } from 'node:path'
import type { Place } from '../model/place.ts'
import type { Repository, Use } from '../model/use.ts'
import { holderOf } from '../model/variable-flow.ts'
import type { FoundDemand } from './attach-uses.ts'
import { type Followed, followVariables, placeKey } from './follow-variables.ts'
import { repositoryRoots } from './repository-roots.ts'
import type { Search } from './search.ts'

export interface FollowedScan {
  readonly places: readonly Place[]
  /** What Jenkinsfiles do with credentials of a controller. */
  readonly demands: readonly FoundDemand[]
}

/** Places with the uses of their variables, each inside its own repository. `roots`: what was scanned. */
export async function followIn(
  places: readonly Place[],
  roots: readonly string[],
  search: Search,
): Promise<FollowedScan> {
  const { flows, context, demands } = search
  if (flows.size === 0) return { places, demands: [] }
  const folders = await repositoryRoots([...flows.keys()], roots, context.system.files)
  const documents = [...flows].map(([path, flow]) => ({ path, flow, root: folders.get(path) ?? path }))
  const followed = followVariables(documents)
  return {
    places: places.map((place) => withFollowed(place, followed)),
    demands: jenkinsfileDemands(followed, remotesOf(demands, places)),
  }
}

function withFollowed(place: Place, { ofPlaces, names }: Followed): Place {
  if (place.at.kind !== 'file') return place
  const key = placeKey(place.at.path, holderOf(place))
  const seen = distinct((ofPlaces.get(key) ?? []).map(({ use }) => use))
  const name = names.get(key)
  if (seen.length > 0) {
    const { unresolved, ...known } = place
    const host = seen.every(({ operation }) => operation === 'rest') ? 'api.bitbucket.org' : 'bitbucket.org'
    // What is seen is better than what a name suggests; what a consumer is known to do, it does besides.
    if (unresolved !== undefined) return { ...known, host, uses: seen }
    // A detector that follows inside of its document has seen some of the same.
    return { ...known, uses: [...place.uses.filter((use) => use.followed !== true), ...seen] }
  }
  if (place.unresolved === undefined || name === undefined) return place
  return { ...place, unresolved: `nothing in its repository was seen to read ${name}` }
}

/** The same line may read one credential through two variables. */
function distinct(uses: readonly Use[]): readonly Use[] {
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()]
}

/** Repositories of Bitbucket that a clone has as remotes, by the path of its configuration. */
function remotesOf(
  demands: readonly FoundDemand[],
  places: readonly Place[],
): ReadonlyMap<string, readonly Repository[]> {
  const remotes = new Map<string, Repository[]>()
  const add = (path: string, repository: Repository | undefined): void => {
    if (repository !== undefined) remotes.set(path, [...(remotes.get(path) ?? []), repository])
  }
  for (const { demand, foundIn } of demands) if (demand.of.kind === 'host') add(foundIn, demand.repository)
  for (const { at, uses } of places)
    if (at.kind === 'file' && at.path.endsWith('.git/config')) for (const use of uses) add(at.path, use.repository)
  return remotes
}

function jenkinsfileDemands(
  { ofCredentials }: Followed,
  remotes: ReadonlyMap<string, readonly Repository[]>,
): readonly FoundDemand[] {
  return [...ofCredentials].flatMap(([credentialId, uses]) =>
    uses.map(({ use, foundIn, root }): FoundDemand => {
      const repositories = remotes.get(join(root, '.git', 'config')) ?? []
      return { demand: { ...use, of: { kind: 'jenkinsfile', credentialId, repositories } }, foundIn }
    }),
  )
}
