import type { Failure } from '../../model/failure.ts'
import type { Detection, Place, PlaceRef, SecretField } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import type { Demand, Operation } from '../../model/use.ts'
import { addressPath, type Store, storeName } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { type CodeReading, codeOwned } from './configuration-as-code.ts'
import { folderCredentials } from './folder-credentials.ts'
import { type ItemReference, itemReferences } from './item-config.ts'
import { itemConfig } from './item-document.ts'
import { attempt, type Item, mapBounded, walkItems } from './items.ts'
import { jobUrlPlace } from './job-url-place.ts'
import { placeRef, placing, type Row, speaksOfBitbucket } from './listed-place.ts'
import { type Elsewhere, elsewhereIn, givenElsewhere } from './other-hosts.ts'
import { percentDecoded, type RemoteUrl } from './remote-url.ts'
import { type ShownRemote, shownRemotes } from './shown-remotes.ts'
import { listStore, providedStores } from './store-listing.ts'
import type { XmlDocument } from './xml-document.ts'

type SecretFieldOf = (text: string) => SecretField

/** Asks every controller that the user named. What is forbidden is listed as unread; it hides nothing else. */
export async function listControllers(
  context: Context,
  open: (login: ControllerLogin) => JenkinsClient,
  secretField: SecretFieldOf,
): Promise<Detection> {
  const gaps: Failure[] = []
  const found: Detection[] = []
  for (const login of context.logins) {
    const detection = await attempt(gaps, () => listController(open(login), secretField))
    if (detection !== undefined) found.push(detection)
  }
  const first = gaps[0]
  if (first !== undefined && found.length === 0) throw first
  return {
    places: found.flatMap(({ places }) => places),
    demands: found.flatMap(({ demands }) => demands),
    unread: [...found.flatMap(({ unread }) => unread), ...gaps.map(unreadEntry)],
  }
}

async function listController(client: JenkinsClient, secretField: SecretFieldOf): Promise<Detection> {
  const { items, gaps: walkGaps } = await walkItems(client)
  const gaps = [...walkGaps]
  const { demands, pinned, credentials, unshown, elsewhere } = await lookAtAll(client, items, secretField, gaps)
  const own = await ownStores(client)
  const listed = await listStores(client, [{ kind: 'system' }, ...unshown.map(folderStore), ...own.provided], gaps)
  const ofSystem = listed.filter(({ store }) => store.kind === 'system')
  const others = listed.filter(({ store }) => store.kind !== 'system')
  const rows = [...ofSystem, ...credentials, ...others, ...own.ofUser]
  const concerning = rows.filter(concernsBitbucket(demands))
  const code: CodeReading = ofSystem.length > 0 ? await codeOwned(client, false) : { gaps: [] }
  gaps.push(...code.gaps)
  const places = await mapBounded(
    concerning,
    placing(client, { owned: code.owned, shared: givenElsewhere(rows, elsewhere) }, gaps),
  )
  return {
    places: [...places.flatMap((place) => place ?? []), ...pinned],
    demands,
    unread: gaps.map(unreadEntry),
  }
}

/** What all items tell, in their order. */
interface LookedAll {
  readonly demands: Demand[]
  readonly pinned: Place[]
  readonly credentials: Row[]
  /** Folders whose stores have to be asked. */
  readonly unshown: string[]
  /** What is named for other hosts. */
  readonly elsewhere: Elsewhere[]
}

/** So many items are looked at before what they told is taken together: most of them tell little. */
const ITEMS_TOGETHER = 1000

async function lookAtAll(
  client: JenkinsClient,
  items: readonly Item[],
  secretField: SecretFieldOf,
  gaps: Failure[],
): Promise<LookedAll> {
  const all: LookedAll = { demands: [], pinned: [], credentials: [], unshown: [], elsewhere: [] }
  const remotes = await shownRemotes(client, items, all.elsewhere)
  for (let from = 0; from < items.length; from += ITEMS_TOGETHER) {
    const some = items.slice(from, from + ITEMS_TOGETHER)
    const looked = await mapBounded(some, async (item) => {
      const shown = remotes.get(item.fullName)
      return shown === undefined ? lookAt(client, item, secretField, gaps) : lookedAt(client, item, shown)
    })
    for (const [index, item] of some.entries()) take(all, item, looked[index])
  }
  return all
}

function take(all: LookedAll, { fullName, isFolder }: Item, looked: Looked | undefined): void {
  const { demands = [], pinned = [], credentials, elsewhere = [] } = looked ?? {}
  all.demands.push(...demands)
  all.pinned.push(...pinned)
  all.elsewhere.push(...elsewhere)
  if (credentials !== undefined) for (const row of credentials) all.credentials.push(row)
  else if (isFolder) all.unshown.push(fullName)
}

/** What the configuration of one item tells. The document itself is let go: a controller has many. */
interface Looked {
  readonly demands: readonly Demand[]
  readonly pinned: readonly Place[]
  readonly elsewhere?: readonly Elsewhere[]
  /** Of a folder whose secrets are shown. Absent: its store has to be asked. */
  readonly credentials?: readonly Row[]
}

/** What its API has shown already. */
function lookedAt(client: JenkinsClient, item: Item, remotes: readonly ShownRemote[]): Looked {
  return { demands: demandsIn(client, item, remotes), pinned: [] }
}

function demandsIn(client: JenkinsClient, item: Item, references: readonly Told[]): readonly Demand[] {
  return references.flatMap((reference) => demandsOf(item, reference, rewiredBy(client, item, reference)))
}

type Told = ItemReference | ShownRemote

