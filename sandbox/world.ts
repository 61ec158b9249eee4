import { join } from 'node:path'
import { createBareRepository } from './bitbucket/bare-repository.ts'
import {
  fakeAccessToken,
  fakeAccountId,
  fakeApiToken,
  fakeAppPassword,
  fakeConsumerPart,
  fakeUnprefixedAppPassword,
  fakeUuid,
} from './fake-secret.ts'
import { type Fault, FaultQueue } from './fault.ts'
import type { AccessToken, ApiToken, AppPassword, Issued, OrganizationKey } from './issued.ts'

export type Permission = 'read' | 'write' | 'admin'
export type RepositoryName = `${string}/${string}`

export interface NewUser {
  readonly username: string
  readonly email: string
  readonly displayName?: string
  /** For the login form of the account pages; `sandbox` unless told. */
  readonly password?: string
}

export interface User {
  readonly username: string
  readonly email: string
  readonly displayName: string
  readonly password: string
  readonly accountId: string
  readonly uuid: string
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
}

export interface Repository {
  readonly workspace: string
  readonly slug: string
  readonly isPrivate: boolean
  readonly uuid: string
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
  /** A workspace (`acme`) or a repository (`acme/app`). */
  readonly resource: string
  readonly name: string
  /** The legacy vocabulary: `repository`, `repository:write`, ... */
  readonly scopes: readonly string[]
  readonly expiresAt?: string
}

/** In-process administration: what a person or an organisation would do on the real sites. */
export interface World {
  setClock(iso: string): void
  now(): Date
  addUser(user: NewUser): void
  addWorkspace(slug: string): void
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
  addOAuthConsumer(name: string): { readonly key: string; readonly secret: string }
  injectFault(fault: Fault): void
}

const gitScopes = ['read:repository:bitbucket', 'write:repository:bitbucket']
const slugShape = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

const instant = (iso: string): Date => {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) throw new Error(`not a date: ${iso}`)
  return date
}

const plusOneYear = (from: Date): Date => {
  const date = new Date(from)
  date.setUTCFullYear(date.getUTCFullYear() + 1)
  return date
}

/** Everything the two sites know. Handlers read it; only the methods of `World` and token use change it. */
export class SandboxWorld implements World {
  readonly repositoriesFolder: string
  readonly faults = new FaultQueue()
  readonly #seed: string
  readonly #users = new Map<string, User>()
  readonly #workspaces = new Map<string, Workspace>()
  readonly #repositories = new Map<string, Repository>()
  readonly #grants = new Map<string, Map<string, Permission>>()
  readonly #issued = new Map<string, Issued>()
  readonly #consumers = new Map<string, string>()
  readonly #minted = new Map<string, number>()
  #now: Date

  constructor(options: { folder: string; seed: string; now: string }) {
    this.repositoriesFolder = join(options.folder, 'repositories')
    this.#seed = options.seed
    this.#now = instant(options.now)
  }

  setClock(iso: string): void {
    this.#now = instant(iso)
  }

