import { join } from 'node:path'
import { openForReading } from '../system/archives.ts'
import { matcher } from '../system/bulk-paths.ts'
import { type ArchiveMember, type ArchiveProblem, archiveMembers, kindOfArchive } from './archives.ts'
import { holdsHit } from './prefilter/holds-hit.ts'
import type { Prefilter } from './prefilter/prefilter.ts'
import { report, type Search } from './search.ts'
import { keepBuried, searchCopy } from './search-copy.ts'

/** What is compressed hits no prefilter, so archives are known by the ends of their names; their bytes then say of which kind. */
export const ARCHIVE_SUFFIXES: readonly string[] =
  '.zip .jar .war .ear .hpi .jpi .whl .nupkg .apk .tar .tgz .gz .tzst .zst'.split(' ')

export const isArchiveName = matcher({ names: [], suffixes: ARCHIVE_SUFFIXES })

/** Every member, as a copy of a file. `false`: it is no archive. */
export async function searchArchive(path: string, prefilter: Prefilter, search: Search): Promise<boolean> {
  const source = openForReading(path)
  if (source === undefined) return false
  try {
    if (kindOfArchive(source) === undefined) return false
    const now = (): number => search.context.system.clock.now().getTime()
    for await (const met of archiveMembers({ path, source, now })) {
      if (met.kind === 'problem') reportProblem(met, search)
      else await searchMember(path, met, prefilter, search)
    }
    return true
  } catch (error) {
    // The disk failed, or the file was cut meanwhile.
    if (!(error instanceof Error && 'code' in error)) throw error
    report(search, { at: path, reason: 'unreadable', detail: `it cannot be read (${String(error.code)})` })
    return true
  } finally {
    source.close()
  }
}

async function searchMember(
  archive: string,
  { path, bytes }: ArchiveMember,
  prefilter: Prefilter,
  search: Search,
): Promise<void> {
  const member = path.slice(archive.length + 1)
  const named = join(archive, ...member.split('!'))
  if (!search.isWanted(named) && !holdsHit(prefilter, bytes)) return
  const { places } = await searchCopy({ path: named, shownAs: path, fileOf: path }, bytes, search)
  for (const place of places) keepBuried(place, { kind: 'archive', archive, member }, search)
}

function reportProblem({ path, reason, detail }: ArchiveProblem, search: Search): void {
  const isTooMuch = reason === 'limit'
  report(search, {
    at: path,
    reason: isTooMuch ? 'too-large' : reason === 'damaged' ? 'malformed' : 'unreadable',
    detail,
  })
}