async function lookAt(client: JenkinsClient, item: Item, secretField: SecretFieldOf, gaps: Failure[]): Promise<Looked> {
  const config = await attempt(gaps, () => itemConfig(client, item.fullName))
  if (config === undefined) return { demands: [], pinned: [] }
  const references = itemReferences(config)
  const credentials = item.isFolder ? shownCredentials(item.fullName, config) : undefined
  return {
    demands: demandsIn(client, item, references),
    pinned: references.flatMap((reference) => pinnedPlaces(client, item, reference, secretField)),
    elsewhere: elsewhereIn(item.fullName, config),
    ...(credentials === undefined ? {} : { credentials }),
  }
}

/** Masked secrets say that this login has no Item/Configure; whether it has Credentials/View, only the store can tell. */
function shownCredentials(folder: string, config: XmlDocument): readonly Row[] | undefined {
  const credentials = folderCredentials(config)
  if (credentials.some(({ type, ciphertext }) => type !== undefined && ciphertext === undefined)) return undefined
  const common = { store: folderStore(folder), displayName: '' }
  return credentials.flatMap(({ type, username, scope, reach, domain, domainText, id, description }) =>
    type === undefined
      ? []
      : [{ ...common, domain, domainText, id, description, shown: { type, username, scope, reach } }],
  )
}

/** The place that names the credential of a reference. What a scan writes is changed where the scan takes it from. */
function rewiredBy(client: JenkinsClient, item: Item, reference: Told): PlaceRef | undefined {
  if (reference.kind === 'script' || reference.credentialsId === undefined) return undefined
  const group = reference.kind === 'git' ? 'git' : 'branch-source'
  return placeRef(client, { kind: 'job credentials', item: item.generatedBy ?? item.fullName, group })
}

/**
 * An item may name its credential by a build parameter (`${…}`): the demand then stays unanswered, and is seen. Without an
 * id, git asks helpers and netrc of the agent.
 */
export function demandsOf({ fullName }: Item, reference: Told, rewired: PlaceRef | undefined): readonly Demand[] {
  const rewiring = rewired === undefined ? {} : { reference: rewired }
  const item = addressPath(fullName)
  const through = (credentialId: string): Demand['of'] => ({ kind: 'jenkins', credentialId, item })
  if (reference.kind === 'branch source') {
    const { workspace, repository, credentialsId, checkoutCredentialsId = credentialsId } = reference
    const by = `job ${fullName} (Branch Source)`
    const inside = workspace === '' ? {} : { workspace }
    const whose = repository === undefined ? inside : { repository }
    const demand = (operation: Operation, id: string | undefined): readonly Demand[] =>
      id === undefined ? [] : [{ operation, ...whose, by, ...rewiring, of: through(id) }]
    return [...demand('rest', credentialsId), ...demand('git-fetch', checkoutCredentialsId)]
  }
  const { url, credentialsId } = reference
  if (url.password !== undefined) return []
  const repository = url.repository === undefined ? {} : { repository: url.repository }
  const of = credentialsId === undefined ? throughHost(url) : through(credentialsId)
  return [{ operation: 'git-fetch', ...repository, by: `job ${fullName}`, ...rewiring, of }]
}

function throughHost({ username }: RemoteUrl): Demand['of'] {
  const pinned = username === undefined ? {} : { username: percentDecoded(username) }
  return { kind: 'host', host: 'bitbucket.org', ...pinned }
}

function pinnedPlaces(
  client: JenkinsClient,
  item: Item,
  reference: ItemReference,
  secretField: SecretFieldOf,
): readonly Place[] {
  if (reference.kind !== 'git' || reference.url.username === undefined) return []
  const ref = placeRef(client, { kind: 'job url', item: item.fullName, remote: reference.remote })
  return [jobUrlPlace(ref, item.fullName, reference, secretField)]
}

/** Stores that few controllers have. Who may not see the others does not see these, and the listing of the system's says so. */
async function ownStores(client: JenkinsClient): Promise<{ provided: readonly Store[]; ofUser: readonly Row[] }> {
  const names = (await attempt([], () => providedStores(client))) ?? []
  const ofUser = await attempt([], () => listStore(client, { kind: 'user', user: client.user }))
  return { provided: names.map((name): Store => ({ kind: 'provider', name })), ofUser: ofUser ?? [] }
}

async function listStores(client: JenkinsClient, stores: readonly Store[], gaps: Failure[]): Promise<readonly Row[]> {
  const lists = await mapBounded(stores, (store) => attempt(gaps, () => listStore(client, store)))
  return lists.flatMap((list) => list ?? [])
}

function folderStore(folder: string): Store {
  return { kind: 'folder', folder }
}

/** A job at Bitbucket names it from inside the store's reach, or its own words speak of Bitbucket. */
function concernsBitbucket(demands: readonly Demand[]): (row: Row) => boolean {
  const asked = new Set(
    demands.flatMap(({ of }) => (of.kind === 'jenkins' ? storesAsked(of.credentialId, of.item) : [])),
  )
  return (row) => {
    if (speaksOfBitbucket(row)) return true
    if (row.store.kind === 'user') return false
    return asked.has(askedKey(row.id, row.store.kind === 'folder' ? addressPath(row.store.folder) : ''))
  }
}

/** An item is given credentials of itself, of the folders around it and of the system; `item` as demands write it. */
function storesAsked(credentialId: string, item: string): readonly string[] {
  const parts = item.split('/')
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))].map((folder) =>
    askedKey(credentialId, folder),
  )
}

function askedKey(credentialId: string, folder: string): string {
  return `${credentialId}\0${folder}`
}

function unreadEntry({ code, parts }: Failure): Detection['unread'][number] {
  const reason = code === 'R402' || code === 'R403' ? 'forbidden' : code === 'R404' ? 'malformed' : 'unreadable'
  return { reason, detail: `${parts.at ?? storeName({ kind: 'system' })}: ${parts.because ?? code}` }
}
