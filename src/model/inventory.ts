import type { ConsumerId, Place, UnreadReason } from './place.ts'
import type { Use } from './use.ts'

/** Something that could not be looked at. A scan with such an entry is incomplete and says so. */
export interface Unread {
  /** Path, or URL of a system. */
  readonly at: string
  readonly consumer?: ConsumerId
  readonly reason: UnreadReason
  readonly detail: string
}

/** What a scan found. `uses` of the places are merged from every demand that they can answer. */
export interface Inventory {
  /** Absolute folders, and URLs of controllers. */
  readonly sources: readonly string[]
  readonly places: readonly Place[]
  /** Demands for Bitbucket that no place answers. */
  readonly unanswered: readonly Use[]
  readonly unread: readonly Unread[]
  readonly filesSeen: number
  readonly filesRead: number
}
