import type { Document } from '../../model/consumer.ts'
import type { Hindrance, Place } from '../../model/place.ts'
import { inlineValueAt, sharingUsername } from './inline-values.ts'

const GIVE_PASSWORD =
  'Give the password of every value with --vault-password-file, and plan again; or change it with ansible-vault.'

/** Values of one document, each with what keeps it as it is: its username is closed, or something beside the same username is. */
export function withHindrances(places: readonly Place[], document: Document): readonly Place[] {
  const found = new Set(places.map(({ address }) => address))
  return places.map((place) => {
    const hindrance = hindranceOf(place, found, document)
    return hindrance === undefined ? place : { ...place, hindrance }
  })
}

function hindranceOf({ address }: Place, found: ReadonlySet<string>, document: Document): Hindrance | undefined {
  if (inlineValueAt(document, address)?.partner?.isClosed === true)
    return {
      kind: 'username not read',
      reason: 'no password that was given opens the username beside it',
      wayOut: GIVE_PASSWORD,
    }
  const other = sharingUsername(document, address).find((each) => !found.has(each))
  if (other === undefined) return undefined
  return inlineValueAt(document, other)?.opened === undefined
    ? {
        kind: 'not writable',
        reason: `the same username belongs to ${other}, which no password that was given opens`,
        wayOut: GIVE_PASSWORD,
      }
    : {
        kind: 'not writable',
        reason: `the same username belongs to ${other}, which is not known to be for Bitbucket`,
        wayOut: 'Give each of them a username of its own, then plan again.',
      }
}

/** Inside a file that is encrypted as one, places have no bytes of their own. */
export function withoutBytesOfTheirOwn(places: readonly Place[]): readonly Place[] {
  if (places.length < 2) return places
  const hindrance: Hindrance = {
    kind: 'not writable',
    reason: `its file is encrypted as one, and holds ${places.length} credentials`,
    wayOut: 'Change them with ansible-vault edit.',
  }
  return places.map((place) => ({ ...place, hindrance }))
}
