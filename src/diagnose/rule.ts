import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'
import type { Facts } from './facts.ts'

export type RuleId = string

export interface RuleExample {
  /** What is the case, in words; names the test. */
  readonly when: string
  readonly given: Partial<Facts>
  readonly gives: DiagnosisCode | 'pass'
}

/**
 * One row of the decision table. `route` rules say that another credential than the examined one is sent, or none;
 * `credential` rules judge the examined one. The first of each kind that decides is reported, the route first. `owner` rules say who
 * would undo a change of it, and are never the cause.
 */
export interface Rule {
  readonly id: RuleId
  readonly judges: 'route' | 'credential' | 'owner'
  /** The page that makes it true. */
  readonly source: string
  /** Run as tests by `decision-table.test.ts`. */
  readonly examples: readonly RuleExample[]
  readonly decide: (facts: Facts) => Diagnosis | undefined
}
