import type { Connector, Verifier } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { ConsumerId } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Secret, SecretKind } from '../model/secret.ts'
import type { RunStore } from './run-folder.ts'

/** What can be applied to: connectors and verifiers by consumer. */
export interface Hands {
  readonly connector?: Connector
  readonly verifier?: Verifier
}

export interface ApplyDeps {
  readonly context: Context
  readonly hands: (consumer: ConsumerId) => Hands
  /** A token of the vault by its name. */
  readonly token: (name: string) => Promise<Secret | undefined>
  /** Its kind, for the journal. */
  readonly tokenKind?: (name: string) => Promise<SecretKind | undefined>
  readonly runs: RunStore
  /** Folder of the lock. */
  readonly state: string
  readonly onEvent?: (event: ApplyEvent) => void
}

export type ApplyEvent =
  /** So many places were read before the first act. */
  | { readonly kind: 'read'; readonly number: number; readonly of: number }
  | { readonly kind: 'step' | 'changed' | 'failed' | 'restored'; readonly step: string }
  | {
      readonly kind: 'proved'
      readonly step: string
      readonly outcome: 'verified' | 'not verifiable here'
      readonly detail: string
    }

export function connectorOf(deps: ApplyDeps, consumer: ConsumerId): Connector {
  const connector = deps.hands(consumer).connector
  if (connector !== undefined) return connector
  throw new Failure('R202', {
    at: `consumer "${consumer}"`,
    because: 'this version of keyturn cannot change places of it',
    state: 'Nothing was changed.',
  })
}
