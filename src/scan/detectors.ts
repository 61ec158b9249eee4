import type { Consumer, Detector, Document } from '../model/consumer.ts'
import type { ConsumerId } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Located, Search } from './search.ts'
import type { Finding } from './settle.ts'

export async function findingsIn(
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
    findings.push(await findingBy(id, detector, file, bytes, search))
  }
  for (const { id, detector } of search.consumers.filter((consumer) => !consumers.includes(consumer))) {
    if (detector?.detectNested === undefined) continue
    const document = await documentOf(file.path, bytes, detector, search)
    findings.push({ consumer: id, breadth: 'own files', detection: detector.detectNested(document) })
  }
  return findings
}

export async function findingBy(
  consumer: ConsumerId,
  detector: Detector,
  { path }: Located,
  bytes: Uint8Array,
  search: Search,
): Promise<Finding> {
  const detection = detector.detect(await documentOf(path, bytes, detector, search))
  return { consumer, breadth: detector.breadth ?? 'own files', detection }
}

export function mayHold(bytes: Uint8Array, detector: Detector): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return detector.keywords.length === 0 || detector.keywords.some((keyword) => text.includes(keyword, 0, 'latin1'))
}

async function documentOf(path: string, bytes: Uint8Array, detector: Detector, search: Search): Promise<Document> {
  const { context, companions } = search
  for (const names of detector.companions?.(path) ?? []) {
    for (const name of names) if (!companions.has(name)) companions.set(name, await companionAt(name, context))
    if (names.some((name) => companions.get(name) !== undefined)) break
  }
  return { path, bytes, seal: context.seal, companion: (name) => companions.get(name) }
}

/** `given:` stands before what no file holds (`Context.given`). */
function companionAt(name: string, { given, system }: Context): Promise<Uint8Array | undefined> {
  return name.startsWith('given:') ? Promise.resolve(given?.get(name)) : system.files.read(name).catch(() => undefined)
}
