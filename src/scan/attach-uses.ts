import { homeOfJenkins, itemOf } from '../model/controller-of.ts'
import { filledByCode } from '../model/filled-by-code.ts'
import { type Hindrance, locationText, type Place, type PlaceOwner } from '../model/place.ts'
import { sharedWith } from '../model/shared-with.ts'
import type { Demand, Repository, Use } from '../model/use.ts'
import { askedByName } from './asked-by-name.ts'
import { type Answer, append, hostStores, type OwnFiles, repositoryKey } from './host-stores.ts'

/** A demand and the document or controller it was found in. */
export interface FoundDemand {
  readonly demand: Demand
  /** Absolute path of a file, or URL. */
  readonly foundIn: string
}

/**
 * Places with the uses that the demands give them, and the demands that no place answers. `isProved`: whether keyturn asks with what
 * stands there; only then a place without a repository of its own borrows one. `on what is given`: it does so as any field is asked
 * about, keeps all of its uses, and borrows nothing but what the user gave. `own`: what git of the user who runs this reads.
 */
export function attachUses(
  found: readonly Place[],
  all: readonly FoundDemand[],
  example?: Repository,
  isProved: (place: Place) => boolean | 'on what is given' = () => true,
  own: OwnFiles = { home: undefined, files: new Set() },
): { readonly places: readonly Place[]; readonly unanswered: readonly Use[] } {
  const { places, hindrances: asked } = askedByName(found)
  const gained = new Map<Place, Use[]>()
  const unanswered: Use[] = []
  const doubtful = new Set<Place>()
  const shared = givenElsewhere(places, all)
  const demands = all.filter(({ demand }) => demand.of.kind !== 'other host')
  const answersOf = answering(places, demands, own)
  for (const each of demands) {
    const { answering, use } = answersOf(each)
    for (const { place, doubt } of answering) append(gained, place, doubt === undefined ? use : { ...use, doubt })
    if (each.demand.of.kind === 'jenkins') for (const place of ofOneId(answering)) doubtful.add(place)
    if (answering.length === 0) unanswered.push(use)
  }
  const lent = lending(places, demands)
  const owners = codeOwners(places)
  const attached = places.map((each) => {
    const given = gained.get(each) ?? []
    const why = doubtful.has(each) ? IN_DOUBT : (shared.get(each) ?? asked.get(each))
    const place = resolved(hindered(owned(each, owners), why), given)
    // What nothing proves needs no repository to prove it on: every use is told.
    if (isProved(place) === false) return { ...place, uses: distinct([...place.uses, ...given]) }
    if (isProved(place) === 'on what is given')
      return { ...place, uses: distinct([...ownUses(place, given), ...given].map((use) => onExample(use, example))) }
    return { ...place, uses: usesFor(place, given, lent, example) }
  })
  return { places: attached.filter(concernsBitbucket), unanswered: distinct(unanswered) }
}

/** Places that stand for several credentials of one id: in the stores, or in one file that fills the system's. */
function ofOneId(answering: readonly Answer[]): readonly Place[] {
  const groups = new Map<string, Place[]>()
  for (const { place } of answering)
    append(groups, place.declares === undefined ? 'stored' : locationText(place.at), place)
  return [...groups.values()].flatMap((places) => (places.length > 1 ? places : []))
}

/** Of credentials that the system store of a home has, by the home and the id. */
function codeOwners(places: readonly Place[]): ReadonlyMap<string, PlaceOwner> {
  const declared = places.flatMap(({ declares, at }) =>
    declares === undefined
      ? []
      : [[`${declares.home} ${addressPart(declares.credentialId)}`, filledByCode(locationText(at))] as const],
  )
  return new Map(declared)
}

/** A store is read beside files of the usual names alone; a scan has seen the others. */
function owned(place: Place, owners: ReadonlyMap<string, PlaceOwner>): Place {
  const { consumer, at, address } = place
  const [, id] = /^system\/[^/]+\/([^/]+)$/.exec(address) ?? []
  if (consumer !== 'jenkins-home' || place.ownedBy !== undefined || owners.size === 0) return place
  const ownedBy = owners.get(`${homeOfJenkins(locationText(at))} ${id}`)
  return ownedBy === undefined ? place : { ...place, ownedBy }
}

