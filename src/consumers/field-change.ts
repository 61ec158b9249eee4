import { decodeBasicPair, encodeBasicPair } from '../formats/base64-pair.ts'
import type { Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import { type FieldReader, type Group, sharing } from './field-group.ts'
import { storedOptions } from './stored-options.ts'
import { type Region, regionOf, storedAt } from './stored-region.ts'

export interface Request {
  readonly detector: FieldReader
  readonly document: Document
  readonly ref: PlaceRef
  readonly change: CredentialChange
  readonly group: Group
}

/** What shall stand in one region, and the ways to write it. */
export interface Wanted {
  readonly region: Region
  readonly what: 'username' | 'secret'
  readonly options: readonly string[]
}

/** Throws `Failure` when the place cannot take the change. */
export function wantedIn(request: Request): readonly Wanted[] {
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
  const { change, detector, document, ref, group } = request
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
  const shared = sharing(region, group, detector, document)
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

export function isAsAsked(before: Place, after: Place | undefined, { username, secret }: CredentialChange): boolean {
  const name = username === 'keep' || username === 'remove' ? before.username?.text : username.set
  const value = secret === 'keep' ? before.secret?.value : secret.set
  const found = after?.secret?.value
  const sameSecret = value === undefined ? found === undefined : found?.equals(value) === true
  return sameSecret && after?.username?.text === name
}

export function refused({ path }: Document, { address }: PlaceRef, because: string): Failure {
  return new Failure('R204', {
    at: `${path} ${address}`,
    because,
    state: 'Nothing was changed.',
    next: ['Change it by hand, then scan again.'],
  })
}
