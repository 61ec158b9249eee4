import { createHash } from 'node:crypto'
import { relative, resolve, sep } from 'node:path'
import type { Consumer, Detector } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Inventory, Unread } from '../model/inventory.ts'
import type { Detection, Place } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Repository } from '../model/use.ts'
import { attachUses, type FoundDemand } from './attach-uses.ts'
import { walk } from './walk.ts'

/** Larger files are no configuration; they are reported, not read. */
const SIZE_LIMIT = 64 * 1024 * 1024

export interface ScanRequest {
  readonly roots: readonly string[]
  /** Consumers that are asked rather than read; each must have `connector.list`. */
  readonly asked?: readonly Consumer[]
  readonly onFile?: (filesSeen: number) => void
  /** For places that name no repository, and that no found demand lends one. */
  readonly example?: Repository
}

interface Root {
  readonly root: string
  /** Ids of places depend on their path below this folder: the root, or what several roots share. */
  readonly base: string
}

interface Findings {
  readonly places: Place[]
  readonly demands: FoundDemand[]
  readonly unread: Unread[]
  filesSeen: number
  filesRead: number
}

/** Finds every place below the roots, and in the systems that are asked. Files are only read; no network unless a system is asked. */
export async function scan(request: ScanRequest, consumers: readonly Consumer[], context: Context): Promise<Inventory> {
  const findings: Findings = { places: [], demands: [], unread: [], filesSeen: 0, filesRead: 0 }
  const roots = await Promise.all(request.roots.map((root) => context.system.files.resolve(resolve(root))))
  const base = commonFolder(roots)
  for (const root of roots) await scanFolder({ root, base }, request, consumers, context, findings)
  for (const consumer of request.asked ?? []) await askSystem(consumer, context, findings)
  const { places, unanswered } = attachUses(distinctPlaces(findings.places), findings.demands, request.example)
  const sources = [...roots, ...(request.asked?.length ? context.logins.map((login) => login.baseUrl) : [])]
  return {
    sources,
    places,
    unanswered,
    unread: findings.unread,
    filesSeen: findings.filesSeen,
    filesRead: findings.filesRead,
  }
}

async function scanFolder(
  { root, base }: Root,
  request: ScanRequest,
  consumers: readonly Consumer[],
  context: Context,
  findings: Findings,
): Promise<void> {
  for await (const walked of walk(root, context.system.files)) {
    if (walked.kind === 'unreadable') {
      findings.unread.push({ at: walked.path, reason: 'unreadable', detail: walked.detail })
      continue
    }
    findings.filesSeen++
    request.onFile?.(findings.filesSeen)
    const { path, size } = walked.entry
    const interested = consumers.filter((consumer) => consumer.detector?.matches(path))
    if (interested.length === 0) continue
    if (walked.kind === 'link') await reportLink(path, root, context, findings)
    else if (size > SIZE_LIMIT) findings.unread.push({ at: path, reason: 'too-large', detail: `it has ${size} bytes` })
    else await scanFile(path, base, interested, context, findings)
  }
}

/** A link inside the root is met again under its real path; one that leaves it is not read. */
async function reportLink(path: string, root: string, context: Context, findings: Findings): Promise<void> {
  const target = await context.system.files.resolve(path).catch(() => undefined)
  if (target?.startsWith(`${root}/`)) return
  findings.unread.push({ at: path, reason: 'unreadable', detail: 'a symbolic link that leaves the scanned folder' })
}

async function scanFile(
  path: string,
  base: string,
  consumers: readonly Consumer[],
  context: Context,
  findings: Findings,
): Promise<void> {
  const bytes = await readOrReport(path, context, findings)
  if (bytes === undefined) return
  findings.filesRead++
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (const consumer of consumers) {
    const detector = consumer.detector
    if (detector === undefined || !mayHold(text, detector)) continue
    const companions = await readCompanions(path, detector, context)
    collect(
      detector.detect({ path, bytes, seal: context.seal, companion: (name) => companions.get(name) }),
      { consumer: consumer.id, foundIn: path, name: relative(base, path) || path },
      findings,
    )
  }
}

async function readOrReport(path: string, context: Context, findings: Findings): Promise<Uint8Array | undefined> {
  try {
    return await context.system.files.read(path)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    findings.unread.push({ at: path, reason: 'unreadable', detail: error.parts.because ?? 'it cannot be read' })
    return undefined
  }
}

function mayHold(text: Buffer, detector: Detector): boolean {
  return detector.keywords.length === 0 || detector.keywords.some((keyword) => text.includes(keyword, 0, 'latin1'))
}

async function readCompanions(
  path: string,
  detector: Detector,
  context: Context,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>()
  for (const companion of detector.companions?.(path) ?? []) {
    const bytes = await context.system.files.read(companion).catch(() => undefined)
    if (bytes !== undefined) read.set(companion, bytes)
  }
  return read
}

async function askSystem(consumer: Consumer, context: Context, findings: Findings): Promise<void> {
  for (const login of context.logins) {
    const detection = await consumer.connector?.list?.({ ...context, logins: [login] })
    const foundIn = login.baseUrl
    if (detection !== undefined) collect(detection, { consumer: consumer.id, foundIn, name: foundIn }, findings)
  }
}

function collect(
  detection: Detection,
  source: { consumer: string; foundIn: string; name: string },
  findings: Findings,
): void {
  for (const place of detection.places) findings.places.push({ ...place, id: placeId(place, source.name) })
  for (const demand of detection.demands) findings.demands.push({ demand, foundIn: source.foundIn })
  for (const { reason, detail } of detection.unread)
    findings.unread.push({ at: source.foundIn, consumer: source.consumer, reason, detail })
}

/** Several roots are told apart below the folder that they share. */
function commonFolder(roots: readonly string[]): string {
  const [first = '', ...others] = roots
  const parts = first.split(sep)
  const shared = parts.findIndex((part, index) => others.some((other) => other.split(sep)[index] !== part))
  return shared === -1 ? first : parts.slice(0, shared).join(sep) || sep
}

/** The same place gets the same id on every run and machine: it depends on the consumer, the path below the root (or the URL), and the address. */
function placeId(place: Place, name: string): string {
  const where = place.at.kind === 'url' ? place.at.url : name
  return `p${createHash('sha256').update([place.consumer, where, place.address].join('\0')).digest('hex').slice(0, 10)}`
}

/** Overlapping roots meet a file twice; its places count once. */
function distinctPlaces(places: readonly Place[]): readonly Place[] {
  const seen = new Map<string, Place>()
  for (const place of places) {
    const key = [place.consumer, place.at.kind === 'file' ? place.at.path : place.at.url, place.address].join('\0')
    if (!seen.has(key)) seen.set(key, place)
  }
  return [...seen.values()]
}
