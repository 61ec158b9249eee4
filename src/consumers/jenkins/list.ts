import type { Failure } from '../../model/failure.ts'
import type { Detection, Place, PlaceRef, SecretField } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import type { Demand, Operation } from '../../model/use.ts'
import { addressPath, formatAddress, JENKINS, type JenkinsAddress, type Store, storeName } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { placePath } from './controller-path.ts'
import { credentialPlace } from './credential-place.ts'
import { type ItemReference, itemReferences } from './item-config.ts'
import { attempt, type Item, mapBounded, walkItems } from './items.ts'
import { itemConfig, jobUrlPlace } from './job-url-place.ts'
import { percentDecoded, type RemoteUrl } from './remote-url.ts'
import { type ListedCredential, listStore, readElement } from './store-listing.ts'

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
  const references = await mapBounded(items, (item) => referencesOf(client, item, gaps))
  const uses = items.flatMap((item, index) => (references[index] ?? []).map((reference) => ({ item, reference })))
  const demands = uses.flatMap(({ item, reference }) => demandsOf(item, reference))
  const pinned = uses.flatMap(({ item, reference }) => pinnedPlaces(client, item, reference, secretField))
  const credentials = await credentialPlaces(client, items, demands, gaps)
  return { places: [...credentials, ...pinned], demands, unread: gaps.map(unreadEntry) }
}

async function referencesOf(client: JenkinsClient, item: Item, gaps: Failure[]): Promise<readonly ItemReference[]> {
  const config = await attempt(gaps, () => itemConfig(client, item.fullName))
  return config === undefined ? [] : itemReferences(config)
}

/**
 * An item may name its credential by a build parameter (`${…}`): the demand then stays unanswered, and is seen. Without an
 * id, git asks helpers and netrc of the agent.
 */
export function demandsOf({ fullName }: Item, reference: ItemReference): readonly Demand[] {
  const item = addressPath(fullName)
  const through = (credentialId: string): Demand['of'] => ({ kind: 'jenkins', credentialId, item })
  if (reference.kind === 'branch source') {
    const { repository, credentialsId, checkoutCredentialsId = credentialsId } = reference
    const by = `job ${fullName} (Branch Source)`
    const demand = (operation: Operation, id: string | undefined): readonly Demand[] =>
      id === undefined ? [] : [{ operation, ...(repository === undefined ? {} : { repository }), by, of: through(id) }]
    return [...demand('rest', credentialsId), ...demand('git-fetch', checkoutCredentialsId)]
  }
  const { url, credentialsId } = reference
  if (url.password !== undefined) return []
  const repository = url.repository === undefined ? {} : { repository: url.repository }
  const of = credentialsId === undefined ? throughHost(url) : through(credentialsId)
  return [{ operation: 'git-fetch', ...repository, by: `job ${fullName}`, of }]
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

async function credentialPlaces(
  client: JenkinsClient,
  items: readonly Item[],
  demands: readonly Demand[],
  gaps: Failure[],
): Promise<readonly Place[]> {
  const folders = items.filter(({ isFolder }) => isFolder)
  const stores: Store[] = [{ kind: 'system' }, ...folders.map(({ fullName }) => folderStore(fullName))]
  const lists = await mapBounded(stores, (store) => attempt(gaps, () => listStore(client, store)))
  const rows = lists.flatMap((list) => list ?? []).filter((row) => concernsBitbucket(row, demands))
  const places = await mapBounded(rows, (row) => attempt(gaps, () => placeOf(client, row)))
  return places.flatMap((place) => (place === undefined ? [] : [place]))
}

function folderStore(folder: string): Store {
  return { kind: 'folder', folder }
}

/** A job at Bitbucket names it from inside the store's reach, or its own words speak of Bitbucket. */
function concernsBitbucket(row: ListedCredential, demands: readonly Demand[]): boolean {
  const words = [row.id, row.displayName, row.description, row.domainText].join(' ')
  if (/bitbucket|x-token-auth/i.test(words)) return true
  return demands.some(({ of }) => of.kind === 'jenkins' && of.credentialId === row.id && reaches(row.store, of.item))
}

/** `item` as demands write it. */
function reaches(store: Store, item: string): boolean {
  if (store.kind === 'system') return true
  const folder = addressPath(store.folder)
  return item === folder || item.startsWith(`${folder}/`)
}

async function placeOf(client: JenkinsClient, row: ListedCredential): Promise<Place | undefined> {
  const element = await readElement(client, row.store, row.domain, row.id)
  if (element === undefined || element === 'other') return undefined
  const ref = placeRef(client, { kind: 'credential', store: row.store, domain: row.domain, id: row.id })
  return credentialPlace(ref, element.username)
}

export function placeRef(client: JenkinsClient, address: JenkinsAddress): PlaceRef {
  const url = client.baseUrl + placePath(address)
  const text = formatAddress(address)
  return { id: `${JENKINS} ${url} ${text}`, consumer: JENKINS, at: { kind: 'url', url }, address: text }
}

function unreadEntry({ code, parts }: Failure): Detection['unread'][number] {
  const reason = code === 'R402' || code === 'R403' ? 'forbidden' : code === 'R404' ? 'malformed' : 'unreadable'
  return { reason, detail: `${parts.at ?? storeName({ kind: 'system' })}: ${parts.because ?? code}` }
}
