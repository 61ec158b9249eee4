import { basename, isAbsolute, relative } from 'node:path'
import { KIND_WORDS, useWords } from '../../messages/kinds.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Place } from '../../model/place.ts'
import type { Paint } from '../output.ts'
import { count, cut, oneLine, shellWord, wrap } from './text.ts'

const WHERE_WIDTH = 61

/** The one document of `scan --json`; described in docs/json.md. */
export function scanDocument(inventory: Inventory): unknown {
  const holding = inventory.places.filter((place) => place.secret !== undefined)
  return {
    schema: 'keyturn/scan/1',
    sources: inventory.sources,
    filesSeen: inventory.filesSeen,
    filesRead: inventory.filesRead,
    credentials: [...byCredential(holding).values()].map((places) => ({
      fingerprint: places[0]?.secret?.value?.fingerprint ?? null,
      kind: places[0]?.secret?.kind,
      usernames: [...new Set(places.map((place) => place.username?.text ?? null))],
      places: places.map((place) => place.id),
    })),
    places: holding.map((place) => placeDocument(place, inventory.sources)),
    pins: inventory.places
      .filter((place) => place.secret === undefined)
      .map((place) => placeDocument(place, inventory.sources)),
    unanswered: inventory.unanswered,
    unread: inventory.unread.map((unread) => ({ ...unread, at: shown(unread.at, inventory.sources) })),
    complete: inventory.unread.length === 0,
  }
}

function placeDocument(place: Place, sources: readonly string[]): unknown {
  const { secret, username } = place
  return {
    id: place.id,
    consumer: place.consumer,
    ...locationDocument(place, sources),
    ...(place.line === undefined ? {} : { line: place.line }),
    address: place.address,
    host: place.host,
    username: username?.text ?? null,
    ...(secret === undefined
      ? { encoding: username?.encoding, start: username?.span?.[0], end: username?.span?.[1] }
      : {
          kind: secret.kind,
          fingerprint: secret.value?.fingerprint ?? null,
          encoding: secret.encoding,
          start: secret.span?.[0] ?? null,
          end: secret.span?.[1] ?? null,
        }),
    uses: place.uses,
  }
}

function locationDocument({ at }: Place, sources: readonly string[]): Readonly<Record<string, string>> {
  return at.kind === 'url' ? { url: at.url } : (below(at.path, sources) ?? { path: at.path })
}

/** The root that holds a path, and the path below it. */
function below(path: string, sources: readonly string[]): { readonly root: string; readonly path: string } | undefined {
  for (const root of sources.filter(isAbsolute)) {
    if (path === root) return { root, path: basename(path) }
    if (path.startsWith(`${root}/`)) return { root, path: relative(root, path) }
  }
  return undefined
}

/** For people: the path below its root; the root's own name stands before it where there are several. */
export function shown(path: string, sources: readonly string[]): string {
  const found = below(path, sources)
  if (found === undefined) return path
  return sources.filter(isAbsolute).length > 1 ? `${basename(found.root)}/${found.path}` : found.path
}

function byCredential(places: readonly Place[]): ReadonlyMap<string, readonly Place[]> {
  const groups = new Map<string, Place[]>()
  for (const place of places) {
    const key = place.secret?.value?.fingerprint ?? `opaque ${place.id}`
    groups.set(key, [...(groups.get(key) ?? []), place])
  }
  return groups
}

/** `folder` is the working directory, for paths in commands to copy. */
export function scanLines(inventory: Inventory, paint: Paint, folder: string): readonly string[] {
  const holding = inventory.places.filter((place) => place.secret !== undefined)
  const pins = inventory.places.filter((place) => place.secret === undefined)
  const groups = [...byCredential(holding).values()]
  return [
    summary(groups.length, holding.length, inventory),
    ...groups.flatMap((places) => ['', ...credentialLines(places, inventory.sources, paint)]),
    ...pinLines(pins, inventory.sources),
    ...unreadLines(inventory),
    ...nextLines(inventory, holding, folder),
  ]
}

function summary(credentials: number, places: number, { filesRead, sources, unread }: Inventory): string {
  const controllers = sources.filter((source) => !isAbsolute(source)).length
  const asked = controllers === 0 ? [] : [`${count(controllers, 'controller')} asked`]
  const read = sources.length === controllers ? [] : [`${count(filesRead, 'file')} read`]
  const looked = [...read, ...asked].join(', ')
  return places === 0
    ? `No Bitbucket credential was found${unread.length === 0 ? '' : ' in what could be read'} (${looked})`
    : `${count(credentials, 'credential')} in ${count(places, 'place')} (${looked})`
}

function credentialLines(places: readonly Place[], sources: readonly string[], paint: Paint): readonly string[] {
  const first = places[0]?.secret
  const usernames = [...new Set(places.map((place) => place.username?.text ?? '(no username)'))].join(', ')
  const name = first?.value?.fingerprint ?? '(secret not shown)'
  const isHidden = first === undefined || (first.encoding === 'opaque' && first.kind === 'unknown')
  const kind = isHidden ? 'held by the controller' : KIND_WORDS[first.kind]
  const heading = `  ${paint.bold(name)}  ${kind}  ${oneLine(usernames)}`
  return [heading, ...places.flatMap((place) => placeLines(place, sources))]
}

/** Where it is, and below it what is done through it; both within 80 columns. */
function placeLines(place: Place, sources: readonly string[]): readonly string[] {
  const uses = [...new Set(place.uses.filter((use) => use.repository !== undefined).map(useWords))]
  const indent = ' '.repeat(19)
  return [
    `      ${place.id}  ${cut(oneLine(whereText(place, sources)), WHERE_WIDTH)}`,
    ...(uses.length === 0 ? [] : wrap(oneLine(uses.join(', ')), 80, indent)),
  ]
}

function whereText(place: Place, sources: readonly string[]): string {
  if (place.at.kind === 'url') return `Jenkins ${place.address}`
  const path = shown(place.at.path, sources)
  const isPlain = place.consumer === 'netrc' || place.consumer === 'git-credentials'
  return `${path}${place.line === undefined ? '' : `:${place.line}`}${isPlain ? '' : ` ${place.address}`}`
}

function pinLines(pins: readonly Place[], sources: readonly string[]): readonly string[] {
  if (pins.length === 0) return []
  const lines = pins.flatMap((place) => [
    `      ${place.id}  ${cut(oneLine(whereText(place, sources)), WHERE_WIDTH)}`,
    `${' '.repeat(19)}${oneLine(place.username?.text ?? '')}`,
  ])
  return ['', `${count(pins.length, 'URL names', 'URLs name')} a username, which then decides what is sent`, ...lines]
}

function unreadLines({ unread, sources }: Inventory): readonly string[] {
  if (unread.length === 0) return []
  const lines = unread.flatMap((one) => [
    `    ${cut(oneLine(shown(one.at, sources)), 76)}`,
    ...wrap(oneLine(one.detail), 80, '        '),
  ])
  return ['', `? ${count(unread.length, 'thing')} could not be read`, ...lines]
}

function nextLines({ sources }: Inventory, holding: readonly Place[], folder: string): readonly string[] {
  if (holding.length === 0) return []
  const paths = sources
    .map((source) => (isAbsolute(source) ? shellWord(relative(folder, source) || '.') : `--jenkins ${source}`))
    .join(' ')
  return ['', 'Next: see what has to change, and which tokens have to be created', `    keyturn plan ${paths}`]
}
