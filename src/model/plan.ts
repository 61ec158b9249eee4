import type { ReferenceChange } from './credential.ts'
import type { PlaceId, PlaceRef } from './place.ts'
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
    /** `username` is the e-mail of the owner, which is not known before the token is: it waits for its request. */
    readonly emailComes?: true
    /** The credential is made, in all but username and secret like the one at this place. */
    readonly create?: { readonly like: PlaceRef }
    /** The place names a credential and holds none (`Use.reference`): from now on it names the other one. */
    readonly reference?: ReferenceChange
  }
  readonly uses: readonly Use[]
  /** Why this username and this kind, one sentence. */
  readonly reason: string
  /** What would do as well, one sentence. */
  readonly alternative?: string
  /** What rollback cannot do here, if anything. */
  readonly caveat?: string
  /** Usernames that Bitbucket takes here; a person who edits the plan may put another of them. */
  readonly usernames?: readonly string[]
  /**
   * Counts from 1; absent: 1. All steps of a wave are proved before one of the next begins, and the order inside a wave is free. A
   * credential is made in an earlier wave than what is told to name it, and that in an earlier one than the old credential changes.
   */
  readonly wave?: number
  /**
   * Steps of earlier waves without which this one would break something; of its own wave, those of its lock file or manifest. A plan that
   * lost one of them is refused.
   */
  readonly needs?: readonly StepId[]
  /** keyturn itself signs in with what stands there: every other step is of an earlier wave. */
  readonly last?: true
}

/** What must be so before steps are carried out, and what nothing here tells: a version, a field that is to be added. */
export interface Condition {
  readonly id: string
  /** One sentence: `Renovate is 41.2.0 or newer`. */
  readonly text: string
  /** Why, one sentence. */
  readonly reason: string
  /** How it is seen or brought about. */
  readonly wayOut: string
  readonly steps: readonly StepId[]
}

/** An old secret that still opens something, and that its owner revokes after every place is verified. */
export interface Retirement {
  readonly fingerprint: Fingerprint
  readonly kind: SecretKind
  readonly owner?: string
  /** Places that hold it no more after the plan. */
  readonly places: readonly PlaceId[]
  /** The step that takes it out of each of `places`, in their order. */
  readonly steps?: readonly StepId[]
  /** Places that hold it still: it is not revoked before they have changed, too. */
  readonly still: readonly PlaceId[]
  readonly wayOut: string
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
  /** Name steps that a person took out, too, as does `retire`: `ofStepsLeft` leaves them out. */
  readonly conditions?: readonly Condition[]
  readonly retire?: readonly Retirement[]
  /** Per step checksums of what must not be edited, by which a reader names the field that was (docs/decisions/0010). */
  readonly seals?: Readonly<Record<StepId, string>>
}
