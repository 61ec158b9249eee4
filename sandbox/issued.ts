interface IssuedSecret {
  readonly id: string
  readonly secret: string
  readonly createdAt: Date
  revokedAt: Date | undefined
  lastUsedAt: Date | undefined
}

export interface AppPassword extends IssuedSecret {
  readonly kind: 'app-password'
  readonly owner: string
  readonly permissions: readonly string[]
}

export interface ApiToken extends IssuedSecret {
  readonly kind: 'api-token'
  readonly owner: string
  readonly name: string
  /** Undefined for a token without scopes. */
  readonly app: 'bitbucket' | 'jira' | 'confluence' | undefined
  readonly scopes: readonly string[]
  expiresAt: Date
  workspace: string | undefined
}

export interface AccessToken extends IssuedSecret {
  readonly kind: 'access-token'
  /** `acme` a workspace, `acme/app` a repository, `acme/projects/APP` a project. */
  resource: string
  readonly name: string
  readonly scopes: readonly string[]
  expiresAt: Date | undefined
}

/** What a consumer gets at `/site/oauth2/access_token`: opaque, and dead after two hours. */
export interface OAuthToken extends IssuedSecret {
  readonly kind: 'oauth-token'
  readonly consumer: string
  /** The person who allowed it, or the workspace for which the consumer itself acts (client credentials). */
  actsAs: { readonly user: string } | { readonly workspace: string }
  readonly scopes: readonly string[]
  expiresAt: Date
}

export interface OrganizationKey extends IssuedSecret {
  readonly kind: 'organization-key'
  readonly name: string
}

/** Every secret this sandbox ever handed out. */
export type Issued = AppPassword | ApiToken | AccessToken | OAuthToken | OrganizationKey

/** Why a token no longer grants anything; undefined while it does. */
export const ended = (issued: Issued, now: Date): 'revoked' | 'expired' | undefined => {
  if (issued.revokedAt !== undefined) return 'revoked'
  const expiresAt = 'expiresAt' in issued ? issued.expiresAt : undefined
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : undefined
}

export type ResourceKind = 'repository' | 'project' | 'workspace'

export const resourceKind = (resource: string): ResourceKind => {
  if (/^[^/]+\/projects\/[^/]+$/.test(resource)) return 'project'
  return resource.includes('/') ? 'repository' : 'workspace'
}

/** How a record or a page names a secret: never by any part of it. */
export const issuedLabel = (issued: Issued): string => {
  switch (issued.kind) {
    case 'app-password':
      return `app password of ${issued.owner}`
    case 'api-token':
      return `API token "${issued.name}" of ${issued.owner}`
    case 'access-token':
      return `access token "${issued.name}" of ${issued.resource}`
    case 'oauth-token':
      return `OAuth token of the consumer "${issued.consumer}"`
    case 'organization-key':
      return `organization key "${issued.name}"`
  }
}
