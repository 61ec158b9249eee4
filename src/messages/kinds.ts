import type { Encoding } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Operation, Use } from '../model/use.ts'

export const KIND_WORDS: Readonly<Record<SecretKind, string>> = {
  'app-password': 'app password',
  'api-token': 'API token',
  'access-token': 'access token',
  'oauth-token': 'OAuth token',
  'oauth-consumer': 'OAuth consumer',
  'account-password': 'account password',
  unknown: 'unknown kind',
}

export const ENCODING_WORDS: Readonly<Record<Encoding, string>> = {
  plain: 'plain text',
  percent: 'percent-encoded',
  'git-quoted': 'quoted',
  'netrc-quoted': 'quoted',
  'base64-pair': 'base64 of username and secret',
  'xml-text': 'XML text',
  'jenkins-secret': 'encrypted by Jenkins',
  opaque: 'held by the system',
}

export const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  'git-fetch': 'git fetch',
  'git-push': 'git push',
  rest: 'REST',
  web: 'web download',
}

export function useWords(use: Use): string {
  const what = use.repository === undefined ? '' : ` ${use.repository.workspace}/${use.repository.slug}`
  return `${OPERATION_WORDS[use.operation]}${what}`
}
