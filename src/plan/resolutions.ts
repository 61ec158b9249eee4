import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { ConsumerId } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'

/** As in `Condition` of a plan. */
export interface ConditionWords {
  readonly text: string
  readonly reason: string
  readonly wayOut: string
}

/**
 * What a tool does with an API token where one username and one secret serve git and REST, which want two usernames for it
 * (docs/tools.md; sources on the pages of the consumers).
 */
export type Resolution =
  /** It takes the e-mail and itself puts the fixed username in for git. */
  | { readonly kind: 'swaps'; readonly reason: string }
  /** The place gets the username for one side; the other side has one in a field of its own, or must not be used. `condition` says which. */
  | {
      readonly kind: 'one side'
      readonly here: 'git' | 'rest'
      readonly other: 'own field' | 'unused'
      readonly condition: ConditionWords
    }
  /** API tokens go into another field, variable or type of credential. */
  | { readonly kind: 'other field'; readonly wayOut: string }
  /** It cannot sign in to both with an API token. `unserved`: the way out is without an API token, so none is asked for because of it. */
  | { readonly kind: 'none'; readonly reason: string; readonly wayOut: string; readonly unserved?: true }

const SWAPPING = 'it puts the fixed username in for git by itself'

function secondField(tool: string, here: 'git' | 'rest', field: string, value: string): Resolution {
  return {
    kind: 'one side',
    here,
    other: 'own field',
    condition: {
      text: `${tool} has ${value} in ${field}`,
      reason: `${tool} takes the username for ${here === 'git' ? 'REST' : 'git'} from a field of its own`,
      wayOut: `Add ${field} beside the username before this is applied.`,
    },
  }
}

export const RESOLUTIONS: Readonly<Record<ConsumerId, Resolution>> = {
  renovate: { kind: 'swaps', reason: `Renovate takes the e-mail; ${SWAPPING}` },
  composer: { kind: 'swaps', reason: `Composer takes the e-mail; ${SWAPPING}` },
  satis: { kind: 'swaps', reason: `Satis signs in as Composer does, with the e-mail; ${SWAPPING}` },
  codebuild: { kind: 'swaps', reason: `CodeBuild takes the e-mail; ${SWAPPING}` },
  'pipelines-as-code': { kind: 'swaps', reason: `Pipelines as Code takes the e-mail; ${SWAPPING}` },
  nextflow: { kind: 'swaps', reason: 'Nextflow takes the e-mail; the name for git it learns from the answer of REST' },
  atlantis: secondField('Atlantis', 'git', '--bitbucket-api-user (ATLANTIS_BITBUCKET_API_USER)', 'the e-mail'),
  sourcebot: secondField('Sourcebot', 'rest', 'gitUser', API_TOKEN_GIT_USERNAME),
  gickup: secondField('gickup', 'git', 'email', 'the e-mail'),
  devlake: {
    kind: 'other field',
    wayOut: 'In the connection of DevLake choose API token (usesApiToken), under the e-mail; it clones by itself.',
  },
  dokploy: {
    kind: 'other field',
    wayOut: 'In the Bitbucket provider of Dokploy give the e-mail and the API token, which have fields of their own.',
  },
  'azure-devops': {
    kind: 'other field',
    wayOut: 'Make the service connection again with the scheme Token: the e-mail as email, the token as apitoken.',
  },
  gitlab: {
    kind: 'other field',
    wayOut: 'Give bitbucket_email and bitbucket_api_token in place of bitbucket_username and bitbucket_app_password.',
  },
  ghorg: {
    kind: 'other field',
    wayOut: 'Set GHORG_BITBUCKET_API_TOKEN and GHORG_BITBUCKET_API_EMAIL in place of the username and app password.',
  },
  gitbackup: {
    kind: 'other field',
    wayOut: 'Set BITBUCKET_EMAIL, BITBUCKET_TOKEN and BITBUCKET_WORKSPACES in place of username and password.',
  },
  'all-repos': {
    kind: 'none',
    reason: 'all-repos knows app passwords alone',
    wayOut: 'List the repositories in all-repos by another source, and clone over SSH.',
    unserved: true,
  },
  dependabot: {
    kind: 'none',
    reason: 'Dependabot gives git and REST the same pair, so one of them refuses an API token',
    wayOut: 'Give it an access token as token, or let it clone over SSH.',
    unserved: true,
  },
  'pr-agent': {
    kind: 'none',
    reason: `PR-Agent clones as ${ACCESS_TOKEN_GIT_USERNAME} whatever it is given`,
    wayOut: 'Use an access token of the repository as bearer token (BITBUCKET__AUTH_TYPE=bearer).',
    unserved: true,
  },
  argocd: {
    kind: 'one side',
    here: 'git',
    other: 'unused',
    condition: {
      text: 'Argo CD compares no paths on webhooks (manifest-generate-paths)',
      reason: 'for that it asks REST under the username for git, and is refused',
      wayOut: `Where it does, give it an access token under ${ACCESS_TOKEN_GIT_USERNAME} instead.`,
    },
  },
  teamcity: {
    kind: 'none',
    reason: 'the commit status publisher cannot use an API token of the VCS root',
    wayOut: 'Give the publisher a credential of its own, under the e-mail; the VCS root keeps the fixed username.',
  },
  prefect: {
    kind: 'none',
    reason: 'one block of Prefect gives git and REST the same username',
    wayOut: 'Use two blocks, one under each username.',
  },
  bamboo: {
    kind: 'none',
    reason: 'the Bitbucket Cloud repository type of Bamboo presents one username for git and REST',
    wayOut: 'Link the repository as plain Git under the fixed username, or over SSH.',
  },
  openhands: {
    kind: 'none',
    reason: 'OpenHands puts the same pair into REST and into the URL of the clone',
    wayOut: 'Use an access token of the workspace.',
    unserved: true,
  },
}

