/** Old reports speak of about 15 minutes (bitbucket.org/site/master/issues/14735); the number of tries is not public. */
const pause = 15 * 60_000
const tries = 10

/** Failed sign-ins per account. */
export class LockOuts {
  readonly #failures = new Map<string, number[]>()

  /** The one lock opens when the pause is over, the other when somebody signs in on the web site. */
  isLocked(account: string, now: Date, ends: 'by time' | 'on the web'): boolean {
    const failures = this.#failures.get(account) ?? []
    if (ends === 'on the web') return failures.length >= tries
    return this.#recent(failures, now).length >= tries
  }

  count(account: string, now: Date): void {
    const failures = this.#failures.get(account) ?? []
    this.#failures.set(account, [...failures.slice(1 - tries), now.getTime()])
  }

  clear(account: string): void {
    this.#failures.delete(account)
  }

  #recent(failures: readonly number[], now: Date): readonly number[] {
    return failures.filter((at) => at > now.getTime() - pause)
  }
}
