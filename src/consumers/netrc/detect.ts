import { shapeOf } from '../../bitbucket/token-shape.ts'
import { lineAt } from '../../formats/byte-text.ts'
import { type NetrcEntry, type NetrcToken, readNetrc } from '../../formats/netrc.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Encoding, Place } from '../../model/place.ts'
import type { Use } from '../../model/use.ts'
import { isBitbucketHost, isRestHost } from '../bitbucket-hosts.ts'
import { placesInNested } from '../nested-documents.ts'
import { isPlaceholder } from '../placeholder.ts'
import { looksLikeToken, usernameField } from '../username-field.ts'
import { NETRC_FILES } from '../wanted-files.ts'

/** Finds the `machine` entries of Bitbucket Cloud in a netrc, and a `default` whose password is one of Bitbucket's. */
export const netrcDetector: Detector = {
  matches: (path) => /(^|[\\/])([._]netrc|netrc)$/.test(path),
  wanted: NETRC_FILES,
  keywords: [],
  detect: (document) => {
    if (document.bytes.includes(0)) return { places: [], demands: [], unread: [NO_TEXT] }
    const { problem } = readNetrc(document.bytes)
    const unread = problem === undefined ? [] : [{ ...problem, reason: 'malformed' as const }]
    return { places: netrcPlaces(document).filter(isOfBitbucket), demands: [], unread }
  },
  detectNested: (document) => {
    const places = placesInNested(document, 'netrc', (nested) => netrcPlaces(nested).filter(isOfBitbucket))
    return { places, demands: [], unread: [] }
  },
}

/** curl and git stop at a zero byte; what such a file was meant to say cannot be told. */
const NO_TEXT = { reason: 'malformed', detail: 'it holds a zero byte, so it is no text' } as const

/** `default` answers for every host; the prefix of its password tells whether it is meant for Bitbucket. */
function isOfBitbucket({ address, secret }: Place): boolean {
  return !/^default(#|$)/.test(address) || (secret?.value !== undefined && looksLikeToken(secret.value))
}

/** Every entry that may answer for Bitbucket, whatever `default` holds at present. */
export function netrcPlaces(document: Document): readonly Place[] {
  const seen = new Map<string, number>()
  return readNetrc(document.bytes).entries.flatMap((entry) => {
    const host = entry.host === 'default' ? 'bitbucket.org' : entry.host.text.toLowerCase()
    if (!isBitbucketHost(host)) return []
    const name = entry.host === 'default' ? 'default' : `machine/${host}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    if (entry.password === undefined) return []
    return [placeOf(document, entry, host, count === 1 ? name : `${name}#${count}`)]
  })
}

function placeOf(document: Document, entry: NetrcEntry, host: string, address: string): Place {
  const { login, password } = entry
  const start = entry.host === 'default' ? entry.extent[0] : entry.host.outer[0]
  return {
    id: `netrc:${address}`,
    consumer: 'netrc',
    at: { kind: 'file', path: document.path },
    address,
    host,
    ...(login === undefined
      ? {}
      : { username: usernameField(login.text, encodingOf(login), document.seal, login.span) }),
    ...(password === undefined ? {} : { secret: secretOf(document, password) }),
    extent: entry.extent,
    ...(password !== undefined && isPlaceholder(password.text) ? { isPlaceholder: true } : {}),
    line: lineAt(document.bytes, password?.span[0] ?? start),
    uses: usesOf(host, entry.host === 'default' ? 'netrc default' : `netrc machine ${host}`),
  }
}

function secretOf(document: Document, token: NetrcToken): NonNullable<Place['secret']> {
  const value = document.seal(token.text)
  return { value, kind: shapeOf(value).kind, span: token.span, encoding: encodingOf(token) }
}

function encodingOf(token: NetrcToken): Encoding {
  return token.quoted ? 'netrc-quoted' : 'plain'
}

/** A netrc names no repository; curl, pip and git read the same entry. */
function usesOf(host: string, by: string): readonly Use[] {
  return isRestHost(host)
    ? [{ operation: 'rest', by }]
    : [
        { operation: 'git-fetch', by },
        { operation: 'git-push', by },
      ]
}
