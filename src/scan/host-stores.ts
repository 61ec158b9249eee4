import { locationText, type Place } from '../model/place.ts'
import type { Demand, Repository, Use } from '../model/use.ts'

/** Where git of the user who runs this looks, whatever folder it stands in. Absolute paths without a slash at the end. */
export interface OwnFiles {
  readonly home: string | undefined
  readonly files: ReadonlySet<string>
}

export interface Answer {
  readonly place: Place
  readonly doubt?: NonNullable<Use['doubt']>
}

/** What one file answers for one host. */
interface Store {
  readonly path: string
  readonly home: string
  /** In the order of the file; of settings there is one in each store, for git reads all of them. */
  readonly entries: readonly Place[]
  readonly byUsername: ReadonlyMap<string, Place>
  readonly byRepository: ReadonlyMap<string, readonly Place[]>
}

interface Stores {
  readonly all: readonly Store[]
  readonly byHome: ReadonlyMap<string, readonly Store[]>
}

const CREDENTIALS: ReadonlySet<string> = new Set(['netrc', 'git-credentials'])
const USUAL_STORE = /\/(\.git-credentials|git\/credentials)$/

/** netrc, stores, helpers and settings of git by what they answer. Built once; each demand is then answered by what fits it alone. */
export function hostStores(
  places: readonly Place[],
  own: OwnFiles,
): (
  of: Extract<Demand['of'], { kind: 'host' }>,
  repository: Repository | undefined,
  foundIn: string,
  onAgent: boolean,
) => readonly Answer[] {
  const hosts = storesByHost(places)
  return ({ host, username }, repository, foundIn, onAgent) => {
    const stores = hosts.get(host)
    if (stores === undefined) return []
    const near = foldersAbove(foundIn).flatMap((folder) => stores.byHome.get(folder) ?? [])
    const answers = answersOf(near, { username, repository, foundIn, own })
    // A job without a credential runs under the account of an agent, and nobody here knows whose home that is.
    if (answers.length > 0 || onAgent) return answers
    return answersOf(stores.all, { username, repository, foundIn, own })
  }
}

interface Question {
  readonly username: string | undefined
  readonly repository: Repository | undefined
  readonly foundIn: string
  readonly own: OwnFiles
}

function answersOf(stores: readonly Store[], question: Question): readonly Answer[] {
  const found = stores.map((store) => ({
    store,
    isRead: isRead(store, question),
    entries: entriesFor(store, question),
  }))
  const read = found.filter(({ isRead }) => isRead).map(({ store }) => store)
  return found.flatMap(({ store, isRead, entries }) =>
    entries.map((place) => {
      if (!isRead) return { place, doubt: 'another file' as const }
      return comesAfterAnother(place, store, read, question) ? { place, doubt: 'another entry' as const } : { place }
    }),
  )
}

/** Of the lines that fit the first one is sent. One that names a repository serves it where git tells paths apart (`useHttpPath`). */
function entriesFor(
  { entries, byUsername, byRepository }: Store,
  { username, repository }: Question,
): readonly Place[] {
  const first = username === undefined ? entries[0] : byUsername.get(username)
  const own = repository === undefined ? [] : (byRepository.get(repositoryKey(repository)) ?? [])
  const fitting = username === undefined ? own : own.filter((place) => place.username?.text === username)
  return [...new Set([...(first === undefined ? [] : [first]), ...fitting])]
}

/**
 * Without a username in the URL git asks for none in particular: the first entry of a file is sent, and a netrc goes before the stores
 * (docs/consumers/netrc.md), so an entry of somebody else is sent in place of the one that the username stood for.
 */
function comesAfterAnother(place: Place, store: Store, read: readonly Store[], { username }: Question): boolean {
  if (username === undefined || !CREDENTIALS.has(place.consumer)) return false
  return read.some((each) => {
    const [first] = each.entries
    if (first === undefined || !CREDENTIALS.has(first.consumer)) return false
    return each === store ? first !== place : first.username?.text !== username
  })
}

/** Whether git reads this file where the clone is; what cannot be told is no. */
function isRead({ path, home, entries }: Store, { foundIn, own }: Question): boolean {
  if (own.files.has(path)) return true
  const isNear = foundIn.startsWith(`${home}/`)
  const consumer = entries[0]?.consumer
  if (consumer === 'netrc') return /\/[._]netrc$/.test(path) && isReadFromHome(home, isNear, foundIn, own)
  if (consumer === 'git-credentials')
    // Any other name is one that a setting gave it.
    return !USUAL_STORE.test(path) || isReadFromHome(home, isNear, foundIn, own)
  return isNear || home === own.home
}

/** A clone below the home of who runs this is used by nobody else, as far as anybody can tell. */
function isReadFromHome(home: string, isNear: boolean, foundIn: string, own: OwnFiles): boolean {
  if (home === own.home) return true
  return isNear && !(own.home !== undefined && foundIn.startsWith(`${own.home}/`))
}

function storesByHost(places: readonly Place[]): ReadonlyMap<string, Stores> {
  const groups = new Map<string, Map<string, Place[]>>()
  for (const place of places) {
    if (place.secret === undefined || !servesAnyRepository(place)) continue
    const ofHost = groups.get(place.host) ?? new Map<string, Place[]>()
    groups.set(place.host, ofHost)
    const key = CREDENTIALS.has(place.consumer) ? `${place.consumer}\0${locationText(place.at)}` : place.id
    append(ofHost, key, place)
  }
  return new Map([...groups].map(([host, ofHost]) => [host, storesOf([...ofHost.values()].map(storeOf))]))
}

function storesOf(all: readonly Store[]): Stores {
  const byHome = new Map<string, Store[]>()
  for (const store of all) append(byHome, store.home, store)
  return { all, byHome }
}

function storeOf(entries: readonly Place[]): Store {
  const byUsername = new Map<string, Place>()
  const byRepository = new Map<string, Place[]>()
  for (const place of entries) {
    const name = place.username?.text
    if (name !== undefined && !byUsername.has(name)) byUsername.set(name, place)
    const named = place.uses.find(({ repository }) => repository !== undefined)?.repository
    if (named !== undefined) append(byRepository, repositoryKey(named), place)
  }
  const path = entries[0] === undefined ? '' : locationText(entries[0].at)
  return { path, home: homeOf(path), entries, byUsername, byRepository }
}

/** Bitbucket does not tell names in upper case from others. */
export function repositoryKey({ workspace, slug }: Repository): string {
  return `${workspace}/${slug}`.toLowerCase()
}

/** Stores, helpers and netrc serve every repository of their host; a remote's URL serves its own only. */
function servesAnyRepository(place: Place): boolean {
  return (
    CREDENTIALS.has(place.consumer) ||
    place.consumer === 'git-helper' ||
    place.address.startsWith('url.') ||
    place.address.startsWith('http.')
  )
}

/** Whether git asks this store, or this helper, with the settings of a file; one of another name is taken to be named by them. */
export function isAskedWith({ consumer, at }: Place, settings: string): boolean {
  const path = locationText(at)
  if (consumer !== 'git-credentials' && consumer !== 'git-helper') return false
  return settings.startsWith(`${homeOf(path)}/`) || (consumer === 'git-credentials' && !USUAL_STORE.test(path))
}

function homeOf(path: string): string {
  return path.replace(/\/(\.config\/)?[^/]*(\/credentials|\/config)?$/, '')
}

/** From the root on; the folder of the root itself is the empty text. */
function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

export function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [value])
  else known.push(value)
}
