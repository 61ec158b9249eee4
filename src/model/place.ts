import type { Secret, SecretKind } from './secret.ts'
import type { Demand, Use } from './use.ts'

export type ConsumerId = string
export type PlaceId = string

/** Byte offsets `[start, end)` in a document. */
export type Span = readonly [start: number, end: number]

/** Where a place is: a file (absolute path), or a URL of a system that is asked. */
export type Location = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'url'; readonly url: string }

/** How the stored bytes of a field become its text. */
export type Encoding =
  | 'plain'
  | 'percent' // URL userinfo
  | 'git-quoted' // git config value with quotes and backslashes
  | 'netrc-quoted' // netrc token in double quotes
  | 'base64-pair' // base64 of `username:secret`
  | 'xml-text'
  | 'jenkins-secret' // hudson.util.Secret, see docs/consumers/jenkins-home.md
  | 'opaque' // held by a system that does not show it

export interface UsernameField {
  readonly text: string
  /** Absent where the username has no bytes of its own (base64 pair, opaque). */
  readonly span?: Span
  readonly encoding: Encoding
}

export interface SecretField {
  /** Absent where the holder does not show it. */
  readonly value?: Secret
  readonly kind: SecretKind
  /** Absent for `opaque`. `document.bytes.slice(...span)`, decoded, is the secret: no more, no less. */
  readonly span?: Span
  readonly encoding: Encoding
}

/** Names one place so that it can be found again in a changed document. Serialisable; written into plans and journals. */
export interface PlaceRef {
  readonly id: PlaceId
  readonly consumer: ConsumerId
  readonly at: Location
  /** Unique inside `at`; without spaces; independent of username and secret: `machine/bitbucket.org`, `system/_/bb`, `remote.origin.url`. */
  readonly address: string
}

/**
 * One spot where a consumer holds one credential. `secret` absent: the spot only pins a username
 * (`https://alice@bitbucket.org/…`), which decides what is sent and must change together with the secret.
 */
export interface Place extends PlaceRef {
  /** The host the credential is for: `bitbucket.org`, `api.bitbucket.org`. */
  readonly host: string
  readonly username?: UsernameField
  readonly secret?: SecretField
  /** Smallest range that covers every byte a change of this place may touch. A backup is these bytes. Absent for systems. */
  readonly extent?: Span
  /** 1-based line of `extent` in its file. */
  readonly line?: number
  readonly uses: readonly Use[]
}

export type UnreadReason =
  | 'malformed' // not what its name says
  | 'undecryptable' // the key is missing or does not fit
  | 'unreadable' // permission, I/O
  | 'too-large'
  | 'forbidden' // a system refused to show it

/** What one document holds. Malformed input is a result, never a throw. */
export interface Detection {
  readonly places: readonly Place[]
  readonly demands: readonly Demand[]
  readonly unread: readonly { readonly span?: Span; readonly reason: UnreadReason; readonly detail: string }[]
}
