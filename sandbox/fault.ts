/** A disturbance: the next `times` requests whose host and path contain `match` are answered with it. */
export interface Fault {
  readonly kind: 'unauthorized-once' | 'rate-limit' | 'html-404' | 'status'
  readonly status?: number
  /** Body of a `status` fault, as text/plain. */
  readonly text?: string
  /** Waits for a request that carries a credential, so that git comes to send one. */
  readonly withCredential?: boolean
  readonly match?: string
  readonly times: number
}

export class FaultQueue {
  readonly #waiting: { fault: Fault; left: number }[] = []

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times })
  }

  /**
   * The fault for this request, used up once. `unauthorized-once` waits for a request that carries a credential: the
   * intermittent 401 of BCLOUD-24107 hits valid credentials, and an anonymous request gets 401 anyway.
   */
  take(target: string, carriesCredential: boolean): Fault | undefined {
    const next = this.#waiting.find(
      ({ fault, left }) =>
        left > 0 &&
        target.includes(fault.match ?? '') &&
        ((fault.kind !== 'unauthorized-once' && fault.withCredential !== true) || carriesCredential),
    )
    if (next === undefined) return undefined
    next.left--
    return next.fault
  }
}
