import type { PlaceRef } from './place.ts'

/** Everything of an item or a store of credentials has its address below one of these. */
const OWN_PATHS = /\/(?:job|credentials|user|manage)\/.*$/
const HOME_FILES =
  /\/casc_configs\/.*\.ya?ml$|\/jenkins\.ya?ml$|(?:\/(?:jobs|branches)\/[^/]+)+\/config\.xml$|\/users\/[^/]+\/config\.xml$|\/[^/]+\.xml$/

/** The Jenkins that a place belongs to: the address of its controller, or its home. `undefined`: it belongs to none. */
export function controllerOf({
  consumer,
  at,
  address,
}: Pick<PlaceRef, 'consumer' | 'at' | 'address'>): string | undefined {
  if (consumer !== 'jenkins' && consumer !== 'jenkins-home') return undefined
  return at.kind === 'url' ? at.url.replace(OWN_PATHS, '') : homeOfJenkins(at.path, itemOf(address))
}

/** `folder/F/G/<domain>/<id>`, `job/F/G/url#2`, `job/F/G/credentials/git`. */
const ITEM_ADDRESS = /^folder\/(.+)\/[^/]+\/[^/]+$|^job\/(.+)\/(?:url(?:#\d+)?|credentials\/[^/]+)$/

/** The full name of the item whose file holds the place, its parts as an address has them. `undefined`: it is in no file of an item. */
export function itemOf(address: string): string | undefined {
  const [, folder, job] = ITEM_ADDRESS.exec(address) ?? []
  return folder ?? job
}

/**
 * The home that a file of one is in. The full name of the item that the file is of tells how far down it lies; without it, a folder above the
 * home that is called `jobs` is taken for one of its own.
 */
export function homeOfJenkins(path: string, item?: string): string {
  if (item === undefined || item === '') return path.replace(HOME_FILES, '')
  const depth = item.split('/').length
  return path.replace(new RegExp(`(?:\\/(?:jobs|branches)\\/[^/]+){${depth}}\\/config\\.xml$`), '')
}
