import { Failure } from '../../model/failure.ts'
import { asShown } from './as-shown.ts'
import type { CredentialElement } from './credential-element.ts'
import { type BoundCredential, type CredentialFacts, locationOf } from './credential-snapshot.ts'

/** `alice/****** (description)` (credentials-plugin, UsernamePasswordCredentialsImpl.NameProvider); the name of a secret username is hidden. */
const NAMED = /^(.*?)\/\*{6}(?: \(|$)/s

/**
 * The username as it is stored, told by the name that Jenkins gives the credential. `undefined`: `config.xml` shows question marks in its
 * place, and the name hides it.
 */
export function storedUsername(shown: string, displayName: string | undefined): string | undefined {
  if (!shown.includes('?')) return shown
  const username = NAMED.exec(displayName ?? '')?.[1]
  return username !== undefined && asShown(username) === shown ? username : undefined
}

/** The element with its username as it is stored: question marks must neither be sent back nor go into a backup. Throws `Failure` R204. */
export function withStoredUsername(
  bound: BoundCredential,
  element: CredentialElement,
  { displayName }: CredentialFacts,
): CredentialElement {
  if (element.username === undefined) return element
  const username = storedUsername(element.username, displayName)
  if (username !== undefined) return { ...element, username }
  throw new Failure('R204', {
    at: locationOf(bound),
    because:
      'Jenkins shows its username with question marks and hides it in its name, so it cannot be told, or put back',
    state: 'Nothing was changed.',
    next: ['Change this credential in its web page, or clear "Treat username as secret" there and repeat the command.'],
  })
}

/** Throws `Failure` R204 where the description may have question marks for what it says, and nothing else shows it. */
export function requireDescription(
  bound: BoundCredential,
  element: CredentialElement,
  { description }: CredentialFacts,
): void {
  if (description !== undefined || element.description?.includes('?') !== true) return
  throw new Failure('R204', {
    at: locationOf(bound),
    because:
      'Jenkins shows its description with question marks, and api/json did not tell it, so it cannot be sent back',
    state: 'Nothing was changed.',
    next: ['Change this credential in its web page.'],
  })
}
