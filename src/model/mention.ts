import type { Document } from './consumer.ts'
import type { ConsumerId, Detection } from './place.ts'

/** Another file that a document makes its consumer read, whatever its name is: an included configuration, a store. */
export interface Mention {
  /** Absolute, unless nothing tells what it is relative to. */
  readonly path: string
  /** `an included file`. */
  readonly what: string
  readonly consumer: ConsumerId
  /** How the file is read; absent: as the detector of the consumer reads any other. */
  readonly detect?: (document: Document) => Detection
}

export interface MentioningDetection extends Detection {
  readonly mentions: readonly Mention[]
}

export function mentionsOf(detection: Detection | MentioningDetection): readonly Mention[] {
  return 'mentions' in detection ? detection.mentions : []
}
