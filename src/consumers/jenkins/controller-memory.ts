import type { CheckUrlOutcome, StoredSecretSize } from '../../model/jenkins-findings.ts'
import { rememberingRecent } from '../../model/remembering-recent.ts'
import { storeName } from './address.ts'
import type { Differential, UrlCheck } from './check-url.ts'
import type { CodeReading } from './configuration-as-code.ts'
import type { CredentialElement } from './credential-element.ts'
import { type FolderBuilds, folderBuilds } from './last-build.ts'
import { type Refusals, watchRefusals } from './refusals.ts'
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
 * What is the same for many places of one controller, asked once; of the kinds that grow with the controller the last few are kept. A
 * question that failed is not asked again either: whoever needs its answer is told the same failure.
 */
export interface ControllerMemory {
  readonly plugins: Remembered<Readonly<Record<string, string>>>
  readonly owned: Remembered<CodeReading>
  readonly stores: Remembered<ListedStore>
  /** Of what a store lists, what an item is given; by the name of the store and who takes it. */
  readonly given: Remembered<readonly ListedCredential[]>
  /** Credentials of a folder whose secrets its configuration shows, by `credentialKey`; empty where it does not. */
  readonly folders: Remembered<ReadonlyMap<string, ShownCredential>>
  /** Of secrets that were read already, by `storedKey`. */
  readonly sizes: Map<string, StoredSecretSize>
  /** By `checkKey`. */
  readonly checks: Remembered<Differential>
  /** Whether git on the controller reads repositories of a workspace without a credential, by folder that is asked and workspace. */
  readonly ambient: Remembered<CheckUrlOutcome>
  readonly refusals: Refusals
  readonly builds: FolderBuilds
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
    given: remembered(),
    folders: remembered(),
    sizes: new Map(),
    checks: remembered(),
    ambient: remembered(),
    refusals: watchRefusals(),
    builds: folderBuilds(),
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
  return { once: rememberingRecent<Promise<Value>>(MOST_KEPT) }
}

/** Places of one folder come one after the other, so that what was said of the last few folders is enough, however large a controller is. */
const MOST_KEPT = 100

export function listedStore(rows: readonly ListedCredential[]): ListedStore {
  const byId = new Map<string, ListedCredential[]>()
  for (const row of rows) {
    const same = byId.get(row.id)
    if (same === undefined) byId.set(row.id, [row])
    else same.push(row)
  }
  return { rows, byId }
}
