import { sep } from 'node:path'
import type { Consumer } from '../model/consumer.ts'
import type { Unread } from '../model/inventory.ts'
import type { Mention } from '../model/mention.ts'
import type { ConsumerId, Place, Span } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { VariableFlow, VariableReader } from '../model/variable-flow.ts'
import type { FileJudge, Wanted } from '../system/bulk-files.ts'
import { matcher } from '../system/bulk-paths.ts'
import type { FoundDemand } from './attach-uses.ts'
import type { Prefilter } from './prefilter/prefilter.ts'

/** Larger files are no configuration; they are reported, not read. */
export const SIZE_LIMIT = 64 * 1024 * 1024

/** Real paths. Ids of places depend on their path below `base`: the root, or what several roots share. */
export interface Area {
  readonly roots: readonly string[]
  readonly base: string
  /** The base is a home; what lies outside of it is known by its whole path, for homes lie at different depths. */
  readonly isHome?: boolean
}

/** A file as it is named, and where it really lies. */
export interface Located {
  readonly path: string
  readonly real: string
}

/** What a scan has found so far. A file that is met under two names counts once: its real path tells. */
export interface Search {
  readonly area: Area
  readonly consumers: readonly Consumer[]
  /** Those that know their files inside other documents. */
  readonly nesting: readonly Consumer[]
  readonly context: Context
  /** What the detectors want by name, whatever stands in it. */
  readonly wanted: Wanted
  readonly isWanted: (path: string) => boolean
  /** The same, for one consumer. */
  readonly wants: (consumer: ConsumerId, path: string) => boolean
  readonly places: Map<string, Place>
  readonly demands: FoundDemand[]
  readonly unread: Map<string, Unread>
  readonly mentions: { readonly mention: Mention; readonly by: string }[]
  /** Real paths of the files that the prefilter let through, whether or not a consumer knows them by their names. */
  readonly candidates: Set<string>
  /** By real path. */
  readonly read: Map<string, ReadFile>
  /** What lies in no file of its own. */
  readonly copies: ReadFile[]
  /** Absent: variables are not followed. */
  readonly follow?: VariableReader
  /** Of copies; files are judged in the thread that reads them. */
  readonly judge?: FileJudge
  /** By the path of a file as it is named. */
  readonly flows: Map<string, VariableFlow>
  /** Files that detectors need besides, by their paths: thousands of configurations are read with the same keys. */
  readonly companions: Map<string, Uint8Array | undefined>
  /** Made when it is needed. */
  prefilter?: Prefilter
}

export interface ReadFile {
  readonly path: string
  /** Whole tokens of Bitbucket in the file, whoever reads it; of those with one `mark` one is told. */
  readonly tokens: readonly { readonly span: Span; readonly line: number; readonly mark?: string }[]
  /** What a consumer read or reported. */
  readonly understood: Span[]
}

export function newSearch(
  area: Area,
  consumers: readonly Consumer[],
  context: Context,
  { follow, judge }: Pick<Search, 'follow' | 'judge'> = {},
): Search {
  const found = {
    places: new Map(),
    demands: [],
    unread: new Map(),
    mentions: [],
    candidates: new Set<string>(),
    read: new Map(),
    copies: [],
    flows: new Map(),
    companions: new Map(),
    ...(follow === undefined ? {} : { follow }),
    ...(judge === undefined ? {} : { judge }),
  }
  const wanted = {
    names: consumers.flatMap(({ detector }) => detector?.wanted?.names ?? []),
    suffixes: consumers.flatMap(({ detector }) => detector?.wanted?.suffixes ?? []),
    inNames: [...new Set(consumers.flatMap(({ detector }) => detector?.wanted?.inNames ?? []))],
  }
  const nesting = consumers.filter(({ detector }) => detector?.detectNested !== undefined)
  return { area, consumers, nesting, context, wanted, isWanted: matcher(wanted), wants: wantingIn(consumers), ...found }
}

function wantingIn(consumers: readonly Consumer[]): Search['wants'] {
  const matchers = new Map(
    consumers.flatMap(({ id, detector }) => {
      const { names = [], suffixes = [], inNames = [] } = detector?.wanted ?? {}
      return names.length + suffixes.length + inNames.length === 0
        ? []
        : [[id, matcher({ names, suffixes, inNames })] as const]
    }),
  )
  return (consumer, path) => matchers.get(consumer)?.(path) === true
}

export function interestedIn(path: string, { consumers }: Search): readonly Consumer[] {
  return consumers.filter((consumer) => consumer.detector?.matches(path))
}

export function isInside(real: string, { area }: Search): boolean {
  return area.roots.some((root) => isBelow(real, root))
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}

/** `real`: a file that is met under two names is reported once. */
export function report(search: Search, unread: Unread, real = unread.at): void {
  const key = [real, unread.consumer ?? '', unread.reason, unread.detail].join('\0')
  if (!search.unread.has(key)) search.unread.set(key, unread)
}
