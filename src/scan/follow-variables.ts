import { dirname, relative } from 'node:path'
import type { Use } from '../model/use.ts'
import type { Spot, VariableFlow, VariableName, VariableRead } from '../model/variable-flow.ts'

/** What a document of a repository tells about variables. */
export interface FollowedDocument {
  /** Absolute. */
  readonly path: string
  /** Folder of its repository; nothing is followed out of it. */
  readonly root: string
  readonly flow: VariableFlow
}

/** A use that was followed back to where its credential comes from. */
export interface FollowedUse {
  /** Absolute path of the document that reads it. */
  readonly foundIn: string
  readonly root: string
  readonly use: Use
}

/** Uses by what they are uses of. */
export interface Followed {
  /** By `placeKey`. */
  readonly ofPlaces: ReadonlyMap<string, readonly FollowedUse[]>
  /** By the id of the credential of Jenkins. */
  readonly ofCredentials: ReadonlyMap<string, readonly FollowedUse[]>
  /** The variable that a place is the value of, by `placeKey`. */
  readonly names: ReadonlyMap<string, VariableName>
}

export function placeKey(path: string, holder: string): string {
  return `${path}\0${holder}`
}

/** Follows every read of a repository to the places that its variables come from, and nothing into another repository. */
export function followVariables(documents: readonly FollowedDocument[]): Followed {
  const ofPlaces = new Map<string, FollowedUse[]>()
  const ofCredentials = new Map<string, FollowedUse[]>()
  const names = new Map<string, VariableName>()
  const byRoot = new Map<string, FollowedDocument[]>()
  for (const document of documents) {
    add(byRoot, document.root, document)
    for (const { name, holder } of document.flow.held) names.set(placeKey(document.path, holder), name)
  }
  for (const [root, inside] of byRoot)
    for (const { origin, found } of followInside(root, inside))
      add(origin.kind === 'place' ? ofPlaces : ofCredentials, origin.key, found)
  return { ofPlaces, ofCredentials, names }
}

function followInside(
  root: string,
  documents: readonly FollowedDocument[],
): readonly { readonly origin: Origin; readonly found: FollowedUse }[] {
  const scopes = scopesOf(root, documents)
  return documents.flatMap(({ path, flow }) =>
    flow.reads.flatMap((read) => {
      const uses = usesOf(read, path, root)
      return originsOf(read, path, scopes).flatMap((origin) =>
        uses.map((use) => ({ origin, found: { foundIn: path, root, use: { ...use, ...foldedBy(origin) } } })),
      )
    }),
  )
}

function usesOf({ uses, line }: VariableRead, path: string, root: string): readonly Use[] {
  const by = `${relative(root, path)} line ${line}`
  return uses.map((use) => ({ ...use, by, followed: true }))
}

interface Origin {
  readonly kind: 'place' | 'credential'
  readonly key: string
  /** On one of the ways from there. */
  readonly folded?: true
}

/** Where a variable gets a value: from a place, from other variables, or from something that is not followed. */
interface Source extends Spot {
  readonly path: string
  readonly holder?: string
  readonly from: readonly VariableName[]
  readonly folded?: true
}

interface Scopes {
  readonly root: string
  /** By file and name, in the order in which they stand. */
  readonly inFile: ReadonlyMap<string, readonly Source[]>
  /** By folder and name: what other files of the repository may take. */
  readonly inFolder: ReadonlyMap<string, readonly Source[]>
  readonly everywhere: ReadonlyMap<VariableName, readonly Source[]>
}

function scopesOf(root: string, documents: readonly FollowedDocument[]): Scopes {
  const inFile = new Map<string, Source[]>()
  const inFolder = new Map<string, Source[]>()
  const everywhere = new Map<VariableName, Source[]>()
  const sources = [...documents.flatMap(sourcesIn), ...spreadSources(documents)]
  for (const [name, source] of sources.sort(([, a], [, b]) => a.at - b.at)) {
    add(inFile, `${source.path}\0${name}`, source)
    if (source.holder === undefined && source.from.length === 0) continue
    add(inFolder, `${dirname(source.path)}\0${name}`, source)
    add(everywhere, name, source)
  }
  return { root, inFile, inFolder, everywhere }
}

function sourcesIn({ path, flow }: FollowedDocument): readonly (readonly [VariableName, Source])[] {
  // What holds a secret is no reference, though a password may look like one.
  const holding = new Set(flow.held.map(({ name, at }) => `${name} ${at}`))
  return [
    ...flow.held.map(({ name, ...held }): [VariableName, Source] => [name, { path, ...held, from: [] }]),
    ...flow.derived
      .filter(({ name, at }) => !holding.has(`${name} ${at}`))
      .map(({ name, ...derived }): [VariableName, Source] => [name, { path, ...derived }]),
  ]
}

