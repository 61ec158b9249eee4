import { usernameFor } from '../bitbucket/usernames.ts'
import type { Place } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Operation } from '../model/use.ts'
import { isBranchSource } from './scopes.ts'

export type ChosenUsername =
  | { readonly kind: 'use'; readonly username: string; readonly reason: string }
  | { readonly kind: 'impossible'; readonly reason: string; readonly wayOut: string }

const SPLIT = 'Use two credentials, one under each username, or an access token.'

/** The username that one place needs for everything that is done through it. */
export function chooseUsername(
  place: Place,
  kind: SecretKind,
  owner: { readonly email?: string; readonly username?: string },
): ChosenUsername {
  const branchSource = place.uses.some(isBranchSource)
  const plain = new Set(place.uses.filter((use) => !isBranchSource(use)).map((use) => sideOf(use.operation)))
  if (branchSource && plain.has('git')) {
    return {
      kind: 'impossible',
      reason: 'Branch Source needs the e-mail and a plain git checkout needs the fixed username',
      wayOut: SPLIT,
    }
  }
  if (plain.has('git') && plain.has('rest')) {
    return { kind: 'impossible', reason: 'git and REST need different usernames for one token', wayOut: SPLIT }
  }
  const operation: Operation =
    branchSource || plain.has('rest') || (plain.size === 0 && place.host === 'api.bitbucket.org') ? 'rest' : 'git-fetch'
  const choice = usernameFor(operation, kind, owner)
  if (choice.kind === 'use') return { kind: 'use', username: choice.username, reason: choice.reason }
  if (choice.kind === 'bearer')
    return {
      kind: 'impossible',
      reason: 'this place presents a username, and REST takes access tokens as Bearer only',
      wayOut: 'Use an API token.',
    }
  return {
    kind: 'impossible',
    reason: choice.reason,
    wayOut: 'Give the e-mail with the token: keyturn token add NAME --email ADDRESS',
  }
}

function sideOf(operation: Operation): 'git' | 'rest' {
  return operation === 'git-fetch' || operation === 'git-push' ? 'git' : 'rest'
}