  now(): Date {
    return new Date(this.#now)
  }

  addUser(user: NewUser): void {
    if (!slugShape.test(user.username)) throw new Error(`not a Bitbucket username: ${user.username}`)
    if (this.#users.has(user.username)) throw new Error(`the user ${user.username} exists`)
    this.#users.set(user.username, {
      username: user.username,
      email: user.email,
      displayName: user.displayName ?? user.username,
      password: user.password ?? 'sandbox',
      accountId: fakeAccountId(this.#seeded('account', user.username)),
      uuid: fakeUuid(this.#seeded('user', user.username)),
    })
  }

  addWorkspace(slug: string): void {
    if (!slugShape.test(slug)) throw new Error(`not a workspace id: ${slug}`)
    if (this.#workspaces.has(slug)) throw new Error(`the workspace ${slug} exists`)
    const uuid = fakeUuid(this.#seeded('workspace', slug))
    this.#workspaces.set(slug, { slug, uuid, ipAllowlist: false, requires2sv: false, overUserLimit: false })
  }

  async addRepository(repository: NewRepository): Promise<void> {
    const { workspace, slug, isPrivate } = repository
    if (!slugShape.test(slug) || slug.endsWith('.git')) throw new Error(`not a repository slug: ${slug}`)
    this.#mustHaveWorkspace(workspace)
    const name = `${workspace}/${slug}`
    if (this.#repositories.has(name)) throw new Error(`the repository ${name} exists`)
    const uuid = fakeUuid(this.#seeded('repository', name))
    this.#repositories.set(name, { workspace, slug, isPrivate, uuid })
    await createBareRepository({
      folder: join(this.repositoriesFolder, workspace, `${slug}.git`),
      files: repository.files ?? { 'README.md': `# ${slug}\n` },
    })
  }

  grant(username: string, repository: RepositoryName, permission: Permission): void {
    this.#mustHaveUser(username)
    this.#mustHaveRepository(repository)
    const grants = this.#grants.get(username) ?? new Map<string, Permission>()
    this.#grants.set(username, grants.set(repository, permission))
  }

  revokeAccess(username: string, repository: RepositoryName): void {
    this.#mustHaveUser(username)
    this.#grants.get(username)?.delete(repository)
  }

  addAppPassword(username: string, options: { permissions?: string[]; unprefixed?: boolean } = {}): string {
    this.#mustHaveUser(username)
    const seed = this.#mint('app-password', username)
    return this.#issue({
      kind: 'app-password',
      owner: username,
      permissions: options.permissions ?? ['account', 'repository:write'],
      secret: options.unprefixed ? fakeUnprefixedAppPassword(seed) : fakeAppPassword(seed),
      ...this.#birth(seed),
    } satisfies AppPassword)
  }

  addApiToken(username: string, options: NewApiToken): string {
    this.#mustHaveUser(username)
    if (options.workspace !== undefined) this.#mustHaveWorkspace(options.workspace)
    const seed = this.#mint('api-token', username, options.name)
    return this.#issue({
      kind: 'api-token',
      owner: username,
      name: options.name,
      app: options.scopes === 'none' ? undefined : (options.app ?? 'bitbucket'),
      scopes: options.scopes === 'none' ? [] : (options.scopes ?? gitScopes),
      expiresAt: options.expiresAt === undefined ? plusOneYear(this.#now) : instant(options.expiresAt),
      workspace: options.workspace,
      secret: fakeApiToken(seed),
      ...this.#birth(seed),
    } satisfies ApiToken)
  }

  addAccessToken(options: NewAccessToken): string {
    if (options.resource.includes('/')) this.#mustHaveRepository(options.resource)
    else this.#mustHaveWorkspace(options.resource)
    const seed = this.#mint('access-token', options.resource, options.name)
    return this.#issue({
      kind: 'access-token',
      resource: options.resource,
      name: options.name,
      scopes: options.scopes,
      expiresAt: options.expiresAt === undefined ? undefined : instant(options.expiresAt),
      secret: fakeAccessToken(seed),
      ...this.#birth(seed),
    } satisfies AccessToken)
  }

  addOrganizationKey(name: string): string {
    const seed = this.#mint('organization-key', name)
    const key = { kind: 'organization-key', name, secret: fakeAccessToken(seed), ...this.#birth(seed) } as const
    return this.#issue(key satisfies OrganizationKey)
  }

  revokeToken(secret: string): void {
    const issued = this.#issued.get(secret)
    if (issued === undefined) throw new Error('this secret was not issued by the sandbox')
    issued.revokedAt ??= this.now()
  }

  addOAuthConsumer(name: string): { readonly key: string; readonly secret: string } {
    const seed = this.#mint('oauth-consumer', name)
    const consumer = { key: fakeConsumerPart(`${seed} key`, 18), secret: fakeConsumerPart(`${seed} secret`, 32) }
    this.#consumers.set(consumer.key, consumer.secret)
    return consumer
  }

  isOAuthConsumer(key: string, secret: string): boolean {
    return this.#consumers.get(key) === secret
  }

  setWorkspacePolicy(workspace: string, policy: WorkspacePolicy): void {
    this.#workspaces.set(workspace, { ...this.#mustHaveWorkspace(workspace), ...policy })
  }

  injectFault(fault: Fault): void {
    this.faults.add(fault)
  }

  users(): readonly User[] {
    return [...this.#users.values()]
  }

  user(username: string): User | undefined {
    return this.#users.get(username)
  }

  userByEmail(email: string): User | undefined {
    return this.users().find((user) => user.email.toLowerCase() === email.toLowerCase())
  }

  workspace(slug: string): Workspace | undefined {
    return this.#workspaces.get(slug)
  }

  workspaces(): readonly Workspace[] {
    return [...this.#workspaces.values()]
  }

  repository(workspace: string, slug: string): Repository | undefined {
    return this.#repositories.get(`${workspace}/${slug}`)
  }

  repositories(): readonly Repository[] {
    return [...this.#repositories.values()]
  }

  permission(username: string, repository: Repository): Permission | undefined {
    return this.#grants.get(username)?.get(`${repository.workspace}/${repository.slug}`)
  }

  /** A user belongs to every workspace in which a repository was granted. */
  workspacesOf(username: string): readonly Workspace[] {
    const names = [...(this.#grants.get(username)?.keys() ?? [])]
    return this.workspaces().filter((workspace) => names.some((name) => name.startsWith(`${workspace.slug}/`)))
  }

  issued(): readonly Issued[] {
    return [...this.#issued.values()]
  }

  issuedSecret(secret: string): Issued | undefined {
    return this.#issued.get(secret)
  }

  #seeded(...parts: readonly string[]): string {
    return [this.#seed, ...parts].join('\0')
  }

  /** The same calls give the same secrets, in whatever order different owners get theirs. */
  #mint(...parts: readonly string[]): string {
    const key = this.#seeded(...parts)
    const count = (this.#minted.get(key) ?? 0) + 1
    this.#minted.set(key, count)
    return `${key}\0${count}`
  }

  #birth(seed: string): { id: string; createdAt: Date; revokedAt: undefined; lastUsedAt: undefined } {
    return { id: fakeUuid(`id\0${seed}`), createdAt: this.now(), revokedAt: undefined, lastUsedAt: undefined }
  }

  #issue(issued: Issued): string {
    this.#issued.set(issued.secret, issued)
    return issued.secret
  }

  #mustHaveUser(username: string): User {
    const user = this.#users.get(username)
    if (user === undefined) throw new Error(`no user ${username} in the sandbox`)
    return user
  }

  #mustHaveWorkspace(slug: string): Workspace {
    const workspace = this.#workspaces.get(slug)
    if (workspace === undefined) throw new Error(`no workspace ${slug} in the sandbox`)
    return workspace
  }

  #mustHaveRepository(name: string): Repository {
    const repository = this.#repositories.get(name)
    if (repository === undefined) throw new Error(`no repository ${name} in the sandbox`)
    return repository
  }
}
