import type { PlaceState } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import type { JenkinsAddress } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { readPlace } from './credential-place.ts'
import { digestOf } from './credential-snapshot.ts'
import { type FolderCredential, folderCredentials } from './folder-credentials.ts'
import { itemConfig } from './item-document.ts'
import { mapBounded } from './items.ts'
import { madeHere } from './made-mark.ts'
import type { XmlDocument } from './xml-document.ts'

/** A place with its address and its controller. */
export interface Located {
  readonly place: PlaceRef
  readonly address: JenkinsAddress
  readonly client: JenkinsClient
}

export interface ReadAllParts {
  /** Throws what `read` would throw for an address or a controller that is not known. */
  readonly locate: (place: PlaceRef) => Located
  readonly readOne: (place: PlaceRef) => Promise<PlaceState>
  /** Of a place in the configuration of an item, which is asked for once. */
  readonly readIn: (located: Located, config: XmlDocument | undefined) => PlaceState
  readonly context: Context
}

type Read = PlaceState | Failure

/**
 * One request for all that one item holds: its configuration shows the credentials of a folder with their ciphertext, as long as the
 * login has Item/Configure, and everything that a job names. What it does not show is asked for one by one.
 */
export async function readAllPlaces(places: readonly PlaceRef[], parts: ReadAllParts): Promise<readonly Read[]> {
  const read = new Map<PlaceRef, Read>()
  const groups = new Map<string, Located[]>()
  for (const place of places) {
    const located = locatedOrFailure(place, parts)
    if (located instanceof Failure) read.set(place, located)
    else append(groups, groupOf(located), located)
  }
  await mapBounded([...groups.values()], (group) => readGroup(group, parts, read))
  return places.map((place) => read.get(place) ?? { kind: 'absent' })
}

function locatedOrFailure(place: PlaceRef, { locate }: ReadAllParts): Located | Failure {
  try {
    return locate(place)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function append<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = groups.get(key)
  if (known === undefined) groups.set(key, [value])
  else known.push(value)
}

/** Places of one item are a group; every other place is one of its own. */
function groupOf({ address, client, place }: Located): string {
  const item = itemOf(address)
  return item === undefined ? `${client.baseUrl} ${place.address}` : `${client.baseUrl} item ${item}`
}

function itemOf(address: JenkinsAddress): string | undefined {
  if (address.kind !== 'credential') return address.item
  return address.store.kind === 'folder' ? address.store.folder : undefined
}

async function readGroup(group: readonly Located[], parts: ReadAllParts, read: Map<PlaceRef, Read>): Promise<void> {
  const [first] = group
  const item = first === undefined ? undefined : itemOf(first.address)
  const config = first === undefined || item === undefined ? undefined : await configOrFailure(first.client, item)
  const shown = new Map((config instanceof Failure || config === undefined ? [] : folderCredentials(config)).map(keyed))
  for (const located of group) {
    read.set(located.place, await readLocated(located, config, shown, parts))
  }
}

async function configOrFailure(client: JenkinsClient, item: string): Promise<XmlDocument | Failure | undefined> {
  try {
    return await itemConfig(client, item)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function keyed(credential: FolderCredential): readonly [string, FolderCredential] {
  return [`${credential.domain}\0${credential.id}`, credential]
}

async function readLocated(
  { place, address, ...located }: Located,
  config: XmlDocument | Failure | undefined,
  shown: ReadonlyMap<string, FolderCredential>,
  { readOne, readIn, context }: ReadAllParts,
): Promise<Read> {
  if (address.kind !== 'credential') {
    return config instanceof Failure ? config : readIn({ place, address, ...located }, config)
  }
  const { username, ciphertext, description } = shown.get(`${address.domain}\0${address.id}`) ?? {}
  if (ciphertext !== undefined) {
    const element = username === undefined ? {} : { username }
    const found = readPlace(place, { element, ciphertext })
    const made = madeHere({ client: located.client, place, context }, description)
    return { kind: 'present', place: found, digest: digestOf(username, ciphertext, context), ...made }
  }
  return readOne(place).catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
}