/** Nothing in its own file tells, and something else does. */
function resolved(place: Place, given: readonly Use[]): Place {
  if (place.declares === undefined || given.length === 0) return place
  const { unresolved: _, ...known } = place
  return known
}

/** What is usual gives way to what is known. */
function ownUses({ declares, uses }: Place, given: readonly Use[]): readonly Use[] {
  return declares?.isUseGuessed === true && given.length > 0 ? [] : uses
}

/** Jenkins gives the one whose domain it comes to first, and nothing that it shows tells which; the other may be for another system. */
const IN_DOUBT: Hindrance = {
  kind: 'not writable',
  reason: 'its store has another one of the same id in another domain, and which of them jobs are given is not known',
  wayOut: 'Give one of them another id, or a domain for its own host, and plan again.',
}

/** What hinders it by itself comes first. */
function hindered(place: Place, hindrance: Hindrance | undefined): Place {
  return hindrance === undefined ? place : { hindrance, ...place }
}

/**
 * Credentials of homes that jobs of other hosts are given, by the first of them. One of the global domain alone is told: one of a domain of
 * its own is for the hosts of that. A controller that is asked tells it of its places itself.
 */
function givenElsewhere(places: readonly Place[], demands: readonly FoundDemand[]): ReadonlyMap<Place, Hindrance> {
  const shared = new Map<Place, Hindrance>()
  const elsewhere = demands.filter(({ demand }) => demand.of.kind === 'other host')
  if (elsewhere.length === 0) return shared
  const stored = storedCredentials(places)
  for (const { demand, foundIn } of elsewhere) {
    const { of } = demand
    if (of.kind !== 'other host') continue
    const given = jenkinsPlaces(of.credentialId, of.item, foundIn, stored, (place) => isGiven(place, demand))
    const [place, ...more] = given.filter(({ declares }) => declares === undefined)
    const isForAll = more.length === 0 && (place === undefined || /(?:^|\/)_\/[^/]+$/.test(place.address))
    for (const one of isForAll ? given : [])
      if (!shared.has(one)) shared.set(one, sharedWith(demand.by, of.host, 'by hand'))
  }
  return shared
}

/**
 * A workspace is narrower than what the user gave for all places, unless that is one of its repositories. REST is asked for the workspace
 * itself.
 */
export function onExample(use: Use, example: Repository | undefined): Use {
  if (example === undefined || use.repository !== undefined) return use
  const { workspace, ...open } = use
  const isAbout = use.operation !== 'rest' && workspace?.toLowerCase() === example.workspace.toLowerCase()
  return workspace === undefined || isAbout ? { ...open, repository: example } : use
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
  lent: (place: Place) => Lent | undefined,
  example: Repository | undefined,
): readonly Use[] {
  const told = [...place.uses.filter((use) => use.repository !== undefined), ...gained]
  const own = distinct(told.map((use) => onExample(use, example)))
  const [first] = place.uses
  if (own.length > 0) return own
  if (first === undefined) {
    const isAsked = example !== undefined && !isOfOneReach(place)
    return isAsked ? [{ operation: 'git-fetch', repository: example, by: GIVEN }] : []
  }
  const operations = new Set(place.uses.map((use) => use.operation))
  const operation = operations.has('rest') && !operations.has('git-fetch') ? 'rest' : 'git-fetch'
  if (example !== undefined) return [{ operation, repository: example, by: first.by }]
  const known = lent(place)
  return known === undefined ? place.uses : [{ operation, ...known }]
}

/** Nothing uses it, as far as was seen. */
const GIVEN = 'the repository that was named'

/** Of a controller that runs: only a job in its folder, its user, or who asks a host of its domain is given it; a question from elsewhere is refused. */
function isOfOneReach({ at, address, withheldFrom }: Place): boolean {
  return at.kind === 'url' && (withheldFrom !== undefined || !address.startsWith('system/_/'))
}

