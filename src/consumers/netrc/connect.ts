import { bytesOf } from '../../formats/byte-text.ts'
import { encodeNetrcToken, type NetrcEntry, type NetrcToken, readNetrc } from '../../formats/netrc.ts'
import type { Edit } from '../../formats/splice.ts'
import type { Connector } from '../../model/consumer.ts'
import type { Credential } from '../../model/credential.ts'
import type { Place } from '../../model/place.ts'
import { type EditRequest, fileConnector } from '../file-connector.ts'
import { firstBy, perDocument, placeIn } from '../per-document.ts'
import { netrcDetector, netrcPlaces } from './detect.ts'

/** Changes the login and the password of one `machine` entry. */
export const netrcConnector: Connector = fileConnector({
  detector: netrcDetector,
  locate: placeIn(netrcPlaces),
  counted: netrcPlaces,
  edits: netrcEdits,
})

/** The pair as git and curl present it. */
export function netrcPair(credential: Credential): { readonly username: string; readonly password: string } {
  return { username: credential.username ?? '', password: credential.secret.reveal() }
}

const entriesByStart = perDocument(({ bytes }) =>
  firstBy<NetrcEntry, number | undefined>(readNetrc(bytes).entries, ({ extent }) => extent[0]),
)

function netrcEdits({ document, place, change }: EditRequest): readonly Edit[] {
  const entry = entriesByStart(document).get(place.extent?.[0])
  const [login, password] = [entry?.login, entry?.password]
  const point = place.extent?.[0] ?? 0
  const edits: Edit[] = []
  if (change.username !== 'keep')
    edits.push(...fieldEdits('login', login, change.username === 'remove' ? '' : change.username.set, point))
  if (change.secret !== 'keep')
    edits.push(...fieldEdits('password', password, change.secret.set.reveal(), pointAfter(place)))
  return edits
}

/** A field that is missing is added behind the host (login) or behind everything (password). */
function fieldEdits(name: string, token: NetrcToken | undefined, value: string, point: number): readonly Edit[] {
  if (token !== undefined) return [{ span: token.span, bytes: bytesOf(encodeNetrcToken(value, token.quoted)) }]
  if (value === '') return []
  return [{ span: [point, point], bytes: bytesOf(` ${name} ${encodeNetrcToken(value, false)}`) }]
}

function pointAfter(place: Place): number {
  return place.extent?.[1] ?? 0
}
