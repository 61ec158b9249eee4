import type { ReferenceChange } from './credential.ts'
import type { PlaceRef } from './place.ts'
import type { Fingerprint, SecretKind } from './secret.ts'
import type { TokenRequest } from './token-request.ts'
import type { Use } from './use.ts'

export type StepId = string
/** Keyed digest of the bytes of a place: `hmac:` and 64 hex digits. Never a plain hash of a secret. */
export type Digest = `hmac:${string}`

/** What a place holds before a step. `absent`: it is not there, and the step makes it. */
export type Standing = Digest | 'absent'

/** One change with its precondition. The inverse is in the backup that the run makes before it acts. */
export interface Step {
  readonly id: StepId
  readonly place: PlaceRef
  /** The change is refused unless the place still has this digest. */
  readonly from: {
    readonly digest: Standing
    readonly username?: string
    readonly fingerprint?: Fingerprint
    readonly kind?: SecretKind
  }
  readonly to: {
    readonly username: { readonly set: string } | 'keep' | 'remove'
    /** Name of a vault token; `keep` when only the username changes. Absent: no token yet, see `request`. */
    readonly token?: string
    readonly keepSecret?: true
    /** Id of the token request that must be met before this step can run. */
    readonly request?: string
    readonly fingerprint?: Fingerprint
    /** The credential is made, in all but username and secret like the one at this place. */
    readonly create?: { readonly like: PlaceRef }
    /** The place names a credential and holds none (`Use.reference`): from now on it names the other one. */
    readonly reference?: ReferenceChange
  }
  readonly uses: readonly Use[]
  /** Why this username and this kind, one sentence. */
  readonly reason: string
  /** What rollback cannot do here, if anything. */
  readonly caveat?: string
  /** Every step of a lower number is proved before one of a higher number begins. Absent: 0. */
  readonly order?: number
}

export interface Plan {
  readonly schema: 'keyturn/plan/1'
  readonly id: string
  /** ISO time. */
  readonly createdAt: string
  readonly sources: readonly string[]
  readonly requests: readonly TokenRequest[]
  readonly steps: readonly Step[]
  /** Places that stay as they are, with the reason. */
  readonly kept: readonly { readonly place: PlaceRef; readonly reason: string }[]
  /** Places that a person must change, with the way out. */
  readonly manual: readonly { readonly place: PlaceRef; readonly reason: string; readonly wayOut: string }[]
}