/** docs/consumers/gcm.md, "Traps". An access token cannot be given the scope of a user. */
export function managerKeeps(kind: SecretKind): ConditionWords {
  const orScope = kind === 'api-token' ? ', or the token has read:user:bitbucket' : ''
  return {
    text: `Git Credential Manager does not check what it has stored${orScope}`,
    reason:
      'on every use it asks REST for the user, and drops a token that is refused there (git-credential-manager#1991)',
    wayOut: 'Switch the check off: git config --global credential.bitbucketValidateStoredCredentials false',
  }
}

/** Tools that present an access token under `x-token-auth` to git and as Bearer to REST: it serves both sides there. */
export const ACCESS_TOKEN_FOR_BOTH: ReadonlySet<ConsumerId> = new Set([
  'argocd',
  'teamcity',
  'semantic-release',
  'electron-builder',
  'dependabot',
  'backstage',
  'rancher-fleet',
  'codefresh',
])

/**
 * Tools that put `x-token-auth` in for git by themselves when they are given an access token alone (pages of the consumers). Others of
 * the list above take it from their username: without one Rancher Fleet sends the token as the name (fleet#4038).
 */
export const PUTS_TOKEN_NAME: ReadonlySet<ConsumerId> = new Set(['renovate', 'semantic-release', 'pr-agent'])

/** Places that take no API token on any side, by consumer and the last part of their address. */
export const NO_API_TOKEN: readonly {
  readonly consumer: ConsumerId
  readonly address: RegExp
  readonly reason: string
  readonly wayOut: string
  /** They take no access token either. */
  readonly noToken?: true
  /** As in `Resolution`. */
  readonly unserved?: true
}[] = [
  {
    consumer: 'renovate',
    address: /(?:^|[./])(?:RENOVATE_TOKEN|(?:--)?token)$/,
    reason: `Renovate sends its token as Bearer, and to git under ${ACCESS_TOKEN_GIT_USERNAME}, which is for access tokens`,
    wayOut:
      'Give Renovate username, the e-mail, and password, the API token, in place of token; or use an access token.',
  },
  {
    consumer: 'semantic-release',
    address: /(?:^|[./])(?:BB|BITBUCKET)_TOKEN$/,
    reason: `semantic-release sends this variable as ${ACCESS_TOKEN_GIT_USERNAME}, which is for access tokens`,
    wayOut: `Rename it to BITBUCKET_TOKEN_BASIC_AUTH and give it ${API_TOKEN_GIT_USERNAME}:TOKEN, percent-encoded; or use an access token.`,
  },
  {
    consumer: 'buildkit',
    address: /(?:^|[./])GIT_AUTH_TOKEN(?:\.bitbucket\.org)?$/,
    reason: 'BuildKit sends GIT_AUTH_TOKEN under a username that Bitbucket refuses',
    wayOut: `Give BuildKit the secret GIT_AUTH_HEADER instead: basic and the base64 of ${API_TOKEN_GIT_USERNAME}:TOKEN, or of ${ACCESS_TOKEN_GIT_USERNAME}:TOKEN for an access token.`,
    noToken: true,
  },
  {
    consumer: 'r10k',
    address: /oauth_token/,
    reason: 'r10k sends oauth_token under a username of its own',
    wayOut: 'Let r10k use shellgit with a netrc or a credential helper, or SSH.',
    noToken: true,
  },
  {
    consumer: 'google-secret-manager',
    address: /(?:)/,
    reason: 'Cloud Build connects with access tokens alone',
    wayOut: 'Use access tokens of the repository, project or workspace.',
    unserved: true,
  },
  {
    consumer: 'n8n',
    address: /appPassword$/,
    reason: 'n8n keeps API tokens in another type of credential',
    wayOut: 'Create a credential of the type bitbucketAccessTokenApi with the e-mail, and let the nodes use it.',
  },
]
