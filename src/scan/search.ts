import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import type { Consumer, Detector, Document } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Unread } from '../model/inventory.ts'
import { type Mention, mentionsOf } from '../model/mention.ts'
import type { Buried, ConsumerId, Detection, Place, PlaceRef, Span } from '../model/place.ts'
import type { Context, FileEntry } from '../model/ports.ts'
import { tokenTextsIn } from '../model/token-text.ts'
import type { Demand } from '../model/use.ts'
import type { VariableFlow, VariableReader } from '../model/variable-flow.ts'
import type { Wanted } from '../system/bulk-files.ts'
import { matcher } from '../system/bulk-paths.ts'
import type { FoundDemand } from './attach-uses.ts'
import { holdsHit } from './prefilter/holds-hit.ts'
import { openPrefilter, type Prefilter } from './prefilter/prefilter.ts'
import { type Finding, settle } from './settle.ts'

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
  /** By the path of a file as it is named. */
  readonly flows: Map<string, VariableFlow>
  /** Files that detectors need besides, by their paths: thousands of configurations are read with the same keys. */
  readonly companions: Map<string, Uint8Array | undefined>
  /** Made when it is needed. */
  prefilter?: Prefilter
}

interface ReadFile {
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
  follow?: VariableReader,
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
  }
  const wanted = {
    names: consumers.flatMap(({ detector }) => detector?.wanted?.names ?? []),
    suffixes: consumers.flatMap(({ detector }) => detector?.wanted?.suffixes ?? []),
    inNames: [...new Set(consumers.flatMap(({ detector }) => detector?.wanted?.inNames ?? []))],
  }
  return { area, consumers, context, wanted, isWanted: matcher(wanted), wants: wantingIn(consumers), ...found }
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

/** `real` is where the file lies when `entry` was reached through a link. */
export async function searchEntry({ path, kind, size }: FileEntry, real: string, search: Search): Promise<void> {
  const interested = interestedIn(path, search)
  if (interested.length === 0) return
  if (kind !== 'file') report(search, { at: path, reason: 'unreadable', detail: 'not a regular file' })
  else if (size > SIZE_LIMIT) report(search, { at: path, reason: 'too-large', detail: `it has ${size} bytes` })
  else await searchFile({ path, real }, interested, search)
}

export async function searchFile(file: Located, consumers: readonly Consumer[], search: Search): Promise<void> {
  const bytes = await readOrReport(file.path, search)
  if (bytes !== undefined) await searchBytes(file, bytes, consumers, search)
}

export async function searchBytes(
  file: Located,
  bytes: Uint8Array,
  consumers: readonly Consumer[],
  search: Search,
): Promise<void> {
  const read = search.read.get(file.real) ?? { path: file.path, tokens: tokensWithLines(bytes), understood: [] }
  search.read.set(file.real, read)
  const own = await explainingIn(file, bytes, consumers, search)
  const isAll = own?.detection.explained !== undefined && !holdsMore(bytes, own.detection.explained, search)
  const findings = settle(isAll ? [own] : await findingsIn(file, bytes, consumers, search, own))
  for (const { consumer, detection } of findings) {
    // One by one: a call takes no more arguments than the stack holds, and a dense file has more places.
    for (const span of spansOf(detection)) read.understood.push(span)
    collect(detection, { consumer, foundIn: file.path, ...file }, search)
  }
  if (isAll) return
  const places = findings.flatMap(({ detection }) => detection.places)
  followIn({ path: file.path, bytes, seal: search.context.seal, companion: () => undefined }, places, search)
}

/** The document was read for the detectors, and is not read again. */
function followIn(document: Document, places: readonly Place[], { follow, flows }: Search): void {
  if (follow === undefined || flows.has(document.path)) return
  const flow = follow(document, places)
  if (Object.values(flow).some((list) => list.length > 0)) flows.set(document.path, flow)
}

/** What the one consumer found whose own file it is, if that one can explain all that the file was opened for. */
async function explainingIn(
  file: Located,
  bytes: Uint8Array,
  consumers: readonly Consumer[],
  search: Search,
): Promise<Finding | undefined> {
  const consumer = consumers.find(({ detector }) => detector?.explains === true && mayHold(bytes, detector))
  const detector = consumer?.detector
  if (consumer === undefined || detector === undefined) return undefined
  const detection = detector.detect(await documentOf(file.path, bytes, detector, search))
  return { consumer: consumer.id, breadth: detector.breadth ?? 'own files', detection }
}

