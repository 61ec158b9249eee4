import type { Controller } from '../controller.ts'
import { type Credential, displayName } from '../credential.ts'
import type { Item } from '../item-tree.ts'
import { BRANCH_SOURCE } from '../plugin-version.ts'
import { visibleCredentials } from '../resolve-credential.ts'
import { authenticatorFor } from './authenticator.ts'
import { type BitbucketClient, bitbucketClient } from './bitbucket-client.ts'
import type { RestDoor } from './rest-door.ts'

/** What a scan needs besides its item. */
export interface ScanWorld {
  readonly controller: Controller
  readonly door: RestDoor
  /** Of git run by the controller. */
  readonly gitEnvironment: Readonly<Record<string, string>>
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly actions: 'skipped' | 'fetched'
  /** The credential was used by a scan of the item. */
  track(credential: Credential, item: Item): void
  /** Starts a build with the revision that the scan found. */
  schedule(item: Item, revision: string): void
  /** Starts a scan of a child of an organization folder. */
  rescan(item: Item): void
}

export interface Connection {
  readonly credential: Credential | undefined
  readonly client: BitbucketClient
  /** False when there is a credential and no matcher takes it: REST is then anonymous without a word. */
  readonly isAccepted: boolean
  /** The line of the log, which names a refused credential all the same. */
  readonly greeting: string
}

type Connecting = Pick<ScanWorld, 'controller' | 'door' | 'signal'>

/** Looked up with the requirement of `serverUrl`, not of the API host (BitbucketCredentials.lookupCredentials). */
export function connect(
  world: Connecting,
  item: Item,
  serverUrl: string,
  credentialsId: string | undefined,
): Connection {
  const { controller, door, signal } = world
  const version = branchSourceVersion(controller)
  const credential =
    credentialsId === undefined
      ? undefined
      : visibleCredentials(controller, item, serverUrl).find((each) => each.id === credentialsId)
  const authenticator = credential && authenticatorFor(credential, controller.cipher, version)
  return {
    credential,
    client: bitbucketClient({ door, authenticator, version, signal }),
    isAccepted: authenticator !== undefined,
    greeting:
      credential === undefined
        ? `Connecting to ${serverUrl} with no credentials, anonymous access`
        : `Connecting to ${serverUrl} using ${displayName(credential)}`,
  }
}

export function branchSourceVersion(controller: Controller): string {
  return controller.plugins.get(BRANCH_SOURCE) ?? '0'
}
