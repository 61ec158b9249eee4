import { shapeOf } from '../../bitbucket/token-shape.ts'
import { decodeBasicPair } from '../../formats/base64-pair.ts'
import { type ByteSpan, decodeUtf8, lineAt } from '../../formats/byte-text.ts'
import type { GitConfigReading } from '../../formats/git-config.ts'
import { percentDecode } from '../../formats/url.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { MentioningDetection } from '../../model/mention.ts'
import type { Place } from '../../model/place.ts'
import type { Demand, Repository, Use } from '../../model/use.ts'
import { repositoryOf } from '../bitbucket-hosts.ts'
import { placesInNested } from '../nested-documents.ts'
import { isPlaceholder } from '../placeholder.ts'
import { looksLikeToken, usernameField } from '../username-field.ts'
import { GIT_CONFIG_FILES } from '../wanted-files.ts'
import { homeOfConfig, mentionsIn } from './mentions.ts'
import {
  type HeaderSpot,
  isStoredPlain,
  type NameSpot,
  readSpots,
  type Spot,
  storedSpan,
  type UrlSpot,
} from './spots.ts'
import { unreadSecrets } from './unread-secrets.ts'

/** Finds credentials and usernames for Bitbucket Cloud in git configuration files. */
export const gitConfigDetector: Detector = {
  matches: (path) => /(^|[\\/])(\.gitconfig|\.gitmodules|\.lfsconfig|config|config\.worktree)$/.test(path),
  wanted: GIT_CONFIG_FILES,
  keywords: [],
  detect,
  detectNested: (document) => ({
    places: placesInNested(document, 'git-config', (nested) => detectAny(nested, undefined).places),
    demands: [],
    unread: [],
  }),
}

function detect(document: Document): MentioningDetection {
  const { reading } = readSpots(document.bytes)
  if (!isGitConfiguration(document.path, reading)) return { places: [], demands: [], unread: [], mentions: [] }
  return detectAny(document, homeOfConfig(document.path))
}

/** Whatever the file is called: another one says that git reads it. */
function detectAny(document: Document, home: string | undefined): MentioningDetection {
  const { reading, spots } = readSpots(document.bytes)
  const problem = reading.problem === undefined ? [] : [{ ...reading.problem, reason: 'malformed' as const }]
  const places = spots.flatMap((spot) => {
    const place = placeAt(document, spot, spots)
    // A name for every host is Bitbucket's where one of its credentials has it, which this file does not tell.
    const concerns = place.host !== '' || spot.kind === 'name'
    return (place.secret ?? place.username) === undefined || !concerns ? [] : [place]
  })
  return {
    places,
    demands: spots.flatMap(demandsOf),
    unread: [...problem, ...unreadSecrets(document, reading, spots)],
    mentions: mentionsIn(document.path, reading, home, detectAny),
  }
}

/** Many programs keep a file called `config`. Outside a git folder it counts only when it describes a (bare) repository. */
function isGitConfiguration(path: string, reading: GitConfigReading): boolean {
  if (
    /(\.gitconfig|\.gitmodules|\.lfsconfig|config\.worktree|git[\\/]config|[\\/]\.git[\\/](modules|worktrees)[\\/].*config)$/.test(
      path,
    )
  )
    return true
  return reading.entries.some((entry) => entry.section.name === 'core' && entry.key === 'repositoryformatversion')
}

/** Every spot as a place, also one that holds no credential at present. */
export function gitConfigPlaces(document: Document): readonly Place[] {
  const { spots } = readSpots(document.bytes)
  return spots.map((spot) => placeAt(document, spot, spots))
}

function placeAt(document: Document, spot: Spot, spots: readonly Spot[]): Place {
  const fields = fieldsOf(document, spot)
  return {
    id: `git-config:${spot.address}`,
    consumer: 'git-config',
    at: { kind: 'file', path: document.path },
    address: spot.address,
    host: spot.kind === 'header' ? headerHost(spot, fields, spots) : (spot.url?.host ?? ''),
    ...fields,
    ...(spot.kind === 'url' && holdsPlaceholder(spot) ? { isPlaceholder: true } : {}),
    extent: spot.extent,
    line: lineAt(document.bytes, spot.extent[0]),
    uses: usesOf(spot, spots),
  }
}

function holdsPlaceholder({ url: { password }, text: { text } }: UrlSpot): boolean {
  return password !== undefined && password[1] > password[0] && isPlaceholder(percentDecode(text.slice(...password)))
}

type Fields = Pick<Place, 'username' | 'secret'>

