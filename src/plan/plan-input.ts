import type { Diagnosis } from '../model/diagnosis.ts'
import type { ConsumerId, Place, PlaceId } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Fingerprint } from '../model/secret.ts'
import type { TokenSummary } from './choose-token.ts'

/** How many tokens a person is asked for: one per owner of what is there, one for everything, one per consumer or place of an owner. */
export type TokenPolicy = 'owner' | 'all' | 'consumer' | 'place'

export interface PlanPolicy {
  /** Name of a token of the vault, for every place. */
  readonly token?: string
  /** The token also takes the place of what works. */
  readonly replace?: boolean
  /** Whose tokens these are, for a place on REST that goes by another name. */
  readonly email?: string
  /** Absent: `owner`. */
  readonly tokens?: TokenPolicy
  /** Places that are changed and proved before all others. Absent: one place per token is chosen. */
  readonly canaries?: readonly PlaceId[]
  /**
   * What is to change; the other places tell who else holds a secret and which names are taken. Of those a URL alone may change, when it
   * names a username in place of a credential that changes. Absent: every place.
   */
  readonly only?: ReadonlySet<PlaceId>
}

/** A version of a tool that was read beside a place. `at`: the path that told. */
export interface FoundVersion {
  readonly consumer: ConsumerId
  readonly version: string
  readonly at: string
}

export interface PlanInput {
  readonly places: readonly Place[]
  readonly sources: readonly string[]
  /** The cause per place, where it was asked for. */
  readonly diagnoses: ReadonlyMap<PlaceId, Diagnosis>
  /** Places whose secret REST knows, and not under `policy.email`. Absent: nobody was asked. */
  readonly emailRefused?: ReadonlySet<PlaceId>
  /** What each place of `refsToRead` holds at present, by its id; a place that is missing here cannot be changed. */
  readonly digests: ReadonlyMap<PlaceId, Digest>
  /** Consumers whose places are found and not changed. */
  readonly unwritten?: ReadonlySet<ConsumerId>
  /** Why a place is found and not changed, and what to do instead: half a sentence. */
  readonly refused?: ReadonlyMap<PlaceId, string>
  /** Consumers that can make a credential like another. Absent: none. */
  readonly creating?: ReadonlySet<ConsumerId>
  /** Secrets that keyturn itself signs in with: the places that hold them change last. */
  readonly own?: ReadonlySet<Fingerprint>
  /** Absent: none was looked for. */
  readonly versions?: ReadonlyMap<PlaceId, FoundVersion>
  /** Paths of files with several names (hard links). Absent: none was looked for. */
  readonly linked?: ReadonlySet<string>
  /** Places of which the login is not shown the secret, so that a backup would not hold it. Absent: none. */
  readonly shownInPart?: ReadonlySet<PlaceId>
  readonly tokens: readonly TokenSummary[]
  readonly policy: PlanPolicy
  readonly now: Date
}
