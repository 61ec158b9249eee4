/** What a clock says: the instant, and how many of its seconds pass in one second of the machine; 0 stands. */
export interface ClockReading {
  readonly now: string
  readonly rate: number
}

/** The four-digit years: an instant outside them cannot be written as `2026-07-28T00:00:00Z`. */
const earliest = Date.parse('0001-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/** One year in a second: every published window is still seen by a client that asks once in a millisecond. */
export const fastestRate = 31_536_000

/** A date, or a date and time; without a zone it is UTC, so that the same text means the same instant everywhere. */
const shape = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/

export const readInstant = (iso: string): number => {
  const [, zone] = shape.exec(iso) ?? []
  const at = shape.test(iso) ? Date.parse(zone === undefined && iso.includes('T') ? `${iso}Z` : iso) : Number.NaN
  if (Number.isNaN(at) || at < earliest || at > latest || !isDay(iso)) throw new Error(`not a date: ${iso}`)
  return at
}

/** `Date.parse` takes February 30 for March 2. */
const isDay = (iso: string): boolean => {
  const [year = 0, month = 0, day = 0] = iso.slice(0, 10).split('-').map(Number)
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The time of the two sites. It stands until it is run, so that a test sees the same instant at every request. */
export class SandboxClock {
  readonly #machine: () => number
  #set: number
  #since: number
  #rate = 0

  /** `machine` counts milliseconds and never goes back; the date of the machine may. */
  constructor(iso: string, machine: () => number = () => performance.now()) {
    this.#machine = machine
    this.#set = readInstant(iso)
    this.#since = machine()
  }

  now(): Date {
    return new Date(this.#at())
  }

  read(): ClockReading {
    return { now: this.now().toISOString(), rate: this.#rate }
  }

  /** Puts the clock there; a running clock runs on from it. */
  set(iso: string): void {
    this.#set = readInstant(iso)
    this.#since = this.#machine()
  }

  advance(milliseconds: number): void {
    this.#set = between(this.#at() + milliseconds)
    this.#since = this.#machine()
  }

  /** `rate` of its seconds pass in one second of the machine: 3600 is an hour. */
  run(rate: number): void {
    if (!(rate > 0 && rate <= fastestRate)) throw new Error(`not a rate from 0 to ${fastestRate}: ${rate}`)
    this.advance(0)
    this.#rate = rate
  }

  stop(): void {
    this.advance(0)
    this.#rate = 0
  }

  #at(): number {
    if (this.#rate === 0) return this.#set
    return between(this.#set + Math.floor((this.#machine() - this.#since) * this.#rate))
  }
}

const between = (at: number): number => Math.min(latest, Math.max(earliest, at))
