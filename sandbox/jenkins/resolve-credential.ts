import type { Controller } from './controller.ts'
import { type Credential, isSystemScope, type UsernamePassword, usernamePassword } from './credential.ts'
import type { CredentialStore } from './credential-store.ts'
import { domainMatches } from './domain-match.ts'
import { ancestry, type Item } from './item-tree.ts'

/**
 * Every credential an item sees, in the order in which an id is looked up: the nearest enclosing folder first, then
 * system. SYSTEM scope is invisible to items and visible at the root (SystemCredentialsProvider). `url` is absent
 * where a consumer states no requirement.
 */
export function visibleCredentials(
  controller: Controller,
  context: Item | undefined,
  url: string | undefined,
): readonly Credential[] {
  const folders = ancestry(context).flatMap((each) => (each.store === undefined ? [] : [each.store]))
  const system = inStore(controller.system, url).filter((each) => context === undefined || !isSystemScope(each))
  return [...folders.flatMap((each) => inStore(each, url)), ...system]
}

function inStore(store: CredentialStore, url: string | undefined): readonly Credential[] {
  return store.domains.filter((each) => domainMatches(each.domain, url)).flatMap((each) => each.credentials)
}

/** The pair, and which credential of which store it came from. */
export interface ForGit extends UsernamePassword {
  readonly credential: Credential
}

/** What the git plugin gets for an id: the type filter passes user name and password only, so a Secret text is not found. */
export function resolveForGit(
  controller: Controller,
  context: Item | undefined,
  id: string,
  url: string,
): ForGit | undefined {
  for (const each of visibleCredentials(controller, context, url)) {
    const found = each.id === id ? usernamePassword(each, controller.cipher) : undefined
    if (found !== undefined) return { ...found, credential: each }
  }
  return undefined
}
