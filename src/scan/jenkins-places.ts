import type { Place } from '../model/place.ts'

/** Which places an id means, asked once for each of very many jobs. */
export interface JenkinsPlaces {
  /** Of the job `item` of the controller, or home, that `foundIn` belongs to. */
  readonly forItem: (credentialId: string, item: string, foundIn: string) => readonly Place[]
  /** Of all controllers, in stores that jobs can see. */
  readonly withId: (credentialId: string) => readonly Place[]
}

/** Places of one controller by store and id: `folder/team` or `system`, and the last part of the address. */
type Stores = ReadonlyMap<string, readonly Place[]>

export function indexJenkinsPlaces(places: readonly Place[]): JenkinsPlaces {
  const stored = places.flatMap((place) => {
    const store = storeOf(place.address)
    return store === undefined ? [] : [{ place, ...store }]
  })
  const ofHomes = grouped(stored.filter(({ place }) => place.at.kind === 'file').map((one) => [homeOf(one.place), one]))
  const known = new Map<string, Stores>()
  const storesOf = (foundIn: string): Stores => {
    const isUrl = /^https?:/.test(foundIn)
    const key = isUrl ? foundIn : homeOfJenkins(foundIn)
    const stores = known.get(key) ?? byStore(isUrl ? stored.filter(isBelowUrl(foundIn)) : (ofHomes.get(key) ?? []))
    known.set(key, stores)
    return stores
  }
  const ofId = grouped(
    stored.filter(({ place }) => place.consumer.startsWith('jenkins')).map(({ id, place }) => [id, place]),
  )
  return {
    forItem: (credentialId, item, foundIn) => nearest(addressPart(credentialId), item, storesOf(foundIn)),
    withId: (credentialId) => ofId.get(addressPart(credentialId)) ?? [],
  }
}

interface Stored {
  readonly place: Place
  readonly store: string
  readonly id: string
}

/** `system/<domain>/<id>` or `folder/<full name>/<domain>/<id>`; addresses have no white space, and no slash inside a part. */
function storeOf(address: string): { readonly store: string; readonly id: string } | undefined {
  const [, store, id] = /^(system|folder\/.+)\/[^/]*\/([^/]*)$/.exec(address) ?? []
  return store === undefined || id === undefined ? undefined : { store, id }
}

/** Nearest enclosing folder first, then system (docs/consumers/jenkins-home.md, "Which credential an id means"). */
function nearest(id: string, item: string, stores: Stores): readonly Place[] {
  for (let folder = item; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const inFolder = stores.get(keyOf(`folder/${folder}`, id))
    if (inFolder !== undefined) return inFolder
  }
  return stores.get(keyOf('system', id)) ?? []
}

function byStore(stored: readonly Stored[]): Stores {
  return grouped(stored.map(({ store, id, place }) => [keyOf(store, id), place]))
}

function keyOf(store: string, id: string): string {
  return `${store} ${id}`
}

function isBelowUrl(url: string): (one: Stored) => boolean {
  return ({ place }) => place.at.kind === 'url' && place.at.url.startsWith(`${url}/`)
}

function homeOf(place: Place): string {
  return place.at.kind === 'file' ? homeOfJenkins(place.at.path) : ''
}

function homeOfJenkins(path: string): string {
  return path.replace(/(\/(jobs|branches)\/[^/]+)+\/config\.xml$|\/users\/[^/]+\/config\.xml$|\/[^/]+\.xml$/, '')
}

function grouped<Value>(pairs: readonly (readonly [string, Value])[]): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>()
  for (const [key, value] of pairs) {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

/** Addresses of places have no white space. */
function addressPart(name: string): string {
  return name.replace(/[\s/%]/g, encodeURIComponent)
}
