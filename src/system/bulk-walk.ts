import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BulkEvent, kindOfPath, unreadable, type Wanted } from './bulk-files.ts'
import { matcher, nameOf, osPath } from './bulk-paths.ts'
import type { SkipRules } from './skip-rules.ts'

/** What to search: folders and files to walk, or exactly these files. */
export interface BulkSource {
  readonly roots?: readonly string[]
  readonly paths?: Iterable<string>
  readonly wanted: Wanted
  /** Absent: nothing is left out. */
  readonly skip?: SkipRules
  /** A folder that is not entered unless it is a root. */
  readonly own?: string
  /** Files that are counted and not read, because they are known to hold nothing; not asked of wanted ones. */
  readonly isKnown?: (path: string) => boolean
}

/** Files to read, and what was met on the way to them. The same source gives the same batches, whoever reads them. */
export interface Batch {
  readonly paths: string[]
  readonly met: BulkEvent[]
  /** Files, links and others. */
  filesSeen: number
}

/** Enough to make handing over cheap, and few enough that nobody waits long for the last one. */
const BATCH_FILES = 64
/** Files that are known cost little, and nobody hears of them before their batch is delivered. */
const BATCH_SEEN = 1024
/** What the kernel makes up: endless files, and devices. Searched only when they are asked for. */
const NOT_ON_DISK: ReadonlySet<string> = new Set(['/proc', '/sys', '/dev'])

/** Hidden files too, in a stable order; links are told, never followed; objects of git are left out. */
export function* batchesOf(source: BulkSource): Generator<Batch> {
  const isWanted = matcher(source.wanted)
  let batch: Batch = { paths: [], met: [], filesSeen: 0 }
  const isFull = (): boolean =>
    batch.paths.length >= BATCH_FILES || batch.met.length >= BATCH_FILES || batch.filesSeen >= BATCH_SEEN
  const isRead = (path: string): boolean => isWanted(path) || source.isKnown?.(path) !== true
  for (const folder of foldersOf(source, (path, kind) => add(batch, path, kind, isWanted, isRead))) {
    if (typeof folder !== 'boolean') batch.met.push(folder)
    if (!isFull()) continue
    yield batch
    batch = { paths: [], met: [], filesSeen: 0 }
  }
  yield batch
}

type Kind = 'file' | 'link' | 'other'

type Ask = (path: string) => boolean

function add(batch: Batch, path: string, kind: Kind, isWanted: Ask, isRead: Ask): void {
  batch.filesSeen++
  if (kind === 'file') {
    if (isRead(path)) batch.paths.push(path)
  } else if (kind === 'link') batch.met.push({ kind, path })
  else if (isWanted(path)) batch.met.push({ kind: 'unread', path, code: 'NOTFILE', detail: 'not a regular file' })
}

type Meet = (path: string, kind: Kind) => void

/** Yields after each meeting, so that the caller can stop in between, and what could not be listed. */
function* foldersOf({ roots = [], paths = [], skip, own }: BulkSource, meet: Meet): Generator<true | BulkEvent> {
  for (const root of roots) {
    const kind = kindOfPath(root)
    if (typeof kind !== 'string') yield kind
    else if (kind === 'folder') yield* walk(root, meet, { skip, own })
    else {
      meet(root, kind)
      yield true
    }
  }
  for (const path of paths) {
    const kind = kindOfPath(path)
    if (typeof kind !== 'string') yield kind
    else if (kind === 'folder') yield { kind: 'unread', path, code: 'EISDIR', detail: 'it is a folder' }
    else {
      meet(path, kind)
      yield true
    }
  }
}

interface Folder {
  readonly path: string
  readonly entries: readonly Entry[]
  readonly isGit: boolean
  next: number
}

interface Left {
  readonly skip: SkipRules | undefined
  readonly own: string | undefined
}

interface Walk extends Left {
  /** A stack of its own: nested generators would pass every file through as many of them as it lies deep. */
  readonly open: Folder[]
  readonly skipped: Set<string>
}

function* walk(root: string, meet: Meet, left: Left): Generator<true | BulkEvent> {
  const open: Folder[] = []
  const state: Walk = { ...left, open, skipped: new Set() }
  yield* enter(root === '/' ? '' : root, true, state)
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    const entry = folder.entries[folder.next++]
    if (entry === undefined) {
      open.pop()
      continue
    }
    const path = `${folder.path}/${entry.name}`
    if (state.skipped.size > 0 && state.skipped.has(path)) continue
    if (entry.kind !== 'folder') {
      meet(path, entry.kind)
      yield true
    } else if (isEntered(path, entry, folder, state)) yield* enter(path, false, state)
  }
}

function isEntered(path: string, { name }: Entry, { isGit }: Folder, { own }: Walk): boolean {
  return !(isGit && name === 'objects') && !NOT_ON_DISK.has(path) && path !== own
}

function* enter(path: string, isRoot: boolean, { open, skip, skipped }: Walk): Generator<BulkEvent> {
  const folder = listed(path)
  if (!('entries' in folder)) return yield folder
  if (skip !== undefined) {
    const names = new Set(folder.entries.map(({ name }) => name))
    const { paths, problem } = skip(path === '' ? '/' : path, names, isRoot)
    for (const one of paths) skipped.add(one)
    if (problem !== undefined) yield problem
  }
  if (!skipped.has(path)) open.push(folder)
}

interface Entry {
  readonly name: string
  readonly kind: Kind | 'folder'
}

function listed(path: string): Folder | BulkEvent {
  try {
    const entries = entriesOf(path === '' ? '/' : path)
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    const isGit = entries.some(({ name }) => name === 'HEAD') && entries.some(({ name }) => name === 'refs')
    return { path, entries, isGit, next: 0 }
  } catch (error) {
    return unreadable(path, error)
  }
}

function entriesOf(folder: string): Entry[] {
  const found = readdirSync(osPath(folder), { withFileTypes: true })
  if (!found.some(({ name }) => name.includes('\ufffd')))
    return found.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
  return namesAsBytes(folder)
}

function namesAsBytes(folder: string): Entry[] {
  const names = readdirSync(osPath(folder), { encoding: 'buffer' }).map((bytes) => nameOf(bytes))
  return names.flatMap((name) => {
    const kind = kindOfPath(join(folder, name))
    return typeof kind === 'string' ? [{ name, kind }] : []
  })
}

function kindOf(entry: Dirent): Kind | 'folder' {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}
