import { resolve, sep } from 'node:path'
import type { Consumer } from '../model/consumer.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Place } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Repository } from '../model/use.ts'
import type { VariableReader } from '../model/variable-flow.ts'
import type { SkipRequest } from '../system/skip-rules.ts'
import { attachUses } from './attach-uses.ts'
import { collect } from './collect.ts'
import type { FileMemory } from './file-memory.ts'
import { followIn } from './follow-scan.ts'
import { ownFiles } from './home-sources.ts'
import { openPrefilter } from './prefilter/prefilter.ts'
import type { ScanCache } from './scan-cache.ts'
import { interestedIn, newSearch, report, type Search, SIZE_LIMIT } from './search.ts'
import { searchArchive } from './search-archive.ts'
import { searchBytes, searchEntry, searchFile } from './search-file.ts'
import { type BegunFolder, type Helpers, searchFolders } from './search-folder.ts'
import { searchHistories } from './search-history.ts'
import { searchLinks } from './search-links.ts'
import { searchMentions } from './search-mentions.ts'
import { reportUnknownTokens } from './unknown-tokens.ts'

export interface ScanRequest {
  readonly roots: readonly string[]
  /** Exactly these files, besides; ids of their places depend on their paths below `listedFrom`. One that is gone is told, and no more. */
  readonly files?: readonly string[]
  readonly listedFrom?: string
  /** A document that lies in no file here; its name, from `listedFrom` on, tells what reads it. */
  readonly document?: { readonly name: string; readonly bytes: Uint8Array }
  /** Consumers that are asked rather than read; each must have `connector.list`. */
  readonly asked?: readonly Consumer[]
  readonly onFile?: (filesSeen: number) => void
  /** Absent: one thread. */
  readonly helpers?: Helpers
  /** Every blob of every repository below the roots, too. */
  readonly history?: boolean
  /** What lies in archives, too. */
  readonly archives?: boolean
  /** What earlier scans of histories found nothing in. */
  readonly cache?: ScanCache
  /** What earlier scans of folders found nothing in. */
  readonly memory?: FileMemory
  /** Leave out what git ignores, in repositories. */
  readonly gitignore?: boolean
  /** Where the running program lies: its folder is not entered. */
  readonly own?: string
  /** Leave out folders that say that they are caches, and these. */
  readonly caches?: readonly string[]
  /** When it is a root, ids of places below it depend on their paths from there on, whatever other roots there are. */
  readonly home?: string
  /** For places that name no repository, and that no found demand lends one. */
  readonly example?: Repository
  /** The only root, when other threads already read it. */
  readonly begun?: BegunFolder
  /** Absent: variables are not followed to what reads them. */
  readonly follow?: VariableReader
}

/** Finds every place below the roots, and in the systems that are asked. Files are only read; no network unless a system is asked. */
export async function scan(request: ScanRequest, consumers: readonly Consumer[], context: Context): Promise<Inventory> {
  const roots = await Promise.all(request.roots.map((root) => context.system.files.resolve(resolve(root))))
  const files = (request.files ?? []).map((path) => resolve(request.listedFrom ?? '.', path))
  const named =
    files.length === 0 && request.document === undefined ? roots : [...roots, resolve(request.listedFrom ?? '.')]
  const home = request.home === undefined ? undefined : await context.system.files.resolve(request.home).catch(() => '')
  const ids = home !== undefined && roots.includes(home) ? { base: home, isHome: true } : { base: commonFolder(named) }
  const search = newSearch({ roots: [...roots, ...files], ...ids }, consumers, context, {
    ...(request.follow === undefined ? {} : { follow: request.follow }),
    ...(request.helpers?.judge === undefined ? {} : { judge: request.helpers.judge }),
  })
  const { filesSeen, links } = await searchRoots(request, roots, files, search)
  await searchDocument(request, search)
  await searchLinks(links, search)
  await searchMentions(search)
  if (request.history === true) await searchHistories(search, request.cache)
  reportUnknownTokens(search)
  for (const consumer of request.asked ?? []) await askSystem(consumer, search)
  const found = [...search.places.values()]
  const live = found.filter(({ buried }) => buried === undefined)
  const isProved = provedBy(consumers)
  const followed = await followIn(live, named, search)
  const demands = [...search.demands, ...followed.demands]
  const { places, unanswered } = attachUses(
    followed.places,
    demands,
    request.example,
    isProved,
    await ownFiles(context.system),
  )
  const sources = [...named, ...(request.asked?.length ? context.logins.map((login) => login.baseUrl) : [])]
  const unread = [...search.unread.values()]
  const buried = found.filter((place) => place.buried !== undefined)
  const seen = filesSeen + (request.document === undefined ? 0 : 1)
  return { sources, places: [...places, ...buried], unanswered, unread, filesSeen: seen, filesRead: search.read.size }
}

interface Met {
  filesSeen: number
  /** Looked at when every file has been read, so that a file is shown under its own name where it is found by that. */
  readonly links: string[]
}

