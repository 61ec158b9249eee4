import type { Place } from '../model/place.ts'
import type { Demand, Repository, Use } from '../model/use.ts'

/** A demand and the document or controller it was found in. */
export interface FoundDemand {
  readonly demand: Demand
  /** Absolute path of a file, or URL. */
  readonly foundIn: string
}

/**
 * Places with the uses that the demands give them, and the demands that no place answers. `isProved`: whether keyturn asks with what
 * stands there; only then a place without a repository of its own borrows one.
 */
export function attachUses(
  places: readonly Place[],
  demands: readonly FoundDemand[],
  example?: Repository,
  isProved: (place: Place) => boolean = () => true,
): { readonly places: readonly Place[]; readonly unanswered: readonly Use[] } {
  const gained = new Map<Place, Use[]>()
  const unanswered: Use[] = []
  for (const found of demands) {
    const answering = placesAnswering(found, places)
    const use = useOf(found.demand)
    for (const place of answering) gained.set(place, [...(gained.get(place) ?? []), use])
    if (answering.length === 0) unanswered.push(use)
  }
  const asked = demands.map(({ demand }) => useOf(demand))
  const known = [...asked, ...places.flatMap((place) => place.uses)].filter((use) => use.repository !== undefined)
  const attached = places.map((place) => {
    const [lenders, given] = isProved(place) ? [known, example] : [[], undefined]
    return { ...place, uses: usesFor(place, gained.get(place) ?? [], lenders, given) }
  })
  return { places: attached.filter(concernsBitbucket), unanswered: distinct(unanswered) }
}

function useOf({ operation, repository, by }: Demand): Use {
  return { operation, by, ...(repository === undefined ? {} : { repository }) }
}

/**
 * Where nothing names a repository, the one that the user gave, or a known one, serves to judge and prove the place on: for
 * reading only, since nothing says that it is used for more.
 */
function usesFor(
  place: Place,
  gained: readonly Use[],
  known: readonly Use[],
  example: Repository | undefined,
): readonly Use[] {
  const own = distinct([...place.uses.filter((use) => use.repository !== undefined), ...gained])
  const [first] = place.uses
  if (own.length > 0 || first === undefined) return own
  const operations = new Set(place.uses.map((use) => use.operation))
  const operation = operations.has('rest') && !operations.has('git-fetch') ? 'rest' : 'git-fetch'
  if (example !== undefined) return [{ operation, repository: example, by: first.by }]
  const lent = known.find((use) => use.repository !== undefined)
  return lent?.repository === undefined ? place.uses : [{ operation, repository: lent.repository, by: lent.by }]
}

/** A candidate without a host is kept only when something that talks to Bitbucket uses it. */
function concernsBitbucket(place: Place): boolean {
  return place.host !== '' || place.uses.some((use) => use.repository !== undefined)
}

function placesAnswering({ demand, foundIn }: FoundDemand, places: readonly Place[]): readonly Place[] {
  return demand.of.kind === 'jenkins'
    ? jenkinsPlaces(demand.of.credentialId, demand.of.item, foundIn, places)
    : hostPlaces(demand.of.host, demand.of.username, foundIn, places, demand.by.startsWith('job '))
}

/** Nearest enclosing folder first, then system (docs/consumers/jenkins-home.md, "Which credential an id means"). */
function jenkinsPlaces(
  credentialId: string,
  item: string,
  foundIn: string,
  places: readonly Place[],
): readonly Place[] {
  const id = addressPart(credentialId)
  const sameController = places.filter((place) => isOfController(locationText(place), foundIn))
  for (let depth = item.split('/').length; depth > 0; depth--) {
    const folder = item.split('/').slice(0, depth).join('/')
    const inFolder = sameController.filter(
      (place) => place.address.startsWith(`folder/${folder}/`) && isIn(place.address, folder, id),
    )
    if (inFolder.length > 0) return inFolder
  }
  return sameController.filter((place) => place.address.startsWith('system/') && place.address.endsWith(`/${id}`))
}

function isIn(address: string, folder: string, id: string): boolean {
  const rest = address.slice(`folder/${folder}/`.length).split('/')
  return rest.length === 2 && rest[1] === id
}

/** Addresses of places have no white space. */
function addressPart(name: string): string {
  return name.replace(/[\s/%]/g, encodeURIComponent)
}

function isOfController(placeAt: string, foundIn: string): boolean {
  if (/^https?:/.test(foundIn)) return placeAt.startsWith(`${foundIn}/`)
  return !/^https?:/.test(placeAt) && homeOfJenkins(placeAt) === homeOfJenkins(foundIn)
}

function homeOfJenkins(path: string): string {
  return path.replace(/(\/(jobs|branches)\/[^/]+)+\/config\.xml$|\/users\/[^/]+\/config\.xml$|\/[^/]+\.xml$/, '')
}

function hostPlaces(
  host: string,
  username: string | undefined,
  foundIn: string,
  places: readonly Place[],
  onAgent: boolean,
): readonly Place[] {
  const fitting = places.filter(
    (place) =>
      place.host === host &&
      place.secret !== undefined &&
      servesAnyRepository(place) &&
      (username === undefined || place.username?.text === username),
  )
  const near = fitting.filter((place) => foundIn.startsWith(`${homeOf(locationText(place))}/`))
  // A job without a credential runs under the account of an agent, and nobody here knows whose home that is.
  return near.length > 0 || onAgent ? near : fitting
}

/** Stores and netrc serve every repository of their host; a remote's URL serves its own only. */
function servesAnyRepository(place: Place): boolean {
  return (
    place.consumer === 'netrc' ||
    place.consumer === 'git-credentials' ||
    place.address.startsWith('url.') ||
    place.address.startsWith('http.')
  )
}

function homeOf(path: string): string {
  return path.replace(/\/(\.config\/)?[^/]*(\/credentials|\/config)?$/, '')
}

function locationText(place: Place): string {
  return place.at.kind === 'file' ? place.at.path : place.at.url
}

function distinct(uses: readonly Use[]): readonly Use[] {
  const seen = new Map(
    uses.map((use) => [`${use.operation} ${use.repository?.workspace}/${use.repository?.slug} ${use.by}`, use]),
  )
  return [...seen.values()]
}
