import type { DiagnosisCode } from '../../src/model/diagnosis.ts'

/** What the oracle says of a world, for the command in question. */
export interface Expectation {
  readonly works: boolean
  /** Each would be right: a fault that was planted and by itself makes the command fail; of a command that works, that it does. */
  readonly right: readonly DiagnosisCode[]
  /** Why nothing that may be asked can tell; "one of several causes" and "could not be checked" are then right as well. */
  readonly untold?: string
}
