import { fakeUuid } from '../fake-secret.ts'

/** Who is signed in on the account pages, and which new tokens were not shown yet. */
export class AccountDesk {
  readonly #sessions = new Map<string, string>()
  readonly #unseen = new Set<string>()
  readonly #seed: string
  #signIns = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** The same for the same seed and the same sign-ins before it, as everything that leaves the sandbox. */
  signIn(username: string): string {
    this.#signIns++
    const session = fakeUuid(`${this.#seed}\0session\0${this.#signIns}`)
    this.#sessions.set(session, username)
    return session
  }

  signOut(session: string): void {
    this.#sessions.delete(session)
  }

  signedIn(session: string): string | undefined {
    return this.#sessions.get(session)
  }

  /** Marks a new token; its secret may be shown once. */
  hold(tokenId: string): void {
    this.#unseen.add(tokenId)
  }

  /** True the first time only. */
  show(tokenId: string): boolean {
    return this.#unseen.delete(tokenId)
  }
}
