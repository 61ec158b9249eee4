import { Failure } from '../../model/failure.ts'
import type { CredentialResolution, HiddenBecause, HiddenCredential } from '../../model/jenkins-findings.ts'
import { type Store, storeName } from './address.ts'
import type { JenkinsClient } from './client.ts'
import {
  type ControllerMemory,
  credentialKey,
  listedStore,
  type ShownCredential,
  storedKey,
} from './controller-memory.ts'
import { readReach } from './domain-of-store.ts'
import { folderCredentials } from './folder-credentials.ts'
import { itemConfig } from './item-document.ts'
import { attempt, holdsItems, mapBounded } from './items.ts'
import { type ListedCredential, listStore, readElement } from './store-listing.ts'
import { sizeOf } from './stored-secret-size.ts'

export interface Resolved {
  readonly resolution: CredentialResolution
  /** Where it was found. */
  readonly nearest?: ListedCredential
  /** It, as far as it was shown. */
  readonly element?: ShownCredential
  readonly gaps: readonly Failure[]
}

/** What decides which credential an id means. `host` is that of the remote; domains filter by it. */
export interface Lookup {
  readonly credentialId: string
  /** Absent: no job asks, so only the system store counts, and credentials of SYSTEM scope too. */
  readonly item: string | undefined
  /** Whether the item has a store of its own. Absent: not known, and asked. */
  readonly isFolder?: boolean
  /** Which kinds of credential are offered to whoever asks (git plugin; Branch Source takes a Secret text since 933). */
  readonly taker: Taker
}

export type Taker = 'git' | 'branch source' | 'anybody'

/**
 * Nearest folder first, then system; SYSTEM scope and domains for other hosts do not count for a job
 * (credentials-plugin, CredentialsProvider; cloudbees-folder, FolderCredentialsProvider). A credential of a user
 * counts only for builds of that user, and nobody else can see it.
 */
export async function resolveCredential(
  client: JenkinsClient,
  lookup: Lookup,
  memory: ControllerMemory,
): Promise<Resolved> {
  const gaps: Failure[] = []
  const hits: Hit[] = []
  const hidden: HiddenCredential[] = []
  const listed: (readonly ListedCredential[])[] = []
  let unreadable: string | undefined
  for (const store of await storesOf(client, lookup, gaps)) {
    const list = async () =>
      memory.stores.once(storeName(store), async () => listedStore(await listStore(client, store)))
    const { rows = [], byId } = (await attempt(gaps, list)) ?? {}
    if (byId === undefined && hits.length === 0) unreadable ??= storeName(store)
    listed.push(rows)
    for (const row of byId?.get(lookup.credentialId) ?? []) {
      const hit = await hitOrHidden({ client, memory }, row, lookup, gaps)
      if ('row' in hit) hits.push(hit)
      else hidden.push(hit)
    }
  }
  const [first, ...farther] = hits
  if (unreadable !== undefined) return { resolution: notShown(unreadable, first?.row), gaps }
  if (first === undefined)
    return { resolution: notFound(await givenOf({ client, memory }, listed, lookup), hidden), gaps }
  return { ...found(first, farther), nearest: first.row, gaps }
}

/** One that the item is given. */
interface Hit {
  readonly row: ListedCredential
  readonly element: ShownCredential | undefined
}

interface Asked {
  readonly client: JenkinsClient
  readonly memory: ControllerMemory
}

async function hitOrHidden(
  { client, memory }: Asked,
  row: ListedCredential,
  lookup: Lookup,
  gaps: Failure[],
): Promise<Hit | HiddenCredential> {
  const store = storeName(row.store)
  if (lookup.item !== undefined && row.domain !== '_' && (await domainExcludes(client, row, gaps)))
    return { store, because: { kind: 'domain', name: row.domain } }
  const element = await attempt(gaps, () => shownCredential({ client, memory }, row))
  const because = lookup.item === undefined ? undefined : hiddenBecause(row, element, lookup)
  return because === undefined ? { row, element } : { store, because }
}

/** One request for all of a folder whose secrets this login is shown; otherwise each is asked for. */
async function shownCredential(
  { client, memory }: Asked,
  { store, domain, id }: ListedCredential,
): Promise<ShownCredential | undefined> {
  const folder = store.kind === 'folder' ? store.folder : undefined
  const known =
    folder === undefined
      ? undefined
      : await memory.folders.once(folder, () => shownIn(client, folder)).catch(notShownAtAll)
  const size = memory.sizes.get(storedKey({ store, domain, id }))
  const element = known?.get(credentialKey({ domain, id })) ?? (await readElement(client, store, domain, id))
  return element === undefined || element === 'other' || size === undefined ? element : { ...element, size }
}

