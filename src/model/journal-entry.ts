import type { ErrorCode } from './failure.ts'
import type { Digest, Standing, StepId } from './plan.ts'
import type { SecretKind } from './secret.ts'

/** Name of a file in the run's backup folder; with `#` and the step, where the file holds those of several. */
export type BackupRef = string

/** Who let keyturn act. */
export interface Actor {
  readonly user: string
  readonly host: string
  readonly process: number
}

/** Appended and fsynced before the act it announces, and again after it. A run is a fold over these. */
export type JournalEntry = JournalEvent & {
  /** ISO time. Absent: written by a version that kept the time of a run's beginning and end only. */
  readonly at?: string
}

type JournalEvent =
  | {
      readonly kind: 'began'
      /** Absent: 1. What a later one means is not known here, and is not read. */
      readonly format?: number
      readonly run: string
      readonly plan: string
      readonly at: string
      /** SHA-256 (hex) of the bytes of `plan.json`: the plan belongs to the chain. Absent in old journals, as is `by`. */
      readonly planDigest?: string
      readonly by?: Actor
      /** Tells the key of the installation from another one (src/apply/same-key.ts). Absent in old journals. */
      readonly key?: Digest
      /** Kinds of the tokens of the vault that the plan names, by their name there. */
      readonly tokenKinds?: Readonly<Record<string, SecretKind>>
    }
  /** Another command goes on with the run. */
  | { readonly kind: 'resumed'; readonly doing: 'apply' | 'rollback'; readonly by: Actor }
  | {
      readonly kind: 'intends'
      readonly step: StepId
      readonly from: Standing
      readonly to: Standing | 'unpredictable'
      readonly backup: BackupRef
      /** SHA-256 (hex) of the file of the backup, which is encrypted. Absent in old journals. */
      readonly sealed?: string
      /** Of what else its entry of a list held (`PlaceState`). Absent in old journals, too. */
      readonly entry?: Digest
    }
  | { readonly kind: 'did'; readonly step: StepId; readonly now: Standing }
  | {
      readonly kind: 'verified'
      readonly step: StepId
      readonly outcome: 'verified' | 'not verifiable here'
      readonly detail: string
    }
  | {
      readonly kind: 'intends undo'
      readonly step: StepId
      readonly from: Standing
      readonly to: Standing | 'unpredictable'
    }
  | { readonly kind: 'undid'; readonly step: StepId; readonly now: Standing }
  | { readonly kind: 'gave up'; readonly step: StepId; readonly code: ErrorCode; readonly because: string }
  | { readonly kind: 'ended'; readonly outcome: EndedAs; readonly at: string }
  /** From here on a backup may be gone, and the run cannot be put back. */
  | { readonly kind: 'forgets'; readonly by: Actor; readonly forced: boolean }
  | { readonly kind: 'forgot'; readonly backups: number }

/** `partly rolled back`: some places were put back, and others hold what the run or somebody else left there. */
export type EndedAs = 'applied' | 'rolled back' | 'partly rolled back' | 'stopped'
