import type { ErrorCode } from './failure.ts'
import type { Standing, StepId } from './plan.ts'

/** Name of a file in the run's backup folder. */
export type BackupRef = string

/** Appended and fsynced before the act it announces, and again after it. A run is a fold over these. */
export type JournalEntry =
  | { readonly kind: 'began'; readonly run: string; readonly plan: string; readonly at: string }
  | {
      readonly kind: 'intends'
      readonly step: StepId
      readonly from: Standing
      readonly to: Standing | 'unpredictable'
      readonly backup: BackupRef
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
  | { readonly kind: 'ended'; readonly outcome: 'applied' | 'rolled back' | 'stopped'; readonly at: string }
