import type { Clock } from '../model/ports.ts'

export interface Limits {
  /** One question with its repetitions, in milliseconds. */
  readonly questionMs: number
  /** All questions of one visit, in milliseconds. */
  readonly visitMs: number
}

export const LIMITS: Limits = { questionMs: 20_000, visitMs: 60_000 }

/** Most requests that a visit makes beside its questions: one 401 asked again, and two pauses after a 429. */
export const MOST_REPETITIONS = 3

/** What one visit may still do. A visit is one diagnosis: its questions share the time and the repetitions. */
export class VisitLimits {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #endsAt: number
  #repetitionsLeft = 1
  readonly #pausesMs = [1_000, 3_000]

  constructor(clock: Clock, limits: Limits = LIMITS) {
    this.#clock = clock
    this.#limits = limits
    this.#endsAt = clock.now().getTime() + limits.visitMs
  }

  /** Begins a question: the milliseconds that are left for it, asked again before every request. */
  question(): () => Remaining {
    const questionEndsAt = this.#clock.now().getTime() + this.#limits.questionMs
    return () => {
      const now = this.#clock.now().getTime()
      return this.#endsAt < questionEndsAt
        ? { ms: this.#endsAt - now, limit: `${this.#limits.visitMs / 1000} s for all questions` }
        : { ms: questionEndsAt - now, limit: `${this.#limits.questionMs / 1000} s for one question` }
    }
  }

  /** For the one 401 of a visit that is asked again. */
  takeRepetition(): boolean {
    return this.#repetitionsLeft-- > 0
  }

  /** Bitbucket sends no Retry-After with its 429; few pauses, so that a doctor never becomes a flood. */
  takePause(): number | undefined {
    return this.#pausesMs.shift()
  }
}

export interface Remaining {
  readonly ms: number
  /** The limit that ends first, in words. */
  readonly limit: string
}
