import { type EmbeddedUrl, urlsIn } from '../formats/embedded-urls.ts'
import type { StoredText } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import type { Confidence } from '../model/place.ts'
import type { Operation, Repository, Use } from '../model/use.ts'
import { isBitbucketHost, isOnWeb, isRestHost, repositoryOf } from './bitbucket-hosts.ts'
import type { Found } from './field-detector.ts'
import { decodedPiece, type Piece, type Pieces } from './field-place.ts'
import { secretConfidence } from './secret-text.ts'

/** `https://user:secret@bitbucket.org/…`, or a token alone before the `@`. */
export interface UrlCredential {
  /** Where the URL begins in the text. */
  readonly at: number
  readonly host: string
  readonly pieces: Pieces
  readonly confidence: Confidence
  readonly repository?: Repository
  /** What the URL is asked for, as far as it says. */
  readonly operation: Operation
}

/** Every one in a text, from left to right. */
export function urlCredentialsIn(text: StoredText, document: Document): readonly UrlCredential[] {
  if (!text.text.includes('@')) return []
  return urlsIn(text.text).flatMap((found) => credentialOf(found, text, document) ?? [])
}

/** The same as a finding. `operations`: what the consumer does with the URL, where it knows that better. */
export function foundAtUrl(
  keys: readonly string[],
  credential: UrlCredential,
  operations?: readonly Operation[],
): Found {
  const { host, pieces, confidence, repository, operation } = credential
  const asked = operations ?? [operation]
  const uses = asked.map(
    (each): Use => ({
      operation: each,
      by: keys.join('.'),
      ...(repository === undefined ? {} : { repository }),
    }),
  )
  return { keys, host, pieces, confidence, uses }
}

function credentialOf({ from, url }: EmbeddedUrl, text: StoredText, { seal }: Document): UrlCredential | undefined {
  const { username, password, host, path } = url
  if (username === undefined || !isBitbucketHost(host)) return undefined
  const piece = ([start, end]: readonly [number, number]): Piece => ({
    text,
    from: from + start,
    to: from + end,
    written: 'percent',
  })
  const alone = password === undefined || password[1] === password[0]
  const secret = piece(alone ? username : password)
  const confidence = secretConfidence(decodedPiece(secret), seal, { level: 'certain', reason: 'a URL of Bitbucket' })
  if (confidence === undefined || (alone && confidence.reason !== 'the checksum fits')) return undefined
  const repository = repositoryIn(path)
  return {
    at: from,
    host,
    pieces: alone ? { secret } : { secret, username: piece(username) },
    confidence,
    ...(repository === undefined ? {} : { repository }),
    operation: operationOf(host, path),
  }
}

/** pip and Helm write `@…` behind the repository, Terraform and Kustomize `//folder`. */
function repositoryIn(path: string): Repository | undefined {
  return repositoryOf(path.replace(/@.*$/, '').replace(/(.)\/\/.*$/, '$1'))
}

/** Archives and single files come from the web host, which follows the rule of REST. */
function operationOf(host: string, path: string): Operation {
  if (isRestHost(host)) return 'rest'
  return isOnWeb(path) ? 'web' : 'git-fetch'
}
