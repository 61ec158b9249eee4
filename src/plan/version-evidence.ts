import type { ToolVersions } from '../model/consumer.ts'
import { controllerOf } from '../model/controller-of.ts'
import type { ConsumerId, Place, PlaceId } from '../model/place.ts'
import { isBranchSource } from './branch-source.ts'
import type { FoundVersion } from './plan-input.ts'
import { BRANCH_SOURCE_FLOOR, VERSION_FLOORS, type VersionFloor } from './version-floors.ts'

/** Files that name versions of tools, beside what uses them. */
const NAMES = [
  'package.json',
  'package-lock.json',
  'composer.lock',
  'Dockerfile',
  'docker-compose.yml',
  'docker-compose.yaml',
  'compose.yaml',
  '.terraform.lock.hcl',
]
/** From the folder of a place upwards: a repository keeps its lockfile at its top. */
const LEVELS = 3

/**
 * Files that may tell the version of the tool at these places, and for which places; the document of the place itself is one. The
 * deepest come first: what is nearer to a place is asked before what is farther from it, whichever place was found first.
 */
export function filesThatTell(places: readonly Place[]): ReadonlyMap<string, readonly Place[]> {
  const files = new Map<string, Place[]>()
  for (const place of places)
    for (const path of pathsFor(place)) {
      const known = files.get(path)
      if (known === undefined) files.set(path, [place])
      else known.push(place)
    }
  return new Map([...files].sort(([one], [other]) => depthOf(other) - depthOf(one)))
}

function depthOf(path: string): number {
  return path.split('/').length
}

/** Of these places those for which `path` is nearer than what told their version before. */
export function stillToTell(
  path: string,
  places: readonly Place[],
  found: ReadonlyMap<PlaceId, FoundVersion>,
): readonly Place[] {
  return places.filter((place) => {
    const known = found.get(place.id)?.at
    return known === undefined || isNearer(place, path, known)
  })
}

/** Both stand beside the place or above it: the document of the place itself, then the deeper one, then the one that comes first in `NAMES`. */
function isNearer({ at }: Place, path: string, known: string): boolean {
  const own = at.kind === 'file' ? at.path : undefined
  if (path === own || known === own) return path === own
  const deeper = depthOf(path) - depthOf(known)
  return deeper === 0 ? nameRank(path) < nameRank(known) : deeper > 0
}

function nameRank(path: string): number {
  return NAMES.indexOf(path.slice(path.lastIndexOf('/') + 1))
}

function pathsFor(place: Place): readonly string[] {
  if (place.at.kind !== 'file' || floorOf(place) === undefined) return []
  const folders = place.at.path.split('/').slice(0, -1)
  const above = Array.from({ length: Math.min(LEVELS, folders.length) }, (_, level) =>
    folders.slice(0, folders.length - level).join('/'),
  )
  if (place.uses.some(isBranchSource)) return pluginFiles(place, place.at.path)
  const beside = above.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`))
  return [...new Set([place.at.path, ...beside])]
}

/** A controller unpacks its plugins; the manifest tells the version. */
function pluginFiles(place: Place, path: string): readonly string[] {
  const home = controllerOf(place) ?? path.replace(/\/(?:jobs\/.*|users\/.*|casc_configs\/.*|[^/]+)$/, '')
  return BRANCH_SOURCE_FLOOR.packages.map((name) => `${home}/plugins/${name}/META-INF/MANIFEST.MF`)
}

function floorOf({ consumer, uses }: Place): VersionFloor | undefined {
  return uses.some(isBranchSource) ? BRANCH_SOURCE_FLOOR : VERSION_FLOORS[consumer]
}

/** The version that a file tells for each of these places. The nearest file that tells one counts. */
export function versionsIn(
  path: string,
  text: string,
  places: readonly Place[],
  found: Map<PlaceId, FoundVersion>,
): void {
  const told = new Map<ConsumerId, string | undefined>()
  for (const place of stillToTell(path, places, found)) {
    const floor = floorOf(place)
    if (floor === undefined) continue
    if (!told.has(place.consumer)) told.set(place.consumer, versionIn(path, text, floor))
    const version = told.get(place.consumer)
    if (version !== undefined) found.set(place.id, { consumer: place.consumer, version, at: path })
  }
}

/** Places of systems that list the tools in them. */
export function listedPlaces(places: readonly Place[]): readonly Place[] {
  return places.filter((place) => place.at.kind === 'url' && floorOf(place) !== undefined)
}

/** What a system that was asked says of the tool at a place. */
export function listedVersion(place: Place, { versions, at }: ToolVersions): FoundVersion | undefined {
  const version = floorOf(place)?.packages.flatMap((name) => versions[name] ?? [])[0]
  return version === undefined ? undefined : { consumer: place.consumer, version, at }
}

/** A plain version: what a range allows is no version. */
const VERSION = /^v?(\d{1,6}(?:\.\d{1,6}){0,3}(?:-[a-z]+\.?\d*)?)$/

function versionIn(path: string, text: string, { packages }: VersionFloor): string | undefined {
  const name = path.split('/').at(-1) ?? ''
  if (name === 'MANIFEST.MF') return /^Plugin-Version: *(\d+(?:\.\d+)*)/m.exec(text)?.[1]
  const told = /\.(?:json|lock)$/.test(name)
    ? inJson(text, packages)
    : name.endsWith('.hcl')
      ? inLockOfTerraform(text, packages)
      : undefined
  return told ?? inImages(text, packages)
}

/** `node_modules/renovate` of a package-lock.json, `packages` of a composer.lock, a dependency of a package.json that is pinned. */
function inJson(text: string, names: readonly string[]): string | undefined {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  const { packages, dependencies, devDependencies } = isRecord(document) ? document : {}
  const listed = Array.isArray(packages) ? packages.filter(isRecord) : []
  for (const name of names) {
    const locked = isRecord(packages) ? packages[`node_modules/${name}`] : listed.find((one) => one['name'] === name)
    const pinned = [dependencies, devDependencies].map((all) => (isRecord(all) ? all[name] : undefined))
    const versions = [isRecord(locked) ? locked['version'] : undefined, ...pinned]
    const version = versions.map((one) => (typeof one === 'string' ? VERSION.exec(one)?.[1] : undefined)).find(Boolean)
    if (version !== undefined) return version
  }
  return undefined
}

function inLockOfTerraform(text: string, names: readonly string[]): string | undefined {
  const blocks = text.split(/^provider /m).slice(1)
  const block = blocks.find((one) => names.some((name) => one.startsWith(`"${name}"`)))
  return block === undefined ? undefined : /^ *version *= *"([^"]{1,40})"/m.exec(block)?.[1]
}

/** `FROM renovate/renovate:41.2.0`, `image: ghcr.io/x/y:v1.2`; a registry before the name and a suffix after the version are allowed. */
function inImages(text: string, names: readonly string[]): string | undefined {
  for (const [, image = '', tag = ''] of text.matchAll(/(?:^|[\s"'=/])([a-z0-9][\w./-]{0,200}):(v?\d[\w.-]{0,60})/gm)) {
    const isTool = names.some((name) => name.includes('/') && (image === name || image.endsWith(`/${name}`)))
    const version = isTool ? VERSION.exec(tag.replace(/-(?:full|slim|alpine|debian|ubuntu).*$/, ''))?.[1] : undefined
    if (version !== undefined) return version
  }
  return undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
