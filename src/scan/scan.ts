import { resolve, sep } from 'node:path'
import type { Consumer } from '../model/consumer.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import type { Repository } from '../model/use.ts'
import { attachUses } from './attach-uses.ts'
import {
  collect,
  interestedIn,
  newSearch,
  report,
  reportUnknownTokens,
  type Search,
  searchEntry,
  searchFile,
} from './search.ts'
import { searchLinks } from './search-links.ts'
import { searchMentions } from './search-mentions.ts'
import { walk } from './walk.ts'

export interface ScanRequest {
  readonly roots: readonly string[]
  /** Consumers that are asked rather than read; each must have `connector.list`. */
  readonly asked?: readonly Consumer[]
  readonly onFile?: (filesSeen: number) => void
  /** For places that name no repository, and that no found demand lends one. */
  readonly example?: Repository
}

/** Finds every place below the roots, and in the systems that are asked. Files are only read; no network unless a system is asked. */
export async function scan(request: ScanRequest, consumers: readonly Consumer[], context: Context): Promise<Inventory> {
  const roots = await Promise.all(request.roots.map((root) => context.system.files.resolve(resolve(root))))
  const search = newSearch({ roots, base: commonFolder(roots) }, consumers, context)
  const { filesSeen, links } = await searchFolders(request, search)
  await searchLinks(links, search)
  await searchMentions(search)
  reportUnknownTokens(search)
  for (const consumer of request.asked ?? []) await askSystem(consumer, search)
  const { places, unanswered } = attachUses([...search.places.values()], search.demands, request.example)
  const sources = [...roots, ...(request.asked?.length ? context.logins.map((login) => login.baseUrl) : [])]
  const unread = [...search.unread.values()]
  return { sources, places, unanswered, unread, filesSeen, filesRead: search.read.size }
}

interface Met {
  filesSeen: number
  /** Looked at when every file has been read, so that a file is shown under its own name where it is found by that. */
  readonly links: string[]
}

async function searchFolders({ onFile }: ScanRequest, search: Search): Promise<Met> {
  const met: Met = { filesSeen: 0, links: [] }
  for (const root of search.area.roots)
    for await (const walked of walk(root, search.context.system.files)) {
      if (walked.kind === 'unreadable') {
        report(search, { at: walked.path, reason: 'unreadable', detail: walked.detail })
        continue
      }
      met.filesSeen++
      onFile?.(met.filesSeen)
      const { path } = walked.entry
      if (walked.kind === 'link') met.links.push(path)
      else if (path === root && interestedIn(path, search).length === 0) await searchUnknown(path, search)
      else await searchEntry(walked.entry, path, search)
    }
  return met
}

/** A file that was named by hand and that no consumer knows by its name: silence would read as "nothing in it". */
async function searchUnknown(path: string, search: Search): Promise<void> {
  const recognising = await consumersFor(path, search)
  if (recognising.length > 0) return searchFile({ path, real: path }, recognising, search)
  report(search, { at: path, reason: 'unreadable', detail: 'no file of this name is known to hold credentials' })
  await searchFile({ path, real: path }, [], search)
}

async function consumersFor(path: string, { consumers, context }: Search): Promise<readonly Consumer[]> {
  const bytes = await context.system.files.read(path).catch(() => undefined)
  return bytes === undefined ? [] : consumers.filter(({ detector }) => detector?.recognises?.(bytes) === true)
}

async function askSystem(consumer: Consumer, search: Search): Promise<void> {
  const { context } = search
  for (const login of context.logins) {
    const detection = await consumer.connector?.list?.({ ...context, logins: [login] })
    const foundIn = login.baseUrl
    if (detection !== undefined) collect(detection, { consumer: consumer.id, foundIn, real: foundIn }, search)
  }
}

/** Several roots are told apart below the folder that they share. */
function commonFolder(roots: readonly string[]): string {
  const [first = '', ...others] = roots
  const parts = first.split(sep)
  const shared = parts.findIndex((part, index) => others.some((other) => other.split(sep)[index] !== part))
  return shared === -1 ? first : parts.slice(0, shared).join(sep) || sep
}
