import type { Candidate } from '../system/bulk-files.ts'
import { type Searchers, searchFiles } from '../system/scan-workers.ts'
import { openPrefilter, type Prefilter } from './prefilter/prefilter.ts'
import { interestedIn, report, type Search, searchBytes, searchEntry } from './search.ts'
import { ARCHIVE_SUFFIXES, isArchiveName, searchArchive } from './search-archive.ts'

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
  /** Called once for each file, link and other thing that is no folder. */
  readonly onFile: () => void
}

/**
 * Reads every file below the folders, and looks closer at those in which something about Bitbucket may stand, or whose name a
 * detector wants. The links that were met are for later: a file is shown under its own name where it is found by that.
 */
export async function searchFolders(
  { folders, files = [], helpers, archives, onFile }: FolderRequest,
  search: Search,
): Promise<readonly string[]> {
  const links: string[] = []
  const { suffixes } = search.wanted
  const wanted = archives ? { ...search.wanted, suffixes: [...suffixes, ...ARCHIVE_SUFFIXES] } : search.wanted
  const prefilter = openPrefilter()
  const request = { roots: folders, paths: files, wanted, counts: countsTelling(onFile) }
  for await (const met of searchFiles(request, { ...helpers, search: prefilter })) {
    if (met.kind === 'link') links.push(met.path)
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
  return firstHit === -1 && !search.isWanted(path)
}

async function searchCandidate({ path, size, mtimeMs, bytes }: Candidate, search: Search): Promise<void> {
  search.candidates.add(path)
  const interested = interestedIn(path, search)
  if (interested.length === 0) return
  if (bytes !== undefined) return searchBytes({ path, real: path }, bytes, interested, search)
  const entry = { path, kind: 'file', size, mode: 0, modifiedAt: new Date(mtimeMs) } as const
  await searchEntry(entry, path, search)
}

/** Files are counted a batch at a time; whoever listens hears of each. */
function countsTelling(onFile: () => void): { filesSeen: number; bytesSeen: number } {
  let seen = 0
  return {
    bytesSeen: 0,
    get filesSeen() {
      return seen
    },
    set filesSeen(now: number) {
      for (; seen < now; seen++) onFile()
    },
  }
}