function fieldsOf(document: Document, spot: Spot): Fields {
  if (spot.kind === 'url') return urlFields(document, spot)
  return spot.kind === 'header' ? headerFields(document, spot) : nameFields(document, spot)
}

function nameFields(document: Document, spot: NameSpot): Fields {
  const { text } = spot.text
  const encoding = isStoredPlain(spot, document.bytes, 0, text.length) ? 'plain' : 'git-quoted'
  const username = decodeUtf8(text)
  return { username: usernameField(username, encoding, document.seal, storedSpan(spot, 0, text.length)) }
}

/** A token that stands alone before the `@` is a secret, although the syntax calls it a username. */
function urlFields(document: Document, spot: UrlSpot): Fields {
  const { username, password } = spot.url
  if (username === undefined) return {}
  if (password !== undefined && password[1] > password[0])
    return { ...usernameAt(document, spot, username), ...secretAt(document, spot, password) }
  const alone = looksLikeToken(document.seal(percentDecode(spot.text.text.slice(...username))))
  return alone ? secretAt(document, spot, username) : usernameAt(document, spot, username)
}

function usernameAt(document: Document, spot: UrlSpot, span: ByteSpan): Fields {
  const text = percentDecode(spot.text.text.slice(...span))
  return { username: usernameField(text, encodingAt(document, spot, span), document.seal, storedSpan(spot, ...span)) }
}

function secretAt(document: Document, spot: UrlSpot, span: ByteSpan): Fields {
  const value = document.seal(percentDecode(spot.text.text.slice(...span)))
  const encoding = encodingAt(document, spot, span)
  return { secret: { value, kind: shapeOf(value).kind, span: storedSpan(spot, ...span), encoding } }
}

/** `git-quoted` userinfo is quoted by git on the outside and percent-encoded inside. */
function encodingAt(document: Document, spot: UrlSpot, span: ByteSpan): 'percent' | 'git-quoted' {
  return isStoredPlain(spot, document.bytes, ...span) ? 'percent' : 'git-quoted'
}

function headerFields(document: Document, spot: HeaderSpot): Fields {
  const written = spot.text.text.slice(...spot.credential)
  const span = storedSpan(spot, ...spot.credential)
  if (spot.scheme === 'bearer') {
    const value = document.seal(written)
    const encoding = isStoredPlain(spot, document.bytes, ...spot.credential) ? 'plain' : 'git-quoted'
    return { secret: { value, kind: shapeOf(value).kind, span, encoding } }
  }
  const pair = decodeBasicPair(written)
  if (pair === undefined) return {}
  const value = document.seal(pair.secret)
  return {
    username: usernameField(pair.username, 'base64-pair', document.seal),
    secret: { value, kind: shapeOf(value).kind, span, encoding: 'base64-pair' },
  }
}

/** A header without a URL goes to every host. It is Bitbucket's when the token says so, or a remote beside it. */
function headerHost(spot: HeaderSpot, fields: Fields, spots: readonly Spot[]): string {
  if (spot.url !== undefined) return spot.url.host
  const telling = fields.secret?.value !== undefined && looksLikeToken(fields.secret.value)
  return telling || spots.some((other) => other.kind === 'url') ? 'bitbucket.org' : ''
}

function usesOf(spot: Spot, spots: readonly Spot[]): readonly Use[] {
  const own = spot.url === undefined ? undefined : repositoryOf(spot.url.path)
  const known = own !== undefined ? [own] : spot.kind === 'header' ? remoteRepositories(spots) : []
  if (known.length === 0) return spot.operations.map((operation) => ({ operation, by: spot.by }))
  return known.flatMap((repository) => spot.operations.map((operation) => ({ operation, repository, by: spot.by })))
}

function remoteRepositories(spots: readonly Spot[]): readonly Repository[] {
  return spots.flatMap((spot) => (spot.kind === 'url' && spot.asks ? (repositoryOf(spot.url.path) ?? []) : []))
}

/** A remote without a secret is answered by a helper or a netrc; a username in it narrows which entry that can be. */
function demandsOf(spot: Spot): readonly Demand[] {
  if (spot.kind !== 'url' || !spot.asks || hasPassword(spot)) return []
  const { username, host, path } = spot.url
  const repository = repositoryOf(path)
  const name = username === undefined ? undefined : percentDecode(spot.text.text.slice(...username))
  return spot.operations.map((operation) => ({
    operation,
    ...(repository === undefined ? {} : { repository }),
    by: spot.by,
    of: { kind: 'host', host, ...(name === undefined ? {} : { username: name }) },
  }))
}

function hasPassword({ url: { password } }: UrlSpot): boolean {
  return password !== undefined && password[1] > password[0]
}
