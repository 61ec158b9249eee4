import { decodeBasicPair, encodeBasicPair } from '../formats/base64-pair.ts'
import { bytesOf } from '../formats/byte-text.ts'
import type { Connector, Detector, Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import { readsDifferently } from './changed-elsewhere.ts'
import { type Hold, type HoldingParts, holdingConnector } from './holding-connector.ts'
import { storedOptions } from './stored-options.ts'
import {
  aroundRegions,
  type Base64Styles,
  keyOf,
  overlap,
  packed,
  putRegions,
  type Region,
  type RegionEdit,
  regionOf,
  regionsOf,
  storedAt,
  unpacked,
} from './stored-region.ts'

export type FieldReader = Pick<Detector, 'companions' | 'detect'>

/**
 * Changes places that a detector finds in files of any format, by the exact bytes of username and secret: what stands between them may
 * belong to others. A change is written only if the same detector reads it back, everything else in the document reads as before, and the
 * old bytes can be put back. A backup is these bytes, and the base64 texts around them as they were written.
 */
export function fieldConnector(detector: FieldReader, guard?: HoldingParts['guard']): Connector {
  return holdingConnector({
    detector,
    ...(guard === undefined ? {} : { guard }),
    find: (document, ref) => holdOf(groupAt(detector, document, ref), document),
    change: (document, _, { ref, change }) => {
      const group = groupAt(detector, document, ref)
      if (group === undefined) throw refused(document, ref, 'the place is not there')
      return changed({ detector, document, ref, change, group })
    },
    restore: (document, _, { ref, backup }) => restored(groupAt(detector, document, ref), document, ref, backup),
  })
}

/** A place and those that change with it, all by one detector in one document. */
interface Group {
  readonly place: Place
  readonly members: readonly Place[]
  readonly others: readonly Place[]
  /** Of all members, each once, in the order of the document. */
  readonly regions: readonly Region[]
}

function groupAt(
  detector: FieldReader,
  document: Document,
  { address, with: along = [] }: PlaceRef,
): Group | undefined {
  const places = placesOf(detector, document)
  const [place, ...more] = [address, ...along].map((each) => places.find((one) => one.address === each))
  if (place === undefined) return undefined
  const key = usernameKey(place)
  const shared = more.flatMap((each) =>
    each === undefined || key === undefined || usernameKey(each) !== key ? [] : [each],
  )
  const members = [place, ...shared]
  if (members.length !== along.length + 1) return undefined
  const regions = inOrder(members.flatMap(regionsOf))
  if (regions.length === 0 || !areApart(regions)) return undefined
  return { place, members, others: places.filter((each) => !members.includes(each)), regions }
}

const PLACES = new WeakMap<FieldReader, WeakMap<Document, readonly Place[]>>()

/** Asked again for every place of a document, and answered once. */
function placesOf(detector: FieldReader, document: Document): readonly Place[] {
  const known = PLACES.get(detector) ?? new WeakMap<Document, readonly Place[]>()
  PLACES.set(detector, known)
  const places = known.get(document) ?? detector.detect(document).places
  known.set(document, places)
  return places
}

function usernameKey({ username }: Place): string | undefined {
  const region = username === undefined ? undefined : regionOf(username)
  return region && keyOf(region)
}

function inOrder(regions: readonly Region[]): readonly Region[] {
  const startOf = ({ within, span }: Region): readonly number[] => [...within, span].map(([start]) => start)
  return [...new Map(regions.map((region) => [keyOf(region), region])).values()].sort((one, other) => {
    const [mine, theirs] = [startOf(one), startOf(other)]
    const at = mine.findIndex((start, level) => start !== theirs[level])
    return at === -1 ? 0 : (mine[at] ?? 0) - (theirs[at] ?? 0)
  })
}

function areApart(regions: readonly Region[]): boolean {
  return regions.every((region, index) => {
    const next = regions[index + 1]
    return next === undefined || !overlap(region, next)
  })
}

function holdOf(group: Group | undefined, document: Document): Hold | undefined {
  if (group === undefined) return undefined
  const { place, regions } = group
  const texts = textsAt(document, regions)
  return { place, held: packed(texts), backup: packed([...texts, ...textsAt(document, aroundRegions(regions))]) }
}

function textsAt({ bytes }: Document, regions: readonly Region[]): readonly string[] {
  return regions.map((region) => storedAt(bytes, region))
}

function restored(group: Group | undefined, document: Document, ref: PlaceRef, backup: Uint8Array): Uint8Array {
  const texts = unpacked(backup)
  const around = aroundRegions(group?.regions ?? [])
  if (group === undefined || texts?.length !== group.regions.length + around.length)
    throw refused(document, ref, 'the backup does not fit what stands there now')
  return put(document.bytes, group.regions, texts, around)
}

/** `texts`: of the regions, then of the base64 around them, whose style is kept. */
function put(
  bytes: Uint8Array,
  regions: readonly Region[],
  texts: readonly string[],
  around: readonly Region[],
): Uint8Array {
  const edits = regions.map((region, index) => ({ region, bytes: bytesOf(texts[index] ?? '') }))
  const styles: Base64Styles = new Map(
    around.map((region, index) => [keyOf(region), texts[regions.length + index] ?? '']),
  )
  return putRegions(bytes, edits, styles)
}

interface Request {
  readonly detector: FieldReader
  readonly document: Document
  readonly ref: PlaceRef
  readonly change: CredentialChange
  readonly group: Group
}

/** What shall stand in one region, and the ways to write it. */
interface Wanted {
  readonly region: Region
  readonly what: 'username' | 'secret'
  readonly options: readonly string[]
}

/** More combinations are not tried. */
const MOST_TRIALS = 60

function changed(request: Request): Uint8Array {
  const { document, ref } = request
  const wanted = wantedIn(request)
  const missing = wanted.find(({ options }) => options.length === 0)
  if (missing !== undefined)
    throw refused(
      document,
      ref,
      `the new ${missing.what} needs quotes or escapes that the old one does not have where it stands`,
    )
  for (const edits of combined(wanted)) {
    const bytes = putRegions(document.bytes, edits)
    if (isSound(request, bytes)) return bytes
  }
  throw refused(
    document,
    ref,
    'the new username and secret would not read back, or something else would read differently',
  )
}

function* combined(wanted: readonly Wanted[]): Generator<readonly RegionEdit[]> {
  const most = wanted.reduce((count, { options }) => count * options.length, 1)
  for (let trial = 0; trial < Math.min(most, MOST_TRIALS); trial++) {
    let rest = trial
    yield wanted.map(({ region, options }) => {
      const option = options[rest % options.length] ?? ''
      rest = Math.floor(rest / options.length)
      return { region, bytes: bytesOf(option) }
    })
  }
}

function wantedIn(request: Request): readonly Wanted[] {
  const { document, group } = request
  const username = usernameWanted(request)
  const secrets = group.members.flatMap((member): readonly Wanted[] => {
    const region = member.secret === undefined ? undefined : regionOf(member.secret)
    const text = region === undefined ? undefined : secretText(request, member, region)
    if (region === undefined || text === undefined) return []
    return [{ region, what: 'secret', options: storedOptions(document, region, text) }]
  })
  return [...username, ...secrets]
}

function usernameWanted(request: Request): readonly Wanted[] {
  const { change, document, ref, group } = request
  const { username } = group.place
  if (change.username === 'keep') return []
  if (change.username === 'remove') {
    if (username === undefined) return []
    throw refused(document, ref, 'a username cannot be taken out of this spot')
  }
  if (username === undefined) throw refused(document, ref, 'there is no username beside the secret')
  const text = change.username.set
  if (username.text === text || username.encoding === 'base64-pair') return []
  const region = regionOf(username)
  if (region === undefined) throw refused(document, ref, `it is always sent under the username ${username.text}`)
  const shared = group.others.find((other) => usernameKey(other) === keyOf(region))
  if (shared !== undefined)
    throw refused(
      document,
      ref,
      `the same username belongs to ${shared.address} as well, which would not change with it`,
    )
  return [{ region, what: 'username', options: storedOptions(document, region, text) }]
}

/** What the region of a secret shall say; absent: it stays as it is. */
function secretText({ change, document }: Request, { secret, username }: Place, region: Region): string | undefined {
  const next = change.secret === 'keep' ? undefined : change.secret.set.reveal()
  if (region.encodings.at(-1) !== 'base64-pair') return next
  const stored = decodeBasicPair(storedAt(document.bytes, region))
  const name =
    change.username === 'keep' || change.username === 'remove'
      ? (stored?.username ?? username?.text ?? '')
      : change.username.set
  return encodeBasicPair({ username: name, secret: next ?? secret?.value?.reveal() ?? '' })
}

/** The places read back as asked, nothing else reads differently, and the way back leads to the same bytes. */
function isSound(request: Request, bytes: Uint8Array): boolean {
  const { detector, document, ref, change, group } = request
  const next: Document = { ...document, bytes }
  const after = groupAt(detector, next, ref)
  if (after === undefined || after.regions.length !== group.regions.length) return false
  const readsBack = group.members.every((member, index) => isAsAsked(member, after.members[index], change))
  if (!readsBack) return false
  const around = aroundRegions(group.regions)
  const old = [...textsAt(document, group.regions), ...textsAt(document, around)]
  const back = put(bytes, after.regions, old, aroundRegions(after.regions))
  if (Buffer.compare(back, document.bytes) !== 0) return false
  return !readsDifferently(
    { document, regions: group.regions, places: group.others },
    { document: next, regions: after.regions, places: after.others },
  )
}

function isAsAsked(before: Place, after: Place | undefined, { username, secret }: CredentialChange): boolean {
  const name = username === 'keep' || username === 'remove' ? before.username?.text : username.set
  const value = secret === 'keep' ? before.secret?.value : secret.set
  const found = after?.secret?.value
  const sameSecret = value === undefined ? found === undefined : found?.equals(value) === true
  return sameSecret && after?.username?.text === name
}

function refused({ path }: Document, { address }: PlaceRef, because: string): Failure {
  return new Failure('R204', {
    at: `${path} ${address}`,
    because,
    state: 'Nothing was changed.',
    next: ['Change it by hand, then scan again.'],
  })
}
