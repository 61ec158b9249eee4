import type { PlaceRef } from './place.ts'

/** Everything of an item or a store of credentials has its address below one of these. */
const OWN_PATHS = /\/(?:job|credentials|user|manage)\/.*$/
const HOME_FILES =
  /\/casc_configs\/.*\.ya?ml$|\/jenkins\.ya?ml$|(?:\/(?:jobs|branches)\/[^/]+)+\/config\.xml$|\/users\/[^/]+\/config\.xml$|\/[^/]+\.xml$/

/** The Jenkins that a place belongs to: the address of its controller, or its home. `undefined`: it belongs to none. */
export function controllerOf({ consumer, at }: Pick<PlaceRef, 'consumer' | 'at'>): string | undefined {
  if (consumer !== 'jenkins' && consumer !== 'jenkins-home') return undefined
  return at.kind === 'url' ? at.url.replace(OWN_PATHS, '') : homeOfJenkins(at.path)
}

/** The home that a file of one is in, as its path tells. */
export function homeOfJenkins(path: string): string {
  return path.replace(HOME_FILES, '')
}
