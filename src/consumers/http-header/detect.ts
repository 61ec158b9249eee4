import { decodeBasicPair } from '../../formats/base64-pair.ts'
import type { StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Hindrance, Place } from '../../model/place.ts'
import { addressesIn, type BitbucketAddress } from '../bitbucket-address.ts'
import type { SeenUse } from '../command-uses.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, placesOf } from '../field-detector.ts'
import { decodedPiece, type Pieces, wholeOf } from '../field-place.ts'
import { isOfOthers, namesBitbucket, nameWords } from '../name-words.ts'
import { hostsIn } from '../nearest-host.ts'
import { AROUND, requestAround } from '../request-around.ts'
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
    return asked === undefined ? found : asAsked(found, asked)
  })
}

/** The command that sends it knows better than what stands nearest. */
function asAsked(found: Found, asked: SeenUse): Found {
  const { unresolved: _, ...known } = found
  const host = asked.operation === 'rest' ? 'api.bitbucket.org' : 'bitbucket.org'
  return { ...known, host, uses: found.uses.map(({ by }) => ({ ...asked, by })) }
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
  const near = at === -1 ? undefined : addressNear(whole, at, at + text.text.length)
  return {
    keys: keys.length === 0 ? ['header'] : keys,
    host: host ?? 'bitbucket.org',
    pieces,
    confidence,
    ...usesFor(host, isOfGit ? 'git' : near, by),
    ...(host === undefined && !isNamed ? { hindrance: BY_ITS_FORM } : {}),
  }
}

function usesFor(
  host: string | undefined,
  near: BitbucketAddress | 'git' | undefined,
  by: string,
): Pick<Found, 'uses' | 'unresolved'> {
  if (host === 'api.bitbucket.org') return { uses: [{ operation: 'rest', by }] }
  if (near !== 'git' && near?.side === 'web') return { uses: [{ operation: 'web', by }] }
  const uses = [{ operation: 'git-fetch' as const, by }]
  const isTold = near === 'git' || near?.repository !== undefined
  return isTold ? { uses } : { uses, unresolved: 'a header says as whom, and nothing near it what for' }
}

/** The detector would not take what it had written for Bitbucket's. */
const BY_ITS_FORM: Hindrance = {
  kind: 'not writable',
  reason:
    'its form alone tells that it is for Bitbucket, and an API token in its place could be for any product of Atlassian',
  wayOut: 'Name the host beside it, in a comment as well (# api.bitbucket.org), and plan again; or change it by hand.',
}

function addressNear(whole: string, from: number, to: number): BitbucketAddress | undefined {
  const start = Math.max(0, from - AROUND)
  const distance = (at: number): number => (at < from ? from - at : at - to)
  return [...addressesIn(whole.slice(start, to + AROUND))].sort(
    (one, other) => distance(start + one.at) - distance(start + other.at),
  )[0]?.address
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
