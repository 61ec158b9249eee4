import { shapeOf } from '../../bitbucket/token-shape.ts'
import { lineAt } from '../../formats/byte-text.ts'
import { type NetrcEntry, type NetrcToken, readNetrc } from '../../formats/netrc.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Encoding, Place } from '../../model/place.ts'
import type { Use } from '../../model/use.ts'
import { isBitbucketHost, isRestHost } from '../bitbucket-hosts.ts'
import { usernameField } from '../username-field.ts'

/** Finds the `machine` entries of Bitbucket Cloud in a netrc. */
export const netrcDetector: Detector = {
  matches: (path) => /(^|[\\/])([._]netrc|netrc)$/.test(path),
  keywords: [],
  detect: (document) => {
    if (document.bytes.includes(0)) return { places: [], demands: [], unread: [NO_TEXT] }
    const { problem } = readNetrc(document.bytes)
    const unread = problem === undefined ? [] : [{ ...problem, reason: 'malformed' as const }]
    return { places: netrcPlaces(document), demands: [], unread }
  },
}

/** curl and git stop at a zero byte; what such a file was meant to say cannot be told. */
const NO_TEXT = { reason: 'malformed', detail: 'it holds a zero byte, so it is no text' } as const

/** `default` is not a place: it answers for every host, so its password is not known to be Bitbucket's. */
export function netrcPlaces(document: Document): readonly Place[] {
  const seen = new Map<string, number>()
  return readNetrc(document.bytes).entries.flatMap((entry) => {
    if (entry.host === 'default') return []
    const host = entry.host.text.toLowerCase()
    if (!isBitbucketHost(host)) return []
    const count = (seen.get(host) ?? 0) + 1
    seen.set(host, count)
    if (entry.password === undefined) return []
    return [placeOf(document, entry, host, count === 1 ? `machine/${host}` : `machine/${host}#${count}`)]
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
    line: lineAt(document.bytes, start),
    uses: usesOf(host),
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
function usesOf(host: string): readonly Use[] {
  const by = `netrc machine ${host}`
  return isRestHost(host)
    ? [{ operation: 'rest', by }]
    : [
        { operation: 'git-fetch', by },
        { operation: 'git-push', by },
      ]
}
