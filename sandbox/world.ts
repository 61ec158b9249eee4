import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createBareRepository } from './bitbucket/bare-repository.ts'
import { Content } from './bitbucket/content.ts'
import { LockOuts } from './bitbucket/lock-outs.ts'
import { OAuthConsumers } from './bitbucket/oauth-consumers.ts'
import { RateLimits } from './bitbucket/rate-limits.ts'
import { type ClockReading, SandboxClock } from './clock.ts'
import {
  fakeAccessToken,
  fakeAccountId,
  fakeApiToken,
  fakeAppPassword,
  fakeOAuthToken,
  fakeUnprefixedAppPassword,
  fakeUuid,
} from './fake-secret.ts'
import { type Fault, FaultQueue } from './fault.ts'
import {
  type AccessToken,
  type ApiToken,
  type AppPassword,
  type Issued,
  type OAuthToken,
  type OrganizationKey,
  resourceKind,
} from './issued.ts'
import type {
  NewAccessToken,
  NewApiToken,
  NewOAuthConsumer,
  NewOAuthToken,
  NewRepository,
  NewUser,
  Permission,
  Project,
  Repository,
  RepositoryName,
  User,
  UserState,
  Workspace,
  WorkspacePolicy,
  World,
} from './world-types.ts'

export type {
  NewAccessToken,
  NewApiToken,
  NewOAuthConsumer,
  NewOAuthToken,
  NewRepository,
  NewUser,
  Permission,
  Project,
  Repository,
  RepositoryName,
  User,
  UserState,
  Workspace,
  WorkspacePolicy,
  World,
} from './world-types.ts'

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

const defaultProject = 'MAIN'

const byUuid = <T extends { readonly uuid: string }>(map: Map<string, T>, name: string): T | undefined =>
  name.startsWith('{') ? [...map.values()].find(({ uuid }) => `{${uuid}}` === name) : undefined

const moveKeys = <T>(map: Map<string, T>, moved: (name: string) => string, change: (value: T) => T): void => {
  const entries = [...map].map(([name, value]) => [moved(name), change(value)] as const)
  map.clear()
  for (const [name, value] of entries) map.set(name, value)
}

const moveIssued = (issued: Issued, moved: (name: string) => string): void => {
  if (issued.kind === 'access-token') issued.resource = moved(issued.resource)
  if (issued.kind === 'api-token' && issued.workspace !== undefined) issued.workspace = moved(issued.workspace)
  if (issued.kind === 'oauth-token' && 'workspace' in issued.actsAs) {
    issued.actsAs = { workspace: moved(issued.actsAs.workspace) }
  }
}

/** Everything the two sites know. Handlers read it; only the methods of `World` and token use change it. */
export class SandboxWorld implements World {
  readonly repositoriesFolder: string
  readonly faults: FaultQueue
  /** Pull requests, hooks, variables: whatever clients write through REST. */
  readonly content = new Content()
  readonly consumers = new OAuthConsumers()
  readonly rateLimits = new RateLimits()
  readonly lockOuts = new LockOuts()
  readonly #seed: string
  readonly #users = new Map<string, User>()
  readonly #usernames = new Map<string, string>()
  readonly #projects = new Map<string, Project>()
  readonly #workspaces = new Map<string, Workspace>()
  readonly #repositories = new Map<string, Repository>()
  readonly #grants = new Map<string, Map<string, Permission>>()
  readonly #issued = new Map<string, Issued>()
  readonly #minted = new Map<string, number>()
  readonly #clock: SandboxClock

  constructor(options: { folder: string; seed: string; now: string }) {
    this.repositoriesFolder = join(options.folder, 'repositories')
    this.#seed = options.seed
    this.faults = new FaultQueue(options.seed)
    this.#clock = new SandboxClock(options.now)
  }

  setClock(iso: string): void {
    this.#clock.set(iso)
  }

  advanceClock(milliseconds: number): void {
    this.#clock.advance(milliseconds)
  }

  runClock(rate: number): void {
    this.#clock.run(rate)
  }

  stopClock(): void {
    this.#clock.stop()
  }

  clock(): ClockReading {
    return this.#clock.read()
  }