type Lent = Required<Pick<Use, 'repository' | 'by'>>

/** One that goes by the same username, else any: its owner can be expected to read what is cloned under that name. */
function lending(places: readonly Place[], demands: readonly FoundDemand[]): (place: Place) => Lent | undefined {
  const byUsername = new Map<string | undefined, Lent>()
  const lend = (username: string | undefined, { repository, by }: Use): void => {
    if (repository === undefined) return
    for (const name of new Set([username, undefined])) {
      const known = byUsername.get(name)
      if (known === undefined || comesFirst({ repository, by }, known)) byUsername.set(name, { repository, by })
    }
  }
  for (const { demand } of demands) lend(demand.of.kind === 'host' ? demand.of.username : undefined, useOf(demand))
  for (const { username, uses } of places) for (const use of uses) lend(username?.text, use)
  return ({ username }) => byUsername.get(username?.text) ?? byUsername.get(undefined)
}

/** Whatever was read first. */
function comesFirst(one: Lent, other: Lent): boolean {
  const text = ({ repository: { workspace, slug }, by }: Lent): string => `${workspace}/${slug} ${by}`
  return text(one) < text(other)
}

/** A candidate without a host is kept only when something that talks to Bitbucket uses it. */
function concernsBitbucket(place: Place): boolean {
  return place.host !== '' || place.uses.some((use) => use.repository !== undefined || use.workspace !== undefined)
}

interface Answered {
  readonly answering: readonly Answer[]
  readonly use: Use
}

function answering(
  places: readonly Place[],
  demands: readonly FoundDemand[],
  own: OwnFiles,
): (found: FoundDemand) => Answered {
  const jobs = jobsByRepository(demands)
  const stored = storedCredentials(places)
  const ofHost = hostStores(places, own)
  return ({ demand, foundIn }) => {
    const { of } = demand
    const use = useOf(demand)
    if (of.kind === 'jenkins')
      return {
        use,
        answering: asAnswers(jenkinsPlaces(of.credentialId, of.item, foundIn, stored, (place) => isGiven(place, use))),
      }
    if (of.kind === 'host')
      return { use, answering: ofHost(of, demand.repository, foundIn, demand.by.startsWith('job ')) }
    return of.kind === 'other host' ? { use, answering: [] } : jenkinsfileAnswer(of, use, stored, jobs)
  }
}

function asAnswers(places: readonly Place[]): readonly Answer[] {
  return places.map((place) => ({ place }))
}

/** Places that are credentials of a Jenkins: by their id, and by the store and the id. A controller has many jobs and many of these. */
interface StoredCredentials {
  readonly byId: ReadonlyMap<string, readonly Place[]>
  readonly byStore: ReadonlyMap<string, readonly Place[]>
  /** What Configuration as Code declares, by the home and the id. */
  readonly declared: ReadonlyMap<string, readonly Place[]>
}

function storedCredentials(places: readonly Place[]): StoredCredentials {
  const byId = new Map<string, Place[]>()
  const byStore = new Map<string, Place[]>()
  const declared = new Map<string, Place[]>()
  for (const place of places) {
    const { declares } = place
    if (declares !== undefined) append(declared, `${declares.home} ${declares.credentialId}`, place)
    if (place.consumer !== 'jenkins' && place.consumer !== 'jenkins-home') continue
    // `system/<domain>/<id>`, `folder/<full name>/<domain>/<id>`.
    const [, store, id] = /^((?:system|folder\/.+|provider\/[^/]+))\/[^/]+\/([^/]+)$/.exec(place.address) ?? []
    if (store === undefined || id === undefined) continue
    append(byId, id, place)
    append(byStore, `${store.startsWith('provider/') ? 'provider' : store} ${id}`, place)
  }
  return { byId, byStore, declared }
}

interface Job {
  readonly item: string
  /** The controller, or the file of its home. */
  readonly foundIn: string
}

type Jobs = ReadonlyMap<string, readonly Job[]>