async function searchRoots(
  request: ScanRequest,
  roots: readonly string[],
  files: readonly string[],
  search: Search,
): Promise<Met> {
  const { onFile, helpers = {}, archives = false, history = false, begun } = request
  const met: Met = { filesSeen: 0, links: [] }
  const meet = (): void => {
    met.filesSeen++
    onFile?.(met.filesSeen)
  }
  const shared = { helpers, archives, history, onFile: meet, ...leftOutBy(request, search.context) }
  for (const root of roots) {
    const entry = await search.context.system.files.entry(root)
    if (entry === undefined || entry.kind === 'folder') {
      const same = begun?.folder === root ? { begun } : {}
      for (const link of await searchFolders({ ...shared, ...same, folders: [root] }, search)) met.links.push(link)
      continue
    }
    meet()
    if (archives && (await searchArchive(root, openPrefilter(), search))) continue
    if (entry.kind === 'file' && entry.size <= SIZE_LIMIT && !isKnownByName(root, search))
      await searchUnknown(root, search)
    else await searchEntry(entry, root, search)
  }
  if (files.length > 0)
    for (const link of await searchFolders({ ...shared, folders: [], files }, search)) met.links.push(link)
  return met
}

function leftOutBy(
  { gitignore = false, caches, memory, own }: ScanRequest,
  { system }: Context,
): { readonly skip?: SkipRequest; readonly memory?: FileMemory; readonly own?: string } {
  const remembered = { ...(memory === undefined ? {} : { memory }), ...(own === undefined ? {} : { own }) }
  if (!gitignore && caches === undefined) return remembered
  const environment = system.processes.environment()
  return { ...remembered, skip: { ignored: gitignore, environment, ...(caches === undefined ? {} : { caches }) } }
}

function isKnownByName(path: string, search: Search): boolean {
  return interestedIn(path, search).some(({ detector }) => (detector?.breadth ?? 'own files') === 'own files')
}

/** A file that was named by hand and that no consumer knows by its name: silence would read as "nothing in it". */
async function searchUnknown(path: string, search: Search): Promise<void> {
  const recognising = await consumersFor(path, search)
  const general = interestedIn(path, search)
  if (recognising.length + general.length > 0)
    return searchFile({ path, real: path }, [...recognising, ...general], search)
  report(search, { at: path, reason: 'unreadable', detail: 'no file of this name is known to hold credentials' })
  await searchFile({ path, real: path }, [], search)
}

async function consumersFor(path: string, search: Search): Promise<readonly Consumer[]> {
  const bytes = await search.context.system.files.read(path).catch(() => undefined)
  return bytes === undefined ? [] : recognising(bytes, search)
}

function recognising(bytes: Uint8Array, { consumers }: Search): readonly Consumer[] {
  return consumers.filter(({ detector }) => detector?.recognises?.(bytes) === true)
}

async function searchDocument({ document, listedFrom }: ScanRequest, search: Search): Promise<void> {
  if (document === undefined) return
  const { name, bytes } = document
  const path = resolve(listedFrom ?? '.', name)
  if (bytes.length > SIZE_LIMIT)
    return report(search, { at: path, reason: 'too-large', detail: `it has more than ${SIZE_LIMIT} bytes` })
  const readers = interestedIn(path, search)
  const others = isKnownByName(path, search) ? [] : recognising(bytes, search)
  await searchBytes({ path, real: path }, bytes, [...new Set([...others, ...readers])], search)
}

/** Whatever keyturn changes it also proves: by a verifier of the consumer, or by the one of all fields. */
function provedBy(consumers: readonly Consumer[]): (place: Place) => boolean | 'on what is given' {
  const hands = new Map(consumers.map(({ id, verifier, connector }) => [id, { verifier, connector }]))
  return ({ consumer }) => {
    const { verifier, connector } = hands.get(consumer) ?? {}
    return verifier !== undefined || (connector !== undefined && 'on what is given')
  }
}

async function askSystem(consumer: Consumer, search: Search): Promise<void> {
  const { context } = search
  if (consumer.connector?.asks === 'helpers') return askHelpers(consumer, search)
  for (const login of context.logins) {
    const detection = await consumer.connector?.list?.({ ...context, logins: [login] })
    const foundIn = login.baseUrl
    if (detection !== undefined) collect(detection, { consumer: consumer.id, foundIn, real: foundIn }, search)
  }
}

/** Its places lie in the files that name the helpers. */
async function askHelpers({ id, connector }: Consumer, search: Search): Promise<void> {
  const { places = [], unread = [] } = (await connector?.list?.(search.context)) ?? {}
  for (const place of places) {
    const foundIn = place.at.kind === 'file' ? place.at.path : place.at.url
    collect({ places: [place], demands: [], unread: [] }, { consumer: id, foundIn, real: foundIn }, search)
  }
  collect({ places: [], demands: [], unread }, { consumer: id, foundIn: 'git', real: 'git' }, search)
}

/** Several roots are told apart below the folder that they share. */
function commonFolder(roots: readonly string[]): string {
  const [first = '', ...others] = roots
  const parts = first.split(sep)
  const shared = parts.findIndex((part, index) => others.some((other) => other.split(sep)[index] !== part))
  return shared === -1 ? first : parts.slice(0, shared).join(sep) || sep
}