/** `envFrom` makes every entry of a Secret a variable. */
function spreadSources(documents: readonly FollowedDocument[]): readonly (readonly [VariableName, Source])[] {
  const held = new Set(documents.flatMap(({ flow }) => flow.held.map(({ name }) => name)))
  return documents.flatMap(({ path, flow }) =>
    flow.spread.flatMap(({ prefix, ...spot }) =>
      [...held]
        .filter((name) => name.startsWith(prefix))
        .map((name): [VariableName, Source] => [name.slice(prefix.length), { path, ...spot, from: [name] }]),
    ),
  )
}

/** `export TOKEN=$BB_TOKEN` and one more of its kind. */
const DEEPEST = 3
const CREDENTIAL = /^credentials:/

function originsOf(read: VariableRead, path: string, scopes: Scopes): readonly Origin[] {
  const found = new Map<string, Origin>()
  for (const name of read.names) collect(name, { ...read, path }, DEEPEST, scopes, found)
  return [...found.values()]
}

interface Standpoint extends Spot {
  readonly path: string
  readonly folded?: true
}

function foldedBy({ folded }: { readonly folded?: true }): { readonly folded?: true } {
  return folded === true ? { folded } : {}
}

/** What is read may be the value of a variable of the same name that stands outside: `TOKEN: ${TOKEN}`. */
function collect(
  name: VariableName,
  from: Standpoint,
  depth: number,
  scopes: Scopes,
  found: Map<string, Origin>,
  onlyOutside = false,
): void {
  if (CREDENTIAL.test(name)) {
    const key = name.replace(CREDENTIAL, '')
    found.set(name, { kind: 'credential', key, ...foldedBy(found.get(name) ?? {}), ...foldedBy(from) })
    return
  }
  const near = onlyOutside ? [] : inSameFile(name, from, scopes)
  const sources = near.length > 0 ? near : inOtherFiles(name, from, scopes)
  for (const source of sources) {
    const next = { ...source, ...foldedBy(from) }
    if (source.holder !== undefined) {
      const key = placeKey(source.path, source.holder)
      found.set(key, { kind: 'place', key, ...foldedBy(found.get(key) ?? {}), ...foldedBy(next) })
    }
    if (depth === 0) continue
    for (const other of source.from) collect(other, next, depth - 1, scopes, found, other === name)
  }
}

/** Of one file the closest block around counts, and in it what was set last before. */
function inSameFile(name: VariableName, from: Standpoint, { inFile }: Scopes): readonly Source[] {
  const { path, at } = from
  const all = nearestOf(inFile.get(`${path}\0${name}`) ?? [], at).filter((source) => !isOfOtherContainer(source, from))
  if (all.length === 0) return []
  const around = all.filter((source) => isAround(source.keys, from.keys))
  const deepest = Math.max(...around.map((source) => blockOf(source.keys).length))
  const closest = around.filter((source) => blockOf(source.keys).length === deepest)
  const before = closest.filter((source) => source.at < at).at(-1)
  if (before !== undefined) return [before]
  return (closest.length > 0 ? closest : all).slice(0, MOST_FILES)
}

/** Workloads of one stream have the same keys; what the container of one is given, no other one has. */
function isOfOtherContainer({ keys, part }: Spot, from: Spot): boolean {
  return part !== from.part && keys.some((key) => /^env(?:ironment|From)?$/.test(key))
}

/** A file full of one name stays quick to ask. */
const NEAREST = 100

function nearestOf(sources: readonly Source[], at: number): readonly Source[] {
  if (sources.length <= NEAREST) return sources
  let [low, high] = [0, sources.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sources[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return sources.slice(Math.max(0, low - NEAREST), low + NEAREST)
}

/** What is set in `jobs.a.env` holds in all of `jobs.a`. */
function blockOf(keys: readonly string[]): readonly string[] {
  return keys.slice(0, -1)
}

function isAround(set: readonly string[], read: readonly string[]): boolean {
  return blockOf(set).every((key, index) => read[index] === key)
}

/** So many files that set one name are services of their own, and nothing tells which of them is meant. */
const MOST_FILES = 8

/** The folder of the reader, then the ones around it; else all of them, if they are few. */
function inOtherFiles(
  name: VariableName,
  { path }: Standpoint,
  { root, inFolder, everywhere }: Scopes,
): readonly Source[] {
  const all = everywhere.get(name) ?? []
  if (all.length === 0) return []
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const here = (inFolder.get(`${folder}\0${name}`) ?? []).filter((source) => source.path !== path)
    if (here.length > 0) return here.slice(0, MOST_FILES)
    if (folder === root || folder === dirname(folder)) break
  }
  const elsewhere = all.slice(0, NEAREST).filter((source) => source.path !== path)
  return new Set(elsewhere.map((source) => source.path)).size > MOST_FILES ? [] : elsewhere
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const present = map.get(key)
  if (present === undefined) map.set(key, [value])
  else present.push(value)
}