async function shownIn(client: JenkinsClient, folder: string): Promise<ReadonlyMap<string, ShownCredential>> {
  const config = await itemConfig(client, folder)
  const credentials = config === undefined ? [] : folderCredentials(config)
  const shown = credentials.flatMap(({ type, scope, username, ciphertext, ...credential }) => {
    if (type === undefined || ciphertext === undefined) return []
    const size = sizeOf(ciphertext)
    const optional = { ...(scope === undefined ? {} : { scope }), ...(username === undefined ? {} : { username }) }
    return [[credentialKey(credential), { type, ...optional, ...(size === undefined ? {} : { size }) }] as const]
  })
  return new Map(shown)
}

function notShownAtAll(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
}

/** So many of a store at most are asked about, two questions each; what it holds beyond them is not offered. */
const MOST_OFFERED = 100

/**
 * What the item could name instead. One of SYSTEM scope would not be found either, and one of a domain for another host holds the secret of that
 * host. What is not shown is taken to fit. A store is asked once, however many items look there in vain.
 */
async function givenOf(
  asked: Asked,
  stores: readonly (readonly ListedCredential[])[],
  lookup: Lookup,
): Promise<readonly ListedCredential[]> {
  const who = lookup.item === undefined ? 'nobody' : lookup.taker
  const given: ListedCredential[] = []
  for (const rows of stores) {
    const [first] = rows
    if (first === undefined) continue
    const key = `${storeName(first.store)}\0${who}`
    given.push(...(await asked.memory.given.once(key, () => givenAmong(asked, rows.slice(0, MOST_OFFERED), lookup))))
  }
  return given
}

async function givenAmong(
  asked: Asked,
  rows: readonly ListedCredential[],
  lookup: Lookup,
): Promise<readonly ListedCredential[]> {
  const found = await mapBounded(rows, (row) => hitOrHidden(asked, row, lookup, []))
  return found.flatMap((each) => ('row' in each ? [each.row] : []))
}

function notFound(given: readonly ListedCredential[], hidden: readonly HiddenCredential[]): CredentialResolution {
  const known = given.map(({ store, id }) => `${storeName(store)}: ${id}`)
  return { kind: 'not found', known, ...(hidden.length === 0 ? {} : { hidden }) }
}

/** A job has no store of its own; a multibranch project or a folder asks its own first. */
async function storesOf(client: JenkinsClient, lookup: Lookup, gaps: Failure[]): Promise<readonly Store[]> {
  const { item } = lookup
  if (item === undefined) return [{ kind: 'system' }]
  const isFolder = lookup.isFolder ?? (await attempt(gaps, () => holdsItems(client, item))) ?? false
  const parts = item.split('/')
  const folders = parts.map((_, index): Store => ({ kind: 'folder', folder: parts.slice(0, index + 1).join('/') }))
  return [...folders.slice(0, isFolder ? undefined : -1).reverse(), { kind: 'system' }]
}

function notShown(store: string, farther: ListedCredential | undefined): CredentialResolution {
  const also = farther === undefined ? '' : `; ${storeName(farther.store)} has one with this id, if nothing nearer does`
  return { kind: 'unknown', because: `the credentials of ${store} are not shown to this login${also}` }
}

/** Why the item is not given it. What cannot be read is taken to fit, and is listed as a gap. */
function hiddenBecause(row: ListedCredential, element: Hit['element'], { taker }: Lookup): HiddenBecause | undefined {
  if (element === undefined) return undefined
  if (element === 'other') return isOfferedToGit(row) ? undefined : { kind: 'type', typeName: row.typeName }
  if (element.scope === 'SYSTEM') return { kind: 'scope' }
  const isText = element.type === 'secret text' && taker === 'git'
  return isText ? { kind: 'type', typeName: row.typeName } : undefined
}

/** Beside a pair, git takes an SSH key; certificates and files it is never shown (git plugin, GitClient.CREDENTIALS_MATCHER). */
function isOfferedToGit({ typeName }: ListedCredential): boolean {
  return /SSH/i.test(typeName)
}

/** Specifications are shown only with ManageDomains; without it the domain is taken to fit, and the gap is listed. */
async function domainExcludes(client: JenkinsClient, row: ListedCredential, gaps: Failure[]): Promise<boolean> {
  const reach = await attempt(gaps, () => readReach(client, row))
  return reach !== undefined && reach !== 'bitbucket.org'
}

function found({ row, element }: Hit, farther: readonly Hit[]): Pick<Resolved, 'resolution' | 'element'> {
  const username = element === undefined || element === 'other' ? undefined : element.username
  return {
    resolution: {
      kind: 'found',
      store: storeName(row.store),
      typeName: row.typeName,
      ...(username === undefined ? {} : { username }),
      shadows: farther.map((hit) => storeName(hit.row.store)),
    },
    ...(element === undefined ? {} : { element }),
  }
}
