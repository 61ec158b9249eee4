import type { BuildQueue } from '../build-queue.ts'

/** What the routes need besides the request: the running parts of one controller. */
export interface Site {
  readonly queue: BuildQueue
  /** Environment of git run by the controller itself. */
  readonly gitEnvironment: Readonly<Record<string, string>>
  readonly signal: () => AbortSignal
  /** Answers 503 for the next requests, then loads again. `/reload` leaves `credentials.xml` alone. */
  beginRestart(load: 'everything' | 'configuration'): void
}
