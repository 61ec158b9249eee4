import type { StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Place } from '../../model/place.ts'
import type { SeenUse } from '../command-uses.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, pairPieces, placesOf } from '../field-detector.ts'
import { decodedPiece } from '../field-place.ts'
import { hostsIn } from '../nearest-host.ts'
import { AROUND, commandAround, requestAround } from '../request-around.ts'
import { secretConfidence } from '../secret-text.ts'
import { tailOf } from '../variables.ts'

/** Finds `curl -u user:secret https://api.bitbucket.org/…` and the like, in scripts and wherever scripts are quoted. */
export const curlDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [] }),
}

const ARGUMENT =
  /(?:^|[\s"'])(?:-[a-zA-Z]*u|-a|--auth|--user|--http-user)(?:[ \t]+|=)?(["']?)([^\s"':]{1,200}:[^\s"']{6,4096})\1/gm
const TOKEN_ENDPOINT = /bitbucket\.org\/site\/oauth2\//
function placesIn(document: Document): readonly Place[] {
  const read = everyDocument(fieldsOf(document))
  const inFields = read.flatMap((each) => each.fields.flatMap(({ keys, value }) => inText(value, keys, document)))
  const inBytes = read.slice(0, 1).flatMap((each) => inText(each.whole, [], document))
  return placesOf(document, 'curl', [...inFields, ...inBytes])
}

function inText(value: StoredText, keys: readonly string[], document: Document): readonly Found[] {
  if (!/-[a-zA-Z]*[ua]|--user|--auth|--http-user/.test(value.text)) return []
  return [...value.text.matchAll(ARGUMENT)].flatMap(({ 0: match, 1: quote = '', 2: pair = '', index }) => {
    const end = index + match.length - quote.length
    // The command itself: another one may ask somebody else.
    const around = commandAround(value.text, index, end)
    const asked = requestAround(value.text, end - pair.length, end)
    return foundAt(tailOf(value, end - pair.length, end), keys, { around, asked }, document) ?? []
  })
}

interface Beside {
  readonly around: string
  readonly asked: SeenUse | undefined
}

function foundAt(
  pair: StoredText,
  keys: readonly string[],
  { around, asked }: Beside,
  { seal }: Document,
): Found | undefined {
  const pieces = pairPieces(pair)
  if (pieces === undefined) return undefined
  const host = hostsIn(around).bitbucketNear(AROUND)
  // Key and secret of an OAuth consumer ask for a token here, and nothing else is taken.
  if (TOKEN_ENDPOINT.test(around)) return undefined
  const where: Confidence = { level: 'likely', reason: 'an argument of a command that asks Bitbucket' }
  const confidence = secretConfidence(decodedPiece(pieces.secret), seal, where)
  if (confidence === undefined || host === undefined) return undefined
  const operation = host === 'api.bitbucket.org' ? 'rest' : 'web'
  const by = keys.length === 0 ? 'curl' : keys.join('.')
  return {
    keys: keys.length === 0 ? ['curl'] : keys,
    host,
    pieces,
    confidence,
    uses: [asked?.operation === operation ? { ...asked, by } : { operation, by }],
  }
}
