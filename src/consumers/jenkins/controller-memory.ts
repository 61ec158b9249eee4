import type { StoredSecretSize } from '../../model/jenkins-findings.ts'
import { storeName } from './address.ts'
import type { Differential, UrlCheck } from './check-url.ts'
import type { CodeReading } from './configuration-as-code.ts'
import type { CredentialElement } from './credential-element.ts'
import type { ListedCredential } from './store-listing.ts'

/** A store as it was listed, by id. */
export interface ListedStore {
  readonly rows: readonly ListedCredential[]
  readonly byId: ReadonlyMap<string, readonly ListedCredential[]>
}

/** What decides about one credential, without its secret. `other`: of a kind that holds no secret for Bitbucket. */
export type ShownCredential = 'other' | ShownPair

export interface ShownPair extends Pick<CredentialElement, 'type' | 'scope' | 'username'> {
  /** Of the stored secret, where that was shown. */
  readonly size?: StoredSecretSize
}

/**
 * What is the same for everything on one controller, asked once for as long as the memory is kept. A question that failed is not asked
 * again either: whoever needs its answer is told the same failure.
 */
export interface ControllerMemory {
  readonly plugins: Remembered<Readonly<Record<string, string>>>
  readonly owned: Remembered<CodeReading>
  readonly stores: Remembered<ListedStore>
  /** Credentials of a folder whose secrets its configuration shows, by `credentialKey`; empty where it does not. */
  readonly folders: Remembered<ReadonlyMap<string, ShownCredential>>
  /** Of secrets that were read already, by `storedKey`. */
  readonly sizes: Map<string, StoredSecretSize>
  /** By `checkKey`. */
  readonly checks: Remembered<Differential>
}

export interface Remembered<Value> {
  /** `ask` is called for the first question of this key alone. */
  readonly once: (key: string, ask: () => Promise<Value>) => Promise<Value>
}

export function newMemory(): ControllerMemory {
  return {
    plugins: remembered(),
    owned: remembered(),
    stores: remembered(),
    folders: remembered(),
    sizes: new Map(),
    checks: remembered(),
  }
}

export function checkKey({ item = '', url, credentialsId }: UrlCheck): string {
  return [item, url, credentialsId].join('\0')
}

export function credentialKey({ domain, id }: { readonly domain: string; readonly id: string }): string {
  return `${domain}\0${id}`
}

export function storedKey({ store, ...credential }: Pick<ListedCredential, 'store' | 'domain' | 'id'>): string {
  return `${storeName(store)}\0${credentialKey(credential)}`
}

function remembered<Value>(): Remembered<Value> {
  const known = new Map<string, Promise<Value>>()
  return {
    once: (key, ask) => {
      const answer = known.get(key) ?? ask()
      known.set(key, answer)
      return answer
    },
  }
}

export function listedStore(rows: readonly ListedCredential[]): ListedStore {
  const byId = new Map<string, ListedCredential[]>()
  for (const row of rows) {
    const same = byId.get(row.id)
    if (same === undefined) byId.set(row.id, [row])
    else same.push(row)
  }
  return { rows, byId }
}
