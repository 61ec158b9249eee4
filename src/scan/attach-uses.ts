import type { Place } from '../model/place.ts'
import type { Demand, Repository, Use } from '../model/use.ts'
import { indexJenkinsPlaces, type JenkinsPlaces } from './jenkins-places.ts'

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
  const answersOf = answering(places, demands)
  for (const found of demands) {
    const { answering, use } = answersOf(found)
    for (const place of answering) {
      const uses = gained.get(place)
      if (uses === undefined) gained.set(place, [use])
      else uses.push(use)
    }
    if (answering.length === 0) unanswered.push(use)
  }
  const asked = demands.map(({ demand }) => useOf(demand))
  const known = [...asked, ...places.flatMap((place) => place.uses)].filter((use) => use.repository !== undefined)
  const attached = places.map((place) => {
    const given = gained.get(place) ?? []
    // What nothing proves needs no repository to prove it on: every use is told.
    if (!isProved(place)) return { ...place, uses: distinct([...place.uses, ...given]) }
    return { ...place, uses: usesFor(place, given, known, example) }
  })
  return { places: attached.filter(concernsBitbucket), unanswered: distinct(unanswered) }
}

export function useOf({ of: _, ...use }: Demand): Use {
  return use
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
  return place.host !== '' || place.uses.some((use) => use.repository !== undefined || use.workspace !== undefined)
}

interface Answered {
  readonly answering: readonly Place[]
  readonly use: Use
}

function answering(places: readonly Place[], demands: readonly FoundDemand[]): (found: FoundDemand) => Answered {
  const jobs = jobsByRepository(demands)
  const jenkins = indexJenkinsPlaces(places)
  const serving = places.filter((place) => place.secret !== undefined && servesAnyRepository(place))
  return ({ demand, foundIn }) => {
    const { of } = demand
    const use = useOf(demand)
    if (of.kind === 'jenkins') return { use, answering: jenkins.forItem(of.credentialId, of.item, foundIn) }
    if (of.kind === 'host')
      return { use, answering: hostPlaces(of.host, of.username, foundIn, serving, demand.by.startsWith('job ')) }
    return jenkinsfileAnswer(of, use, jenkins, jobs)
  }
}

interface Job {
  readonly item: string
  /** The controller, or the file of its home. */
  readonly foundIn: string
}

type Jobs = ReadonlyMap<string, readonly Job[]>

function jobsByRepository(demands: readonly FoundDemand[]): Jobs {
  const jobs = new Map<string, Job[]>()
  for (const { demand, foundIn } of demands) {
    const { of, repository } = demand
    if (of.kind !== 'jenkins' || repository === undefined) continue
    const key = repositoryKey(repository)
    const known = jobs.get(key)
    const job = { item: of.item, foundIn }
    if (known === undefined) jobs.set(key, [job])
    else if (!known.some((other) => other.item === job.item && other.foundIn === foundIn)) known.push(job)
  }
  return jobs
}

/** Bitbucket does not tell names in upper case from others. */
function repositoryKey({ workspace, slug }: Repository): string {
  return `${workspace}/${slug}`.toLowerCase()
}

/**
 * The credential that a job which builds the repository would be given; where no job is known to, the only one that has the id, and
 * the use says so.
 */
function jenkinsfileAnswer(
  { credentialId, repositories }: Extract<Demand['of'], { kind: 'jenkinsfile' }>,
  use: Use,
  jenkins: JenkinsPlaces,
  jobs: Jobs,
): Answered {
  const building = repositories.flatMap((repository) => jobs.get(repositoryKey(repository)) ?? [])
  const given = building.flatMap(({ item, foundIn }) => jenkins.forItem(credentialId, item, foundIn))
  if (building.length > 0) return { use, answering: [...new Set(given)] }
  const named = jenkins.withId(credentialId)
  return named.length === 1
    ? { use: { ...use, by: `${use.by} (by the id of the credential alone)` }, answering: named }
    : { use, answering: [] }
}

function hostPlaces(
  host: string,
  username: string | undefined,
  foundIn: string,
  serving: readonly Place[],
  onAgent: boolean,
): readonly Place[] {
  const fitting = serving.filter(
    (place) => place.host === host && (username === undefined || place.username?.text === username),
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
    uses.map((use) => [
      `${use.operation} ${use.access} ${use.repository?.workspace ?? use.workspace}/${use.repository?.slug} ${use.by}`,
      use,
    ]),
  )
  return [...seen.values()]
}
