import { basename } from 'node:path'
import type { Candidate, Judged, Wanted } from '../system/bulk-files.ts'
import { type BulkRequest, type OpenSearch, openSearch, type Searchers, searchFiles } from '../system/scan-workers.ts'
import { newSkipRules, type SkipRequest } from '../system/skip-rules.ts'
import { collect } from './collect.ts'
import { mayHold } from './detectors.ts'
import type { FileMemory } from './file-memory.ts'
import { openPrefilter, type Prefilter } from './prefilter/prefilter.ts'
import { GIT_FILE } from './repositories.ts'
import { report, type Search } from './search.ts'
import { ARCHIVE_SUFFIXES, isArchiveName, searchArchive } from './search-archive.ts'
import { noteRead, searchBytes, searchEntry, searchKnown } from './search-file.ts'

/** How many threads search, and the module that the others run. */
export type Helpers = Omit<Searchers, 'search'>

export interface FolderRequest {
  /** Real paths. */
  readonly folders: readonly string[]
  /** Exactly these files, besides. */
  readonly files?: readonly string[]
  readonly helpers: Helpers
  /** Whether archives are opened. */
  readonly archives: boolean
  /** Whether histories are searched: then what leads to a repository is a candidate, too. */
  readonly history?: boolean
  /** Absent: nothing is left out. */
  readonly skip?: SkipRequest
  /** Where the running program lies. */
  readonly own?: string
  /** Called once for each file, link and other thing that is no folder. */
  readonly onFile: () => void
  /** Absent: every file is read. */
  readonly memory?: FileMemory
  /** The search of the one folder, with the same request, when it has begun already. */
  readonly begun?: BegunFolder
}

/** A folder that other threads already read. */
export interface BegunFolder {
  readonly folder: string
  readonly search: OpenSearch
  readonly counts: FileCounts
}

/** `wanted`: what the detectors want by name, before they are loaded. */
export function beginFolder(
  folder: string,
  { helpers, archives, history, memory, own }: Omit<FolderRequest, 'folders' | 'onFile'>,
  wanted: Wanted,
): BegunFolder {
  const counts = new FileCounts()
  const left = own === undefined ? {} : { own }
  const request = {
    roots: [folder],
    wanted: wantedFor(wanted, archives, history),
    counts,
    ...left,
    ...remembering(memory),
  }
  return { folder, counts, search: openSearch(request, { ...helpers, search: openPrefilter() }) }
}

function remembering(memory: FileMemory | undefined): Pick<BulkRequest, 'isKnown' | 'onClean'> {
  return memory === undefined ? {} : { isKnown: memory.isKnown, onClean: memory.addClean }
}

function wantedFor(wanted: Wanted, archives: boolean, history = false): Wanted {
  const { names, suffixes } = wanted
  return {
    ...wanted,
    names: history ? [...names, GIT_FILE] : names,
    suffixes: archives ? [...suffixes, ...ARCHIVE_SUFFIXES] : suffixes,
  }
}

/**
 * Reads every file below the folders, and looks closer at those in which something about Bitbucket may stand, or whose name a
 * detector wants. The links that were met are for later: a file is shown under its own name where it is found by that.
 */
export async function searchFolders(
  { folders, files = [], helpers, archives, history, skip, own, onFile, memory, begun }: FolderRequest,
  search: Search,
): Promise<readonly string[]> {
  const links: string[] = []
  const wanted = wantedFor(search.wanted, archives, history)
  const prefilter = openPrefilter()
  const rules = { ...(skip === undefined ? {} : { skip: newSkipRules(skip) }), ...(own === undefined ? {} : { own }) }
  const counts = begun?.counts ?? new FileCounts()
  counts.onFile = onFile
  const request = { roots: folders, paths: files, wanted, counts, ...rules, ...remembering(memory) }
  for await (const met of begun?.search.events ?? searchFiles(request, { ...helpers, search: prefilter })) {
    if (met.kind === 'link') links.push(met.path)
    else if (met.kind === 'judged') collectJudged(met, search)
    else if (met.kind === 'unread') report(search, { at: met.path, reason: 'unreadable', detail: met.detail })
    else if (!(archives && (await isSearchedArchive(met, prefilter, search)))) await searchCandidate(met, search)
  }
  return links
}

/** Or a file that has nothing to look at but the name of an archive. */
async function isSearchedArchive(
  { path, firstHit }: Candidate,
  prefilter: Prefilter,
  search: Search,
): Promise<boolean> {
  if (isArchiveName(path) || firstHit !== -1) if (await searchArchive(path, prefilter, search)) return true
  return firstHit === -1 && !search.isWanted(path) && basename(path) !== GIT_FILE
}

async function searchCandidate({ path, size, mtimeMs, bytes, firstHit }: Candidate, search: Search): Promise<void> {
  search.candidates.add(path)
  if (firstHit === -1 && !search.isWanted(path)) return
  const file = { path, real: path }
  if (firstHit !== -1 && bytes !== undefined) return searchKnown(file, bytes, search)
  // What has no hit and is opened for its name alone holds something for those that want the name, and for nobody else.
  const interested = search.consumers.filter(
    ({ id, detector }) => (firstHit !== -1 || search.wants(id, path)) && detector?.matches(path),
  )
  if (interested.length === 0) return
  if (
    bytes !== undefined &&
    firstHit === -1 &&
    !interested.some(({ detector }) => detector && mayHold(bytes, detector))
  )
    return noteRead(file, search)
  if (bytes !== undefined) return searchBytes(file, bytes, interested, search)
  const entry = { path, kind: 'file', size, mode: 0, modifiedAt: new Date(mtimeMs) } as const
  await searchEntry(entry, path, search)
}

function collectJudged({ path, judgement: { consumer, demands } }: Judged, search: Search): void {
  search.candidates.add(path)
  noteRead({ path, real: path }, search)
  collect({ places: [], demands, unread: [] }, { consumer, foundIn: path, real: path }, search)
}

/** Files are counted a batch at a time; whoever listens hears of each. */
class FileCounts {
  bytesSeen = 0
  onFile: () => void = () => undefined
  #filesSeen = 0

  get filesSeen(): number {
    return this.#filesSeen
  }

  set filesSeen(now: number) {
    for (; this.#filesSeen < now; this.#filesSeen++) this.onFile()
  }
}
