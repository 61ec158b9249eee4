import type { ClockReading } from './clock.ts'
import type { Fault } from './fault.ts'

export type Permission = 'read' | 'write' | 'admin'
export type RepositoryName = `${string}/${string}`

export interface NewUser {
  readonly username: string
  readonly email: string
  readonly displayName?: string
  /** For the login form of the account pages; `sandbox` unless told. */
  readonly password?: string
  readonly twoStep?: boolean
}

export interface UserState {
  /** Deactivated by an administrator. */
  readonly suspended?: boolean
  /** Has two-step verification. */
  readonly twoStep?: boolean
}

export interface User {
  readonly username: string
  readonly email: string
  readonly displayName: string
  readonly password: string
  readonly accountId: string
  readonly uuid: string
  readonly suspended: boolean
  readonly twoStep: boolean
}

export interface Workspace {
  readonly slug: string
  readonly uuid: string
  readonly ipAllowlist: boolean
  readonly requires2sv: boolean
  /** More users than the plan allows: repositories are read-only. */
  readonly overUserLimit: boolean
}

export interface WorkspacePolicy {
  readonly ipAllowlist?: boolean
  readonly requires2sv?: boolean
  readonly overUserLimit?: boolean
}

export interface NewRepository {
  readonly workspace: string
  readonly slug: string
  readonly isPrivate: boolean
  readonly files?: Record<string, string>
  /** Key of its project; `MAIN`, which every workspace has, unless told. */
  readonly project?: string
}

export interface Repository {
  readonly workspace: string
  readonly slug: string
  readonly isPrivate: boolean
  readonly uuid: string
  readonly project: string
}

export interface Project {
  readonly workspace: string
  readonly key: string
  readonly name: string
  readonly uuid: string
  readonly isPrivate: boolean
}

export interface NewApiToken {
  readonly name: string
  readonly app?: 'bitbucket' | 'jira' | 'confluence'
  /** Fetch and push unless told. `none`: the classic token of the other button. */
  readonly scopes?: readonly string[] | 'none'
  /** One year after the sandbox's now unless told. */
  readonly expiresAt?: string
  /** Narrows the token to one workspace. */
  readonly workspace?: string
}

export interface NewAccessToken {
  /** A workspace (`acme`), a project (`acme/projects/APP`) or a repository (`acme/app`). */
  readonly resource: string
  readonly name: string
  /** The legacy vocabulary: `repository`, `repository:write`, ... */
  readonly scopes: readonly string[]
  readonly expiresAt?: string
}

export interface NewOAuthToken {
  /** A username (authorization code), or the workspace for which the consumer itself acts (client credentials). */
  readonly actsAs: { readonly user: string } | { readonly workspace: string }
  /** The legacy vocabulary. */
  readonly scopes: readonly string[]
  /** Two hours after the sandbox's now unless told. */
  readonly expiresAt?: string
  readonly consumer?: string
}

export interface NewOAuthConsumer {
  /** For which workspace it acts with the client-credentials grant. */
  readonly workspace?: string
  readonly scopes?: readonly string[]
}

/** In-process administration: what a person or an organisation would do on the real sites. */
export interface World {
  /** Puts the clock there; without a zone the text is UTC. A running clock runs on from it. */
  setClock(iso: string): void
  /** `rate` seconds of the sandbox pass in one second of the machine: 3600 is an hour. */
  runClock(rate: number): void
  /** The clock stands at the instant it has reached. */
  stopClock(): void
  clock(): ClockReading
  now(): Date
  addUser(user: NewUser): void
  setUserState(username: string, state: UserState): void
  addWorkspace(slug: string): void
  /** As on the real site nothing leads from the old id to the new one: clones and settings break. */
  renameWorkspace(slug: string, newSlug: string): Promise<void>
  addProject(workspace: string, key: string, name?: string): void
  addRepository(repository: NewRepository): Promise<void>
  grant(username: string, repository: RepositoryName, permission: Permission): void
  revokeAccess(username: string, repository: RepositoryName): void
  addAppPassword(username: string, options?: { permissions?: string[]; unprefixed?: boolean }): string
  addApiToken(username: string, options: NewApiToken): string
  addAccessToken(options: NewAccessToken): string
  /** The key of an organisation's administrator, for the listing on api.atlassian.com. */
  addOrganizationKey(name: string): string
  revokeToken(secret: string): void
  setWorkspacePolicy(workspace: string, policy: WorkspacePolicy): void
  /** Key and secret of an OAuth consumer, which sign in to nothing by themselves. */
  addOAuthConsumer(name: string, options?: NewOAuthConsumer): { readonly key: string; readonly secret: string }
  addOAuthToken(options: NewOAuthToken): string
  /** From now on it is as if its time had run out. App passwords have none. */
  expireToken(secret: string): void
  addDeployKey(repository: RepositoryName, label: string, key: string): void
  /** What a person does who signs in on the web site after too many failures. */
  clearLockOut(username: string): void
  injectFault(fault: Fault): void
}
