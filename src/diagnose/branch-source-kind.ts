import type { TokenShape } from '../bitbucket/token-shape.ts'

/** What Branch Source takes a credential for (its impl/credentials matchers). */
export type BranchSourceKind = 'API token' | 'OAuth consumer' | 'access token' | 'plain pair'

/** BitbucketUserAPITokenCredentialMatcher.API_ACCESS_TOKEN_LENGTH. */
const API_TOKEN_LENGTH = 192

/** Lengths of key and secret; the longer since 937.3.3 (JENKINS-76489). */
const CONSUMERS: ReadonlySet<string> = new Set(['18/32', '32/76'])

export interface BranchSourcePair {
  /** Absent: a Secret text. */
  readonly username: string | undefined
  readonly secret: { readonly shape: Pick<TokenShape, 'length'> }
}

export function branchSourceKind({ username, secret }: BranchSourcePair): BranchSourceKind {
  const { length } = secret.shape
  if (username === undefined) return 'access token'
  if (isEmail(username) && length === API_TOKEN_LENGTH) return 'API token'
  return CONSUMERS.has(`${username.length}/${length}`) ? 'OAuth consumer' : 'plain pair'
}

/** The plugin looks for two characters, and for nothing more. */
export function isEmail(username: string): boolean {
  return username.includes('@') && username.includes('.')
}
