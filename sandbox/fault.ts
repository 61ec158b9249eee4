import { createHash } from 'node:crypto'

/** A disturbance: the next `times` requests whose host and path contain `match` are answered with it. */
export interface Fault {
  /**
   * `unauthorized-once` and `random-unauthorized`: the 401 of BCLOUD-24107, which hits valid credentials.
   * `dropped-authorization`: something on the way removes the header. `latency`: the answer is late. The others are
   * answers: a status with a text, a rate limit, a page of the web site.
   */
  readonly kind:
    | 'unauthorized-once'
    | 'random-unauthorized'
    | 'rate-limit'
    | 'html-404'
    | 'status'
    | 'dropped-authorization'
    | 'latency'
  readonly status?: number
  /** Body of a `status` fault, as text/plain. */
  readonly text?: string
  /** Waits for a request that carries a credential, so that git comes to send one. */
  readonly withCredential?: boolean
  /** Of `latency`. */
  readonly milliseconds?: number
  /** Of `random-unauthorized`: how many of the matching requests are hit, 0 to 1; which ones, the seed decides. */
  readonly rate?: number
  readonly match?: string
  readonly times: number
}

interface Waiting {
  readonly fault: Fault
  left: number
  /** Requests that `random-unauthorized` looked at. */
  seen: number
}

const needsCredential = (fault: Fault): boolean =>
  fault.kind === 'unauthorized-once' || fault.kind === 'random-unauthorized' || fault.withCredential === true

export class FaultQueue {
  readonly #seed: string
  readonly #waiting: Waiting[] = []

  constructor(seed: string) {
    this.#seed = seed
  }

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times, seen: 0 })
  }

  /** The fault for this request, used up once. */
  take(target: string, carriesCredential: boolean): Fault | undefined {
    if (this.#waiting.length === 0) return undefined
    const next = this.#waiting.find((waiting, i) => {
      const { fault, left } = waiting
      if (left <= 0 || !target.includes(fault.match ?? '')) return false
      if (needsCredential(fault) && !carriesCredential) return false
      return fault.kind !== 'random-unauthorized' || this.#hits(waiting, i)
    })
    if (next === undefined) return undefined
    next.left--
    return next.fault
  }

  #hits(waiting: Waiting, place: number): boolean {
    const draw = createHash('sha256')
      .update(`${this.#seed}\0fault\0${place}\0${waiting.seen++}`)
      .digest()
      .readUInt32BE(0)
    return draw / 2 ** 32 < (waiting.fault.rate ?? 0.5)
  }
}