function holdsMore(bytes: Uint8Array, explained: readonly Span[], search: Search): boolean {
  const rest = bytes.slice()
  for (const [start, end] of explained) rest.fill(0x20, start, end)
  search.prefilter ??= openPrefilter()
  return holdsHit(search.prefilter, rest)
}

/** A document that lies in no file of its own. */
export interface Copy {
  /** What its name tells detectors. */
  readonly path: string
  /** What people are shown. */
  readonly shownAs: string
  /** Of versions of one file, what is the same in all of them; what cannot be read is told once for each. */
  readonly fileOf: string
}

export interface CopyContent {
  readonly places: readonly Place[]
  /** Whether there is anything to tell. */
  readonly isAny: boolean
}

/**
 * Places of a copy stay apart from those of files (`keepBuried`): they answer no demand, for nothing reads them; and what an old
 * file demanded or named is no matter any more.
 */
export async function searchCopy(
  { path, shownAs, fileOf }: Copy,
  bytes: Uint8Array,
  search: Search,
): Promise<CopyContent> {
  const tokens = tokensWithLines(bytes).map((token) => ({ ...token, mark: markOf(bytes, token.span, fileOf, search) }))
  const copy: ReadFile = { path: shownAs, tokens, understood: [] }
  if (tokens.length > 0) search.copies.push(copy)
  const found: Place[] = []
  let isAny = tokens.length > 0
  const findings = await findingsIn({ path, real: path }, bytes, interestedIn(path, search), search)
  for (const { consumer, detection } of settle(findings)) {
    for (const span of spansOf(detection)) copy.understood.push(span)
    const at = { kind: 'file', path: shownAs } as const
    const places = detection.places.filter(({ host, isPlaceholder }) => host !== '' && isPlaceholder !== true)
    found.push(...places.map((place) => ({ ...place, at })))
    isAny ||= places.length > 0 || detection.unread.length > 0
    const kept = { places: [], demands: [], unread: detection.unread }
    collect(kept, { consumer, foundIn: shownAs, real: fileOf }, search)
  }
  return { places: found, isAny }
}

export function keepBuried(place: Place, buried: Buried, search: Search): void {
  const at = place.at.kind === 'file' ? place.at.path : place.at.url
  const detection = { places: [{ ...place, buried }], demands: [], unread: [] }
  collect(detection, { consumer: place.consumer, foundIn: at, real: at }, search)
}

function markOf(bytes: Uint8Array, [start, end]: Span, fileOf: string, { context }: Search): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  return `${fileOf}\0${context.seal(text).fingerprint}`
}

async function findingsIn(
  file: Located,
  bytes: Uint8Array,
  consumers: readonly Consumer[],
  search: Search,
  made?: Finding,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { id, detector } of consumers) {
    if (made?.consumer === id) {
      findings.push(made)
      continue
    }
    if (detector === undefined || !mayHold(bytes, detector)) continue
    const detection = detector.detect(await documentOf(file.path, bytes, detector, search))
    findings.push({ consumer: id, breadth: detector.breadth ?? 'own files', detection })
  }
  for (const { id, detector } of search.consumers.filter((consumer) => !consumers.includes(consumer))) {
    if (detector?.detectNested === undefined) continue
    const document = await documentOf(file.path, bytes, detector, search)
    findings.push({ consumer: id, breadth: 'own files', detection: detector.detectNested(document) })
  }
  return findings
}

const NO_TOKENS: ReadFile['tokens'] = []

/** Tokens come in the order in which they stand, so the lines are counted once, however many there are. */
function tokensWithLines(bytes: Uint8Array): ReadFile['tokens'] {
  const tokens = tokenTextsIn(bytes)
  if (tokens.length === 0) return NO_TOKENS
  let [line, at] = [1, bytes.indexOf(0x0a)]
  return tokens.map(({ span }) => {
    for (; at !== -1 && at < span[0]; at = bytes.indexOf(0x0a, at + 1)) line++
    return { span, line }
  })
}

function spansOf({ places, unread, ofOthers = [] }: Detection): readonly Span[] {
  const fields = places.flatMap(({ secret, username }) => [secret?.span, username?.span])
  return [...fields, ...ofOthers, ...unread.map(({ span }) => span)].filter((span) => span !== undefined)
}

