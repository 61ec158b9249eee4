import type { RecordedRequest } from './request-record.ts'

/** Requests that are kept, the latest ones: a load test of an hour must not fill the memory. */
export const keptRequests = 10_000

/** Dropped together, so that a full log does not move its entries at every request. */
const dropped = 1000

/** Every request in the order of its answer. Holds at least the latest `keptRequests`. */
export class RequestLog {
  readonly #kept: RecordedRequest[] = []
  #count = 0

  add(request: Omit<RecordedRequest, 'number'>): void {
    this.#count++
    this.#kept.push({ number: this.#count, ...request })
    if (this.#kept.length >= keptRequests + dropped) this.#kept.splice(0, dropped)
  }

  /** The same array at every call; it grows with the requests. */
  get requests(): readonly RecordedRequest[] {
    return this.#kept
  }

  /** All there ever were. */
  get count(): number {
    return this.#count
  }
}