  now(): Date {
    return this.#clock.now()
  }

  addUser(user: NewUser): void {
    if (!slugShape.test(user.username)) throw new Error(`not a Bitbucket username: ${user.username}`)
    if (this.#users.has(user.username)) throw new Error(`the user ${user.username} exists`)
    this.#usernames.set(user.email.toLowerCase(), user.username)
    this.#users.set(user.username, {
      username: user.username,
      email: user.email,
      displayName: user.displayName ?? user.username,
      password: user.password ?? 'sandbox',
      accountId: fakeAccountId(this.#seeded('account', user.username)),
      uuid: fakeUuid(this.#seeded('user', user.username)),
      suspended: false,
      twoStep: user.twoStep ?? false,
    })
  }

  setUserState(username: string, state: UserState): void {
    this.#users.set(username, { ...this.#mustHaveUser(username), ...state })
  }

  addWorkspace(slug: string): void {
    if (!slugShape.test(slug)) throw new Error(`not a workspace id: ${slug}`)
    if (this.#workspaces.has(slug)) throw new Error(`the workspace ${slug} exists`)
    const uuid = fakeUuid(this.#seeded('workspace', slug))
    this.#workspaces.set(slug, { slug, uuid, ipAllowlist: false, requires2sv: false, overUserLimit: false })
    this.addProject(slug, defaultProject)
  }

  async renameWorkspace(slug: string, newSlug: string): Promise<void> {
    const workspace = this.#mustHaveWorkspace(slug)
    if (!slugShape.test(newSlug)) throw new Error(`not a workspace id: ${newSlug}`)
    if (this.#workspaces.has(newSlug)) throw new Error(`the workspace ${newSlug} exists`)
    const moved = (name: string): string =>
      name === slug || name.startsWith(`${slug}/`) ? newSlug + name.slice(slug.length) : name
    this.#workspaces.delete(slug)
    this.#workspaces.set(newSlug, { ...workspace, slug: newSlug })
    moveKeys(this.#projects, moved, (project) => ({ ...project, workspace: moved(project.workspace) }))
    moveKeys(this.#repositories, moved, (repository) => ({ ...repository, workspace: moved(repository.workspace) }))
    for (const grants of this.#grants.values()) moveKeys(grants, moved, (permission) => permission)
    for (const issued of this.#issued.values()) moveIssued(issued, moved)
    this.consumers.move(moved)
    const folder = join(this.repositoriesFolder, slug)
    if (this.repositories().some((repository) => repository.workspace === newSlug)) {
      await rename(folder, join(this.repositoriesFolder, newSlug))
    }
  }

  addProject(workspace: string, key: string, name?: string): void {
    this.#mustHaveWorkspace(workspace)
    if (!/^[A-Z][A-Z0-9_]*$/.test(key)) throw new Error(`not a project key: ${key}`)
    if (this.project(workspace, key) !== undefined) throw new Error(`the project ${key} exists in ${workspace}`)
    const uuid = fakeUuid(this.#seeded('project', workspace, key))
    this.putProject({ workspace, key, name: name ?? key, uuid, isPrivate: true })
  }

  putProject(project: Project): void {
    this.#projects.set(`${project.workspace}/${project.key}`, project)
  }

  removeProject(workspace: string, key: string): void {
    this.#projects.delete(`${workspace}/${key}`)
  }

  project(workspace: string, key: string): Project | undefined {
    return this.#projects.get(`${workspace}/${key}`)
  }

  projects(workspace: string): readonly Project[] {
    return [...this.#projects.values()].filter((project) => project.workspace === workspace)
  }

  async addRepository(repository: NewRepository): Promise<void> {
    const { workspace, slug, isPrivate } = repository
    if (!slugShape.test(slug) || slug.endsWith('.git')) throw new Error(`not a repository slug: ${slug}`)
    this.#mustHaveWorkspace(workspace)
    const name = `${workspace}/${slug}`
    if (this.#repositories.has(name)) throw new Error(`the repository ${name} exists`)
    const uuid = fakeUuid(this.#seeded('repository', name))
    const project = repository.project ?? defaultProject
    if (this.project(workspace, project) === undefined) throw new Error(`no project ${project} in ${workspace}`)
    this.#repositories.set(name, { workspace, slug, isPrivate, uuid, project })
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
      expiresAt: options.expiresAt === undefined ? plusOneYear(this.now()) : instant(options.expiresAt),
      workspace: options.workspace,
      secret: fakeApiToken(seed),
      ...this.#birth(seed),
    } satisfies ApiToken)
  }

  addAccessToken(options: NewAccessToken): string {
    this.#mustHaveResource(options.resource)
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

  expireToken(secret: string): void {
    const issued = this.#issued.get(secret)
    if (issued === undefined || !('expiresAt' in issued)) throw new Error('not a token that can expire')
    issued.expiresAt = this.now()
  }

  addOAuthConsumer(name: string, options: NewOAuthConsumer = {}): { readonly key: string; readonly secret: string } {
    if (options.workspace !== undefined) this.#mustHaveWorkspace(options.workspace)
    const { key, secret } = this.consumers.add(this.#mint('oauth-consumer', name), { name, ...options })
    return { key, secret }
  }

  isOAuthConsumer(key: string, secret: string): boolean {
    return this.consumers.find(key)?.secret === secret
  }

  addOAuthToken(options: NewOAuthToken): string {
    const { actsAs, scopes } = options
    if ('user' in actsAs) this.#mustHaveUser(actsAs.user)
    else this.#mustHaveWorkspace(actsAs.workspace)
    const consumer = options.consumer ?? 'sandbox'
    const seed = this.#mint('oauth-token', consumer)
    const expiresAt = options.expiresAt === undefined ? this.#inTwoHours() : instant(options.expiresAt)
    const secret = fakeOAuthToken(seed)
    return this.#issue({
      kind: 'oauth-token',
      consumer,
      actsAs,
      scopes,
      expiresAt,
      secret,
      ...this.#birth(seed),
    } satisfies OAuthToken)
  }

  addDeployKey(repository: RepositoryName, label: string, key: string): void {
    const { uuid } = this.#mustHaveRepository(repository)
    this.content.addDeployKey(uuid, { label, key, addedAt: this.now() })
  }

  clearLockOut(username: string): void {
    const { email } = this.#mustHaveUser(username)
    // A failure with an unknown secret is counted under the name that was presented.
    for (const name of [username, email]) this.lockOuts.clear(name)
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
    const username = this.#usernames.get(email.toLowerCase())
    return username === undefined ? undefined : this.#users.get(username)
  }

  /** By its id, or by its UUID in braces. */
  workspace(name: string): Workspace | undefined {
    return this.#workspaces.get(name) ?? byUuid(this.#workspaces, name)
  }

  workspaces(): readonly Workspace[] {
    return [...this.#workspaces.values()]
  }

  /** Both names may be UUIDs in braces, as REST takes them. */
  repository(workspace: string, slug: string): Repository | undefined {
    const known = this.#repositories.get(`${workspace}/${slug}`)
    if (known !== undefined || !`${workspace}${slug}`.includes('{')) return known
    const owner = this.workspace(workspace)?.slug
    const found = this.#repositories.get(`${owner}/${slug}`) ?? byUuid(this.#repositories, slug)
    return found?.workspace === owner ? found : undefined
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

  /** An id that is the same at every start in which the same things happen. */
  newId(...parts: readonly string[]): string {
    return fakeUuid(this.#mint('id', ...parts))
  }

  #inTwoHours(): Date {
    return new Date(this.now().getTime() + 7_200_000)
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

  #mustHaveResource(resource: string): void {
    const [workspace = '', , key = ''] = resource.split('/')
    if (resourceKind(resource) === 'repository') this.#mustHaveRepository(resource)
    else this.#mustHaveWorkspace(workspace)
    if (resourceKind(resource) === 'project' && this.project(workspace, key) === undefined) {
      throw new Error(`no project ${key} in ${workspace}`)
    }
  }

  #mustHaveRepository(name: string): Repository {
    const repository = this.#repositories.get(name)
    if (repository === undefined) throw new Error(`no repository ${name} in the sandbox`)
    return repository
  }
}
