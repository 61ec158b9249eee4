import type { ConsumerId } from './place.ts'
import type { Demand } from './use.ts'

/**
 * What came of a file that holds no credential and of which everything about Bitbucket is understood: plain data, for it is passed
 * between threads.
 */
export interface Judgement {
  readonly consumer: ConsumerId
  readonly demands: readonly Demand[]
}
