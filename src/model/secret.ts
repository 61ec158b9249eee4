import { createHmac, timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

/** The printable name of a secret: `#` and 12 hex digits of a hash keyed per installation. Never a part of the secret. */
export type Fingerprint = `#${string}`

/** What a secret is, as far as its shape and place can tell. */
export type SecretKind =
  | 'app-password'
  | 'api-token'
  | 'access-token'
  | 'oauth-token'
  | 'oauth-consumer'
  | 'account-password'
  | 'unknown'

/** Makes secrets that carry the fingerprint of this installation's key. */
export type Seal = (text: string) => Secret

/**
 * The bytes that grant access. It cannot be shown by accident: every conversion to text gives the fingerprint.
 * `reveal` is called only in the folders that `test/architecture.test.ts` lists.
 */
export class Secret {
  readonly fingerprint: Fingerprint
  readonly #text: string

  private constructor(text: string, fingerprint: Fingerprint) {
    this.#text = text
    this.fingerprint = fingerprint
  }

  /** A function that seals texts under `key` (32 random bytes of this installation). */
  static sealer(key: Uint8Array): Seal {
    return (text) => new Secret(text, `#${createHmac('sha256', key).update(text).digest('hex').slice(0, 12)}`)
  }

  /** Length in UTF-16 code units. */
  get length(): number {
    return this.#text.length
  }

  reveal(): string {
    return this.#text
  }

  equals(other: Secret): boolean {
    const [mine, theirs] = [Buffer.from(this.#text), Buffer.from(other.#text)]
    return mine.length === theirs.length && timingSafeEqual(mine, theirs)
  }

  toString(): string {
    return this.fingerprint
  }

  toJSON(): string {
    return this.fingerprint
  }

  [inspect.custom](): string {
    return `Secret(${this.fingerprint})`
  }
}
