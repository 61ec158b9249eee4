import type { Secret } from './secret.ts'

/** A secret together with the username presented with it. `username` absent: none is presented. */
export interface Credential {
  readonly username?: string
  readonly secret: Secret
}

/** How a place shall change. `keep` leaves the field as its bytes are. */
export interface CredentialChange {
  readonly username: { readonly set: string } | 'keep' | 'remove'
  readonly secret: { readonly set: Secret } | 'keep'
}
