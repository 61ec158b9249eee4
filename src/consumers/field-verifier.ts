import { shapeOf } from '../bitbucket/token-shape.ts'
import { ACCESS_TOKEN_GIT_USERNAME, usernameFor } from '../bitbucket/usernames.ts'
import type { Connector, Verifier } from '../model/consumer.ts'
import type { Credential } from '../model/credential.ts'
import type { Encoding, Place } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import {
  authorizationOf,
  type Endpoints,
  gitVerifier,
  type HandOver,
  type HandOverRequest,
  type Pair,
  storedPair,
} from './git-verifier.ts'
import { usernameInJenkins } from './jenkins-username.ts'
import { askpassHandOver, headerHandOver } from './secret-hand-over.ts'

/**
 * Proves the places of any connector that reads what it holds, for consumers that have no verifier of their own. Who reads the field and
 * how, the place tells by how it is written: as a header, as the front of a URL, or as a username and a secret.
 */
export function fieldVerifier(connector: Connector, endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector,
    pair: presentedPair,
    handOver: fieldHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}

type Form = 'pair' | 'basic header' | 'bearer header' | 'token in a URL' | 'secret alone'

function formOf({ consumer, username, secret }: Place): Form {
  const written = lastEncoding(secret)
  if (written === 'base64-pair') return 'basic header'
  if (username !== undefined) return 'pair'
  if (consumer === 'http-header') return 'bearer header'
  return written === 'percent' ? 'token in a URL' : 'secret alone'
}

function lastEncoding(secret: Place['secret']): Encoding | undefined {
  return secret?.inner?.at(-1)?.encoding ?? secret?.encoding
}

/** A token pasted into the field of the username is shown as its fingerprint (username-field.ts). */
const FINGERPRINT = /^#[0-9a-f]{12}$/

function presentedPair(credential: Credential, use: Use, place: Place): Pair | string {
  if (FINGERPRINT.test(credential.username ?? '')) return 'a token stands where the username belongs'
  const pair = storedPair(credential)
  const isGit = use.operation === 'git-fetch' || use.operation === 'git-push'
  switch (formOf(place)) {
    case 'basic header':
      return pair
    case 'bearer header':
      return { ...pair, scheme: 'bearer' }
    case 'token in a URL':
      return isGit ? { username: pair.password, password: '' } : { ...pair, scheme: 'bearer' }
    case 'pair':
      // Access tokens are no user: tools that hold one under git's name for it send it to REST as Bearer.
      return !isGit && pair.username === ACCESS_TOKEN_GIT_USERNAME
        ? { ...pair, scheme: 'bearer' }
        : { ...pair, username: usernameInJenkins(credential, use) }
    case 'secret alone':
      return isGit ? guessed(pair, credential, use) : { ...pair, scheme: 'bearer' }
  }
}

/** The name is chosen by whoever reads the secret, and is not written beside it; tokens have one that git always takes. */
function guessed(pair: Pair, { secret }: Credential, { operation }: Use): Pair | string {
  const choice = usernameFor(operation, shapeOf(secret).kind, {})
  return choice.kind === 'use'
    ? { ...pair, username: choice.username, isGuess: true }
    : 'the place names no username, and this kind of secret has no fixed one'
}

/** A token in a URL would be an argument of git's own process, and is asked over HTTP. */
async function fieldHandOver(request: HandOverRequest): Promise<HandOver | undefined> {
  switch (formOf(request.place)) {
    case 'basic header':
    case 'bearer header':
      return headerHandOver(request, authorizationOf(request.pair))
    case 'token in a URL':
      return undefined
    case 'pair':
    case 'secret alone':
      return askpassHandOver(request)
  }
}
