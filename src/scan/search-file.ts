import type { Consumer, Document } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Place, Span } from '../model/place.ts'
import type { FileEntry } from '../model/ports.ts'
import { collect } from './collect.ts'
import { findingBy, findingsIn, mayHold } from './detectors.ts'
import { holdsHit } from './prefilter/holds-hit.ts'
import { openPrefilter } from './prefilter/prefilter.ts'
import { interestedIn, type Located, report, type Search, SIZE_LIMIT } from './search.ts'
import { type Finding, settle } from './settle.ts'
import { spansOf, tokensWithLines } from './unknown-tokens.ts'

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
  const explaining = consumers.find(({ detector }) => detector?.explains === true && mayHold(bytes, detector))
  await searchWith(file, bytes, explaining, () => consumers, search)
}

/** The same with all that are interested; whose own file it is is asked first, and most often nobody else. */
export async function searchKnown(file: Located, bytes: Uint8Array, search: Search): Promise<void> {
  const explaining = search.consumers.find(
    ({ detector }) => detector?.explains === true && detector.matches(file.path) && mayHold(bytes, detector),
  )
  await searchWith(file, bytes, explaining, () => interestedIn(file.path, search), search)
}

/** `explaining`: the one consumer whose own file it is, if it can explain all that the file was opened for. */
async function searchWith(
  file: Located,
  bytes: Uint8Array,
  explaining: Consumer | undefined,
  consumersFor: () => readonly Consumer[],
  search: Search,
): Promise<void> {
  const own = await explainedBy(explaining, file, bytes, search)
  const isAll = own?.detection.explained !== undefined && !holdsMore(bytes, own.detection.explained, search)
  const consumers = isAll ? [] : consumersFor()
  if (!isAll && consumers.length === 0) return
  const read = search.read.get(file.real) ?? { path: file.path, tokens: tokensWithLines(bytes), understood: [] }
  search.read.set(file.real, read)
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

/** A file that nobody finds anything in. */
export function noteRead({ path, real }: Located, { read }: Search): void {
  if (!read.has(real)) read.set(real, { path, tokens: [], understood: [] })
}

/** The document was read for the detectors, and is not read again. */
function followIn(document: Document, places: readonly Place[], { follow, flows }: Search): void {
  if (follow === undefined || flows.has(document.path)) return
  const flow = follow(document, places)
  if (Object.values(flow).some((list) => list.length > 0)) flows.set(document.path, flow)
}

async function explainedBy(
  consumer: Consumer | undefined,
  file: Located,
  bytes: Uint8Array,
  search: Search,
): Promise<Finding | undefined> {
  const detector = consumer?.detector
  if (consumer === undefined || detector === undefined) return undefined
  return findingBy(consumer.id, detector, file, bytes, search)
}

function holdsMore(bytes: Uint8Array, explained: readonly Span[], search: Search): boolean {
  search.prefilter ??= openPrefilter()
  return holdsHit(search.prefilter, bytes, explained)
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
