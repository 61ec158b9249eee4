import { fakeConsumerPart } from '../fake-secret.ts'

export interface OAuthConsumer {
  readonly key: string
  readonly secret: string
  readonly name: string
  readonly workspace: string | undefined
  readonly scopes: readonly string[]
}

/** Who may ask for OAuth tokens; workspace administrators make them on the real site. */
export class OAuthConsumers {
  readonly #byKey = new Map<string, OAuthConsumer>()
  readonly #refresh = new Map<string, OAuthConsumer>()

  add(seed: string, options: { name: string; workspace?: string; scopes?: readonly string[] }): OAuthConsumer {
    const { name, workspace, scopes } = options
    const key = fakeConsumerPart(`${seed} key`, 18)
    const secret = fakeConsumerPart(`${seed} secret`, 32)
    const consumer = { key, secret, name, workspace, scopes: scopes ?? ['account', 'repository:write'] }
    this.#byKey.set(key, consumer)
    return consumer
  }

  find(key: string): OAuthConsumer | undefined {
    return this.#byKey.get(key)
  }

  /** A refresh token, for the time when client credentials still brought one. */
  addRefreshToken(seed: string, consumer: OAuthConsumer): string {
    const token = fakeConsumerPart(seed, 18)
    this.#refresh.set(token, consumer)
    return token
  }

  /** Used up: since 2026-05-04 refresh tokens rotate. */
  takeRefreshToken(token: string, consumer: OAuthConsumer): boolean {
    const known = this.#refresh.get(token)?.key === consumer.key
    if (known) this.#refresh.delete(token)
    return known
  }

  move(moved: (workspace: string) => string): void {
    for (const [key, consumer] of this.#byKey) {
      if (consumer.workspace !== undefined) this.#byKey.set(key, { ...consumer, workspace: moved(consumer.workspace) })
    }
  }
}