/** The prefix and the checksum prove whose a token is, so one that stands where nobody looks for it must not pass in silence. */
export function reportUnknownTokens(search: Search): void {
  const told = new Set<string>()
  for (const { path, tokens, understood } of [...search.read.values(), ...search.copies]) {
    if (tokens.length === 0) continue
    const isUnderstood = overlapWith(understood)
    for (const { span, line, mark } of tokens) {
      if (isUnderstood(span)) continue
      if (mark !== undefined && told.has(mark)) continue
      if (mark !== undefined) told.add(mark)
      const detail = `a token of Bitbucket's shape that no reader of this file understands, line ${line}`
      report(search, { at: path, reason: 'malformed', detail })
    }
  }
}

/** Whether a span shares a byte with any of these: a question for each of very many tokens. */
function overlapWith(spans: readonly Span[]): (span: Span) => boolean {
  const sorted = [...spans].sort((a, b) => a[0] - b[0])
  // The furthest end of all that begin no later.
  const ends: number[] = []
  for (const [, end] of sorted) ends.push(Math.max(ends.at(-1) ?? 0, end))
  return ([from, to]) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle]?.[0] ?? 0) < to) low = middle + 1
      else high = middle
    }
    return (ends[low - 1] ?? 0) > from
  }
}

async function readOrReport(path: string, search: Search): Promise<Uint8Array | undefined> {
  try {
    return await search.context.system.files.read(path)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    report(search, { at: path, reason: 'unreadable', detail: error.parts.because ?? 'it cannot be read' })
    return undefined
  }
}

function mayHold(bytes: Uint8Array, detector: Detector): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return detector.keywords.length === 0 || detector.keywords.some((keyword) => text.includes(keyword, 0, 'latin1'))
}

/** `given:` stands before what no file holds (`Context.given`). */
function companionAt(name: string, { given, system }: Context): Promise<Uint8Array | undefined> {
  return name.startsWith('given:') ? Promise.resolve(given?.get(name)) : system.files.read(name).catch(() => undefined)
}

async function documentOf(path: string, bytes: Uint8Array, detector: Detector, search: Search): Promise<Document> {
  const { context, companions } = search
  for (const names of detector.companions?.(path) ?? []) {
    for (const name of names) if (!companions.has(name)) companions.set(name, await companionAt(name, context))
    if (names.some((name) => companions.get(name) !== undefined)) break
  }
  return { path, bytes, seal: context.seal, companion: (name) => companions.get(name) }
}

export interface Source {
  readonly consumer: ConsumerId
  /** Path of a file as it is named, or URL of a system. */
  readonly foundIn: string
  /** Real path of a file. */
  readonly real: string
}

export function collect(detection: Detection, { consumer, foundIn, real }: Source, search: Search): void {
  const { base, isHome } = search.area
  const hasIds = detection.places.length + detection.demands.length > 0
  const name = hasIds && (isHome !== true || isBelow(foundIn, base)) ? relative(base, foundIn) || foundIn : foundIn
  for (const place of detection.places.filter(({ isPlaceholder }) => isPlaceholder !== true)) {
    const key = [place.consumer, place.at.kind === 'file' ? real : place.at.url, place.address].join('\0')
    if (!search.places.has(key)) search.places.set(key, { ...place, id: placeId(place, name) })
  }
  for (const demand of detection.demands) search.demands.push({ demand: withReferenceId(demand, name), foundIn })
  for (const { reason, detail } of detection.unread) report(search, { at: foundIn, consumer, reason, detail }, real)
  for (const mention of mentionsOf(detection)) search.mentions.push({ mention, by: foundIn })
}

function withReferenceId(demand: Demand, name: string): Demand {
  const { reference } = demand
  return reference === undefined ? demand : { ...demand, reference: { ...reference, id: placeId(reference, name) } }
}

/** The same place gets the same id on every run and machine: it depends on the consumer, the path below the root (or the URL), and the address. */
function placeId(place: PlaceRef, name: string): string {
  const where = place.at.kind === 'url' ? place.at.url : name
  return `p${createHash('sha256').update([place.consumer, where, place.address].join('\0')).digest('hex').slice(0, 10)}`
}
