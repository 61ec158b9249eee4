import { decodeBasicPair, encodeBasicPair } from '../../formats/base64-pair.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from '../../formats/byte-text.ts'
import type { Edit } from '../../formats/splice.ts'
import type { Connector } from '../../model/consumer.ts'
import type { Credential, CredentialChange } from '../../model/credential.ts'
import type { Place } from '../../model/place.ts'
import type { Use } from '../../model/use.ts'
import { type EditRequest, fileConnector } from '../file-connector.ts'
import { type Pair, storedPair } from '../git-verifier.ts'
import { firstBy, perDocument, placeIn } from '../per-document.ts'
import { userinfoEdits } from '../userinfo-edits.ts'
import { gitConfigDetector, gitConfigPlaces } from './detect.ts'
import { type HeaderSpot, type NameSpot, readSpots, storedSpan, type UrlSpot } from './spots.ts'

/** Changes the userinfo of a URL (in a value or a section header), or the credential of an `Authorization` header. */
export const gitConfigConnector: Connector = fileConnector({
  detector: gitConfigDetector,
  locate: placeIn(gitConfigPlaces),
  edits: gitConfigEdits,
})

/** The pair as git presents it: a header without a username is sent as Bearer. */
export function gitConfigPair(credential: Credential, _: Use, { address }: Place): Pair {
  const pair = storedPair(credential)
  return address.startsWith('http.') && credential.username === undefined ? { ...pair, scheme: 'bearer' } : pair
}

const spotsByAddress = perDocument(({ bytes }) => firstBy(readSpots(bytes).spots, ({ address }) => address))

function gitConfigEdits({ document, place, change }: EditRequest): readonly Edit[] {
  const spot = spotsByAddress(document).get(place.address)
  if (spot === undefined) return []
  if (spot.kind === 'name') return nameEdits(spot, change)
  return spot.kind === 'url' ? urlEdits(spot, place, change) : headerEdits(spot, change)
}

/** Quotes around the value stay; a username that needs some is none of Bitbucket's, and what is read back then differs. */
function nameEdits(spot: NameSpot, { username }: CredentialChange): readonly Edit[] {
  if (typeof username !== 'object') return []
  return [{ span: storedSpan(spot, 0, spot.text.text.length), bytes: bytesOf(encodeUtf8(username.set)) }]
}

function urlEdits(spot: UrlSpot, place: Place, change: CredentialChange): readonly Edit[] {
  const { address } = place
  const tokenAlone = place.username === undefined && place.secret !== undefined
  const secret = change.secret === 'keep' ? 'keep' : { set: change.secret.set.reveal() }
  return userinfoEdits(
    { text: spot.text.text, url: spot.url, tokenAlone, address },
    { username: change.username, secret },
  ).map(({ at, text }) => ({ span: storedSpan(spot, ...at), bytes: bytesOf(text) }))
}

/** With a username the header is `Basic`, without one `Bearer`; the word keeps its bytes when it stays the same. */
function headerEdits(spot: HeaderSpot, change: CredentialChange): readonly Edit[] {
  const written = spot.text.text.slice(...spot.credential)
  const pair = spot.scheme === 'basic' ? decodeBasicPair(written) : { username: undefined, secret: decodeUtf8(written) }
  const username =
    change.username === 'keep' ? pair?.username : change.username === 'remove' ? undefined : change.username.set
  const secret = change.secret === 'keep' ? (pair?.secret ?? '') : change.secret.set.reveal()
  const scheme = username === undefined ? 'bearer' : 'basic'
  const credential = username === undefined ? encodeUtf8(secret) : encodeBasicPair({ username, secret })
  const [from, to] = spot.credential
  return scheme === spot.scheme
    ? [{ span: storedSpan(spot, from, to), bytes: bytesOf(credential) }]
    : [
        {
          span: storedSpan(spot, spot.from, to),
          bytes: bytesOf(`${scheme === 'basic' ? 'Basic' : 'Bearer'} ${credential}`),
        },
      ]
}