function jobsByRepository(demands: readonly FoundDemand[]): Jobs {
  const jobs = new Map<string, Map<string, Job>>()
  for (const { demand, foundIn } of demands) {
    const { of, repository } = demand
    if (of.kind !== 'jenkins' || repository === undefined) continue
    const key = repositoryKey(repository)
    const known = jobs.get(key) ?? new Map<string, Job>()
    jobs.set(key, known.set(`${of.item}\0${foundIn}`, { item: of.item, foundIn }))
  }
  return new Map([...jobs].map(([key, known]) => [key, [...known.values()]]))
}

/**
 * The credential that a job which builds the repository would be given; where no job is known to, the only one that has the id, and
 * the use says so.
 */
function jenkinsfileAnswer(
  { credentialId, repositories }: Extract<Demand['of'], { kind: 'jenkinsfile' }>,
  use: Use,
  stored: StoredCredentials,
  jobs: Jobs,
): Answered {
  const building = repositories.flatMap((repository) => jobs.get(repositoryKey(repository)) ?? [])
  const given = building.flatMap(({ item, foundIn }) => jenkinsPlaces(credentialId, item, foundIn, stored))
  if (building.length > 0) return { use, answering: asAnswers([...new Set(given)]) }
  const named = stored.byId.get(addressPart(credentialId)) ?? []
  return named.length === 1
    ? { use: { ...use, by: `${use.by} (by the id of the credential alone)` }, answering: asAnswers(named) }
    : { use, answering: [] }
}

/**
 * Nearest enclosing folder first, then system (docs/consumers/jenkins-home.md, "Which credential an id means"), then what plugins
 * provide from elsewhere. With one of the system, or where none is stored yet, what fills that store at the next start.
 */
function jenkinsPlaces(
  credentialId: string,
  item: string,
  foundIn: string,
  { byStore, declared }: StoredCredentials,
  isGivenTo: (place: Place) => boolean = () => true,
): readonly Place[] {
  const id = addressPart(credentialId)
  const parts = item.split('/')
  const folders = parts.map((_, index) => `folder/${parts.slice(0, parts.length - index).join('/')}`)
  for (const store of [...folders, 'system', 'provider']) {
    const known = byStore.get(`${store} ${id}`) ?? []
    const here = known.filter((place) => isOfController(place, foundIn, item))
    const own = here.filter(isGivenTo)
    const isFilled = store === 'system' && (own.length > 0 || here.length === 0)
    const filling = isFilled ? (declared.get(`${homeOfJenkins(foundIn, item)} ${credentialId}`) ?? []) : []
    if (own.length + filling.length > 0) return [...own, ...filling]
  }
  return []
}

/** What an item is not given does not hide one farther out (docs/consumers/jenkins.md, "Which credential an id means"). */
function isGiven({ withheldFrom }: Place, { operation, by }: Use): boolean {
  const isPlainGit = operation === 'git-fetch' && !by.endsWith(' (Branch Source)')
  return withheldFrom === undefined || (withheldFrom === 'plain git' && !isPlainGit)
}

/** Addresses of places have no white space. */
function addressPart(name: string): string {
  return name.replace(/[\s/%]/g, encodeURIComponent)
}

function isOfController({ at, address }: Place, foundIn: string, item: string): boolean {
  const placeAt = locationText(at)
  if (/^https?:/.test(foundIn)) return placeAt.startsWith(`${foundIn}/`)
  if (/^https?:/.test(placeAt)) return false
  return homeOfJenkins(placeAt, itemOf(address)) === homeOfJenkins(foundIn, item)
}

/** Where one of two clones leaves a doubt, it stays: they cannot be told apart by what they use. */
function distinct(uses: readonly Use[]): readonly Use[] {
  const seen = new Map<string, Use>()
  for (const use of uses) {
    const key = `${use.operation} ${use.access} ${use.resource} ${use.repository?.workspace ?? use.workspace}/${use.repository?.slug} ${use.by}`
    if (seen.get(key)?.doubt === undefined) seen.set(key, use)
  }
  return [...seen.values()]
}
