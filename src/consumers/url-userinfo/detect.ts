import { type EmbeddedUrl, urlsIn } from '../../formats/embedded-urls.ts'
import type { StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Place } from '../../model/place.ts'
import type { Operation, Use } from '../../model/use.ts'
import { isBitbucketHost, isRestHost, repositoryOf } from '../bitbucket-hosts.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, placesOf } from '../field-detector.ts'
import { decodedPiece, type Piece } from '../field-place.ts'
import { secretConfidence } from '../secret-text.ts'

/** Finds `https://user:secret@bitbucket.org/…` in any text: scripts, manifests, lock files, documentation. */
export const urlUserinfoDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [] }),
}

/** First in the values of the document, where escapes are resolved; then in its bytes, for what is no value: comments, prose, scripts. */
function placesIn(document: Document): readonly Place[] {
  const read = everyDocument(fieldsOf(document))
  const inFields = read.flatMap((each) => each.fields.flatMap(({ keys, value }) => inText(value, keys, document)))
  const inBytes = read.slice(0, 1).flatMap((each) => inText(each.whole, [], document))
  return placesOf(document, 'url-userinfo', [...inFields, ...inBytes])
}

function inText(value: StoredText, keys: readonly string[], document: Document): readonly Found[] {
  if (!value.text.includes('@')) return []
  return urlsIn(value.text).flatMap((found) => foundAt(found, value, keys, document) ?? [])
}

function foundAt(
  { from, url }: EmbeddedUrl,
  text: StoredText,
  keys: readonly string[],
  { seal }: Document,
): Found | undefined {
  const { username, password, host } = url
  if (username === undefined || !isBitbucketHost(host)) return undefined
  const piece = ([start, end]: readonly [number, number]): Piece => ({
    text,
    from: from + start,
    to: from + end,
    written: 'percent',
  })
  const alone = password === undefined || password[1] === password[0]
  const secret = piece(alone ? username : password)
  const where: Confidence = { level: 'certain', reason: 'a URL of Bitbucket' }
  const confidence = secretConfidence(decodedPiece(secret), seal, where)
  if (confidence === undefined || (alone && confidence.reason !== 'the checksum fits')) return undefined
  const pieces = alone ? { secret } : { secret, username: piece(username) }
  return { keys: keys.length === 0 ? ['text'] : keys, host, pieces, confidence, uses: usesOf(url.path, host, keys) }
}

function usesOf(path: string, host: string, keys: readonly string[]): readonly Use[] {
  const by = keys.length === 0 ? 'a URL' : keys.join('.')
  const repository = repositoryOf(path)
  const operation = operationOf(host, path)
  return [{ operation, by, ...(repository === undefined ? {} : { repository }) }]
}

function operationOf(host: string, path: string): Operation {
  if (isRestHost(host)) return 'rest'
  return /^\/[^/]+\/[^/]+\/(?:get|raw|downloads|src)\//.test(path) ? 'web' : 'git-fetch'
}
