import type { ScanQueue } from '../branch-source/scan-queue.ts'
import type { BuildQueue } from '../build-queue.ts'
import type { UsageTracking } from '../usage.ts'

/** What the routes need besides the request: the running parts of one controller. */
export interface Site {
  readonly queue: BuildQueue
  readonly scans: ScanQueue
  readonly usage: UsageTracking
  /** Where the controller lives: empty, or `/jenkins`. */
  readonly contextPath: string
  readonly scriptConsole: 'disabled' | 'scripted'
  /** Reads the JCasC sources again. */
  applyCasc(): void
  /** Environment of git run by the controller itself. */
  readonly gitEnvironment: Readonly<Record<string, string>>
  readonly signal: () => AbortSignal
  /** Answers 503 for the next requests, then loads again. `/reload` leaves `credentials.xml` alone. */
  beginRestart(load: 'everything' | 'configuration'): void
}
