import type { Secret } from './secret.ts'

/** A secret together with the username presented with it. `username` absent: none is presented. */
export interface Credential {
  readonly username?: string
  readonly secret: Secret
}

/** Ids of credentials in a system that knows them by id (Jenkins). Every mention of `from` in the place is meant. */
export interface Renaming {
  readonly from: string
  readonly to: string
}

/** `also`: further ids that the place names, which change in the same write. */
export interface ReferenceChange extends Renaming {
  readonly also?: readonly Renaming[]
}

/** What a place names afterwards that names `id` now. */
export function renamedId({ from, to, also = [] }: ReferenceChange, id: string): string {
  return [{ from, to }, ...also].find((one) => one.from === id)?.to ?? id
}

/** How a place shall change. `keep` leaves the field as its bytes are. */
export interface CredentialChange {
  readonly username: { readonly set: string } | 'keep' | 'remove'
  readonly secret: { readonly set: Secret } | 'keep'
  /** Of a place that only names a credential; username and secret are then `keep`. */
  readonly reference?: ReferenceChange
}
