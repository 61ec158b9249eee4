import type { Consumer, Detector, Document } from '../model/consumer.ts'
import { mentionsOf } from '../model/mention.ts'
import type { ConsumerId, Detection } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Located, Search } from './search.ts'
import type { Finding } from './settle.ts'

/** Of those that found anything. */
export async function findingsIn(
  file: Located,
  bytes: Uint8Array,
  consumers: readonly Consumer[],
  search: Search,
  made?: Finding,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const add = (finding: Finding): void => {
    if (!isEmpty(finding.detection)) findings.push(finding)
  }
  const document = documentOf(file, bytes, search)
  for (const { id, detector } of consumers) {
    if (made?.consumer === id) add(made)
    else if (detector !== undefined && mayHold(bytes, detector)) {
      if (detector.companions !== undefined) await loadCompanions(file.path, detector, search)
      add(findingOf(id, detector, detector.detect(document)))
    }
  }
  for (const consumer of search.nesting) {
    if (consumers.includes(consumer)) continue
    const { id, detector } = consumer
    if (detector?.companions !== undefined) await loadCompanions(file.path, detector, search)
    const detection = detector?.detectNested?.(document)
    if (detection !== undefined) add({ consumer: id, breadth: 'own files', detection })
  }
  return findings
}

/** Most detectors find nothing in most documents. */
function isEmpty(detection: Detection): boolean {
  const { places, demands, unread, ofOthers = [], explained } = detection
  const count = places.length + demands.length + unread.length + ofOthers.length
  return count === 0 && explained === undefined && mentionsOf(detection).length === 0
}

export async function findingBy(
  consumer: ConsumerId,
  detector: Detector,
  file: Located,
  bytes: Uint8Array,
  search: Search,
): Promise<Finding> {
  if (detector.companions !== undefined) await loadCompanions(file.path, detector, search)
  return findingOf(consumer, detector, detector.detect(documentOf(file, bytes, search)))
}

function findingOf(consumer: ConsumerId, detector: Detector, detection: Detection): Finding {
  return { consumer, breadth: detector.breadth ?? 'own files', detection }
}

export function mayHold(bytes: Uint8Array, { keywords }: Detector): boolean {
  if (keywords.length === 0) return true
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return keywords.some((keyword) => text.includes(keyword, 0, 'latin1'))
}

function documentOf({ path }: Located, bytes: Uint8Array, { context, companions }: Search): Document {
  return { path, bytes, seal: context.seal, companion: (name) => companions.get(name) }
}

async function loadCompanions(path: string, detector: Detector, { context, companions }: Search): Promise<void> {
  for (const names of detector.companions?.(path) ?? []) {
    for (const name of names) if (!companions.has(name)) companions.set(name, await companionAt(name, context))
    if (names.some((name) => companions.get(name) !== undefined)) break
  }
}

/** `given:` stands before what no file holds (`Context.given`). */
function companionAt(name: string, { given, system }: Context): Promise<Uint8Array | undefined> {
  return name.startsWith('given:') ? Promise.resolve(given?.get(name)) : system.files.read(name).catch(() => undefined)
}
