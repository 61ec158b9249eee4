import { setTimeout as wait } from 'node:timers/promises'
import { type Account, fillFor } from './account.ts'
import type { Asker } from './ask.ts'
import { type RecordedAnswer, recordAnswer } from './recorded-answer.ts'
import type { Row } from './row.ts'

/** What became of one row: an answer, or the reason why there is none. */
export type Step =
  | { readonly kind: 'answered'; readonly answer: RecordedAnswer }
  | { readonly kind: 'left out'; readonly because: string }
  | { readonly kind: 'not answered'; readonly because: string }

/** One walk over all rows, by their ids. */
export interface Recording {
  readonly schema: 'keyturn/conformance-recording/1'
  readonly target: string
  readonly steps: Readonly<Record<string, Step>>
}

export interface WalkOptions {
  readonly target: string
  readonly account: Account
  readonly asker: Asker
  /** Between two requests. */
  readonly pauseMs: number
  readonly onStep?: (row: Row, step: Step) => void
}

const askRow = async (url: string, authorization: string | undefined, asker: Asker): Promise<Step> => {
  try {
    const answer = recordAnswer(await asker.ask(url, authorization))
    if (answer.status === 429) return { kind: 'not answered', because: 'the service asked for fewer requests (429)' }
    return { kind: 'answered', answer }
  } catch (error) {
    // Only the code is kept: a message may hold an address.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
    return { kind: 'not answered', because: `the request failed: ${code}` }
  }
}

/** So many requests in a row that failed end the walk: the service is out of reach. */
const failuresAtMost = 3

/** Ends a walk early, so that the account and the service are left alone. */
class Patience {
  #failures = 0
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  see(step: Step): void {
    this.#failures = step.kind === 'not answered' ? this.#failures + 1 : 0
    const refused = step.kind === 'not answered' && step.because.includes('429')
    this.#ended ||= refused || this.#failures >= failuresAtMost
  }
}

export const walk = async (rows: readonly Row[], options: WalkOptions): Promise<Recording> => {
  const fill = fillFor(options.account)
  const patience = new Patience()
  const steps: Record<string, Step> = {}
  let asked = 0
  const takeStep = async (row: Row): Promise<Step> => {
    const filled = fill(row)
    if (filled.kind === 'left out') return filled
    if (patience.ended) return { kind: 'not answered', because: 'the walk ended before this row' }
    if (asked++ > 0 && options.pauseMs > 0) await wait(options.pauseMs)
    const step = await askRow(filled.url, filled.authorization, options.asker)
    patience.see(step)
    return step
  }
  for (const row of rows) {
    const step = await takeStep(row)
    steps[row.id] = step
    options.onStep?.(row, step)
  }
  return { schema: 'keyturn/conformance-recording/1', target: options.target, steps }
}
