import { isUtf8 } from 'node:buffer'
import { consumers } from '../../src/consumers/registry.ts'
import type { Consumer, Detector, Document } from '../../src/model/consumer.ts'
import type { Detection, Place, Span } from '../../src/model/place.ts'
import { Secret } from '../../src/model/secret.ts'
import { tokenTextsIn } from '../../src/model/token-text.ts'
import { type Finding, settle } from '../../src/scan/settle.ts'
import { decodeField } from '../contract/decode-stored.ts'
import { isBrokenWord } from './field-problems.ts'

export const seal = Secret.sealer(Buffer.alloc(32, 1))

/** Consumers that read documents. */
export const DETECTING: readonly (Consumer & { readonly detector: Detector })[] = consumers.flatMap((consumer) =>
  consumer.detector === undefined ? [] : [{ ...consumer, detector: consumer.detector }],
)

/** A document as a case has it. Readings are kept by its bytes, so a copy of them is read anew. */
export function documentOf(path: string, bytes: Uint8Array, companion: Document['companion']): Document {
  return { path, bytes, seal, companion }
}

/** Every detector that a scan would ask about the document, in its order. */
export function findingsOf(document: Document): readonly Finding[] {
  const text = Buffer.from(document.bytes.buffer, document.bytes.byteOffset, document.bytes.length)
  const mayHold = ({ keywords }: Detector): boolean =>
    keywords.length === 0 || keywords.some((keyword) => text.includes(keyword, 0, 'latin1'))
  const asked = DETECTING.filter(({ detector }) => detector.matches(document.path))
  const nested = DETECTING.filter((consumer) => !asked.includes(consumer))
  return [
    ...asked
      .filter(({ detector }) => mayHold(detector))
      .map(({ id, detector }) => ({
        consumer: id,
        breadth: detector.breadth ?? 'own files',
        detection: detector.detect(document),
      })),
    ...nested.flatMap(({ id, detector }) => {
      const detection = detector.detectNested?.(document)
      return detection === undefined ? [] : [{ consumer: id, breadth: 'own files' as const, detection }]
    }),
  ]
}

/** What a scan keeps of them. */
export function settled(document: Document): readonly Finding[] {
  tokenTextsIn(document.bytes)
  return settle(findingsOf(document))
}

/** What is wrong with what detectors found in a document. */
export function findingProblems(document: Document, findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ consumer, detection }) =>
    detectionProblems(document, detection).map((problem) => `${consumer}: ${problem}`),
  )
}

export function detectionProblems(document: Document, detection: Detection): readonly string[] {
  const { places, unread, ofOthers = [] } = detection
  const { length } = document.bytes
  const addresses = places.map(({ address }) => address)
  const others = [...unread.map(({ span }) => span), ...ofOthers].filter((span) => span !== undefined)
  return [
    ...places.flatMap((place) => placeProblems(document, place)),
    ...(new Set(addresses).size === addresses.length ? [] : ['two places of one address']),
    ...(others.every((span) => isInside(span, length)) ? [] : ['something unread outside of the document']),
    ...shownProblems(detection),
  ]
}

function placeProblems(document: Document, place: Place): readonly string[] {
  const { secret, username, extent, address, line = 1 } = place
  const spans = [secret?.span, username?.span, extent].filter((span) => span !== undefined)
  if (!spans.every((span) => isInside(span, document.bytes.length))) return [`spans ${spans.join(' ')} outside`]
  const fields = [secret?.span, username?.span].filter((span) => span !== undefined)
  const isCovered = fields.every((span) => extent !== undefined && extent[0] <= span[0] && span[1] <= extent[1])
  return [
    ...(isCovered ? [] : ['an extent that does not cover its fields']),
    ...(/\s/.test(address) ? ['white space in an address'] : []),
    ...(line >= 1 && Number.isInteger(line) ? [] : [`line ${line}`]),
    ...meaningProblems(document, place),
  ]
}

function isInside([from, to]: Span, length: number): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= length
}

/** The decoders of the contract are the witness. What they refuse, and what is no UTF-8, may mean anything. */
function meaningProblems({ bytes }: Document, { secret }: Place): readonly string[] {
  const { span, value, encoding } = secret ?? {}
  if (secret === undefined || span === undefined || value === undefined || encoding === 'jenkins-secret') return []
  if (!isUtf8(bytes.subarray(...span)) && encoding === 'plain') return []
  const stored = Buffer.from(bytes.subarray(...span)).toString('latin1')
  if ([encoding, ...(secret.inner ?? []).map((step) => step.encoding)].includes('shell-word') && isBrokenWord(stored))
    return []
  const meaning = decodedOr(bytes, secret)
  if (meaning === undefined || meaning.includes('\ufffd') || seal(meaning).equals(value)) return []
  return [
    `a secret that is not what its bytes say (${[encoding, ...(secret.inner ?? []).map((step) => step.encoding)].join(' ')})`,
  ]
}

function decodedOr(bytes: Uint8Array, secret: NonNullable<Place['secret']>): string | undefined {
  try {
    return decodeField(bytes, secret)
  } catch {
    return undefined
  }
}

/** Shorter texts stand in names by chance. */
const TELLING = 16

function shownProblems({ places, demands, unread }: Detection): readonly string[] {
  const secrets = places.map(({ secret }) => secret?.value?.reveal() ?? '').filter(({ length }) => length >= TELLING)
  if (secrets.length === 0) return []
  const shown = JSON.stringify([
    places.map(({ address, host, uses, confidence }) => [address, host, uses, confidence]),
    demands,
    unread,
  ])
  return secrets.some((secret) => shown.includes(JSON.stringify(secret).slice(1, -1))) ? ['a secret is shown'] : []
}
