import type { StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Place } from '../../model/place.ts'
import { inCommands } from '../command-options.ts'
import type { SeenUse } from '../command-uses.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, pairPieces, placesOf } from '../field-detector.ts'
import { decodedPiece, type Pieces, wholeOf } from '../field-place.ts'
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

const OPTION = String.raw`(?:^|[\s"'])(?:-[a-zA-Z]*u|-a|--auth|--user|--http-user)(?:[ \t]+|=)?`
const ARGUMENT = new RegExp(String.raw`${OPTION}(["']?)(?<pair>[^\s"':]{1,200}:[^\s"']{6,4096})\1`, 'dgm')
/** A shell joins what stands side by side: `alice:"secret"`, `"alice":'secret'`, `"alice:"'secret'`. */
const JOINED = new RegExp(
  String.raw`${OPTION}(?:(?<bare>[^\s"':]{1,200}):|(["'])(?<quoted>[^\s"':]{1,200})(?:\2:|:\2))(["'])(?<secret>[^\s"']{6,4096})\4`,
  'dgm',
)
const TOKEN_ENDPOINT = /bitbucket\.org\/site\/oauth2\//
function placesIn(document: Document): readonly Place[] {
  const read = everyDocument(fieldsOf(document))
  const inFields = read.flatMap((each) => each.fields.flatMap(({ keys, value }) => inText(value, keys, document)))
  const inBytes = read.slice(0, 1).flatMap((each) => inText(each.whole, [], document))
  const inWget = read.flatMap((each) => inWgetCommands(each, document).map(ofWget))
  return placesOf(document, 'curl', [...inFields, ...inBytes, ...inWget])
}

/** wget has the two apart. */
const inWgetCommands = inCommands([
  {
    command: /\bwget\b/g,
    secret: ['--http-password', '--http-passwd', '--password'],
    username: ['--http-user', '--user'],
    operations: ['web'],
  },
])

function ofWget(found: Found): Found {
  if (found.host !== 'api.bitbucket.org') return found
  return { ...found, uses: found.uses.map((use) => ({ ...use, operation: 'rest' })) }
}

function inText(value: StoredText, keys: readonly string[], document: Document): readonly Found[] {
  if (!/-[a-zA-Z]*[ua]|--user|--auth|--http-user/.test(value.text)) return []
  const matches = [...value.text.matchAll(ARGUMENT), ...value.text.matchAll(JOINED)]
  return matches
    .sort((one, other) => one.index - other.index)
    .flatMap((match) => {
      const { pair, bare, quoted, secret } = match.indices?.groups ?? {}
      const [name, last] = [bare ?? quoted, pair ?? secret]
      if (last === undefined) return []
      const [start, end] = last
      const pieces =
        name === undefined
          ? pairPieces(tailOf(value, start, end))
          : { username: wholeOf(tailOf(value, ...name)), secret: wholeOf(tailOf(value, start, end)) }
      // The command itself: another one may ask somebody else.
      const around = commandAround(value.text, match.index, end)
      const asked = requestAround(value.text, start, end)
      return (pieces && foundAt(pieces, keys, { around, asked }, document)) ?? []
    })
}

interface Beside {
  readonly around: string
  readonly asked: SeenUse | undefined
}

function foundAt(
  pieces: Pieces,
  keys: readonly string[],
  { around, asked }: Beside,
  { seal }: Document,
): Found | undefined {
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
