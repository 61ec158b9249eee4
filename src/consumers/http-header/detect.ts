import { decodeBasicPair } from '../../formats/base64-pair.ts'
import type { StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Place } from '../../model/place.ts'
import { addressesIn } from '../bitbucket-address.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, placesOf } from '../field-detector.ts'
import { decodedPiece, type Pieces, wholeOf } from '../field-place.ts'
import { isOfOthers, namesBitbucket, nameWords } from '../name-words.ts'
import { hostsIn } from '../nearest-host.ts'
import { requestAround } from '../request-around.ts'
import { isIssued, secretConfidence } from '../secret-text.ts'
import { tailOf } from '../variables.ts'

/** Finds `Authorization: Basic …` and `Bearer …` for Bitbucket: in scripts, settings of HTTP clients, recorded requests. */
export const httpHeaderDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [] }),
}

const HEADER = /\b(basic|bearer)[ \t]+["']?([A-Za-z0-9+/_=-]{20,4096})/gi

function placesIn(document: Document): readonly Place[] {
  const read = everyDocument(fieldsOf(document))
  const inFields = read.flatMap((each) =>
    each.fields.flatMap(({ keys, value }) => inText(value, keys, each.text, document)),
  )
  const inBytes = read.slice(0, 1).flatMap((each) => inText(each.whole, [], each.text, document))
  return placesOf(document, 'http-header', [...inFields, ...inBytes])
}

function inText(value: StoredText, keys: readonly string[], whole: string, document: Document): readonly Found[] {
  if (!/basic|bearer/i.test(value.text)) return []
  return [...value.text.matchAll(HEADER)].flatMap(({ 0: match, 1: scheme = '', 2: credential = '', index }) => {
    const text = tailOf(value, index + match.length - credential.length, index + match.length)
    const pieces = piecesOf(scheme.toLowerCase(), text)
    const beside = value.text.slice(Math.max(0, index - BEFORE), index)
    const found =
      pieces === undefined ? undefined : foundAt(pieces, [...keys, lastLine(beside)], { keys, whole }, document)
    if (found === undefined) return []
    const asked = requestAround(value.text, index + match.length - credential.length, index + match.length)
    return {
      ...found,
      uses: found.uses.map((use) => (use.operation === asked?.operation ? { ...use, ...asked } : use)),
    }
  })
}

function piecesOf(scheme: string, text: StoredText): Pieces | undefined {
  if (scheme === 'bearer') return { secret: wholeOf(text) }
  return decodeBasicPair(text.text) === undefined ? undefined : { secret: wholeOf(text, 'base64-pair') }
}

/** `http.https://bitbucket.org/.extraHeader=Authorization: Basic` stands right before the pair. */
const BEFORE = 80

/** A header names no host: what stands nearest to it does. */
function foundAt(
  pieces: Pieces,
  names: readonly string[],
  { keys, whole }: { readonly keys: readonly string[]; readonly whole: string },
  { seal }: Document,
): Found | undefined {
  const secret = decodedPiece(pieces.secret)
  const where: Confidence = {
    level: 'likely',
    reason: 'an Authorization header, and the nearest host is one of Bitbucket',
  }
  const confidence = secretConfidence(secret, seal, where)
  const { text } = pieces.secret
  const at = placeIn(whole, text)
  const host = at === -1 ? undefined : hostsIn(whole).bitbucketNear(at, at + text.text.length)
  const isOfGit = host !== undefined && /extraheader/i.test(whole.slice(Math.max(0, at - BEFORE), at))
  if (confidence === undefined || !(isOfGit || isIssued(secret, seal))) return undefined
  // An app password is of Bitbucket alone; what replaces it is of all Atlassian, and shows by its name.
  const isNamed = [...names, at === -1 ? '' : lastLine(whole.slice(Math.max(0, at - BEFORE), at))].some(isOfBitbucket)
  if (host === undefined && !((isNamed || secret.startsWith('ATBB')) && !hostsIn(whole).isAny)) return undefined
  const by = keys.length === 0 ? 'an Authorization header' : keys.join('.')
  const operation = host === 'api.bitbucket.org' ? 'rest' : !isOfGit && isOnWebNear(at, whole) ? 'web' : 'git-fetch'
  return {
    keys: keys.length === 0 ? ['header'] : keys,
    host: host ?? 'bitbucket.org',
    pieces,
    confidence,
    uses: [{ operation, by }],
  }
}

/** Archives and single files, which git never asks for. */
function isOnWebNear(at: number, whole: string): boolean {
  const gap = (address: { readonly at: number }): number => Math.abs(address.at - at)
  const [nearest] = [...addressesIn(whole)].sort((a, b) => gap(a) - gap(b))
  return nearest?.address.side === 'web'
}

/** The same header may stand there for git and for REST. In a document inside another, offsets are not those of the text. */
function placeIn(whole: string, { text, spanOf }: StoredText): number {
  const [start] = spanOf(0, text.length)
  return whole.startsWith(text, start) ? start : whole.indexOf(text)
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}

function isOfBitbucket(text: string): boolean {
  return (text.match(/[\w.-]+/g) ?? []).some(
    (name) => namesBitbucket(name) === 'certain' && !isOfOthers(nameWords(name)),
  )
}
