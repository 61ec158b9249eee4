import type { Stage } from '../reply.ts'
import type { Permission, Repository, User, Workspace } from '../world.ts'
import type { Caller } from './rest-identity.ts'
import { pageOf, repositoryResource, userResource, workspaceResource } from './rest-resources.ts'

/** What an operation says to a caller whose scopes suffice: a body, or `undefined` for "out of reach". */
type Perform = (stage: Stage, caller: Caller, names: readonly string[]) => unknown

export interface Operation {
  readonly path: RegExp
  /** Both vocabularies from the OpenAPI document (x-atlassian-oauth2-scopes and security). */
  readonly scopes: readonly string[]
  readonly legacyScopes: readonly string[]
  /** `user`: an identity of a person. `anyone`: public content without a credential. */
  readonly openTo: 'user' | 'anyone'
  readonly perform: Perform
}

const readUser = { scopes: ['read:user:bitbucket'], openTo: 'user' } as const
const readWorkspace = { scopes: ['read:workspace:bitbucket'], legacyScopes: ['account'] } as const
const readRepository = { scopes: ['read:repository:bitbucket'], legacyScopes: ['repository'] } as const

/** The operations of the authentication surface; each is a GET. */
export const operations: readonly Operation[] = [
  {
    ...readUser,
    path: /^\/2\.0\/user\/?$/,
    legacyScopes: ['account'],
    perform: (stage, caller) => withUser(stage, caller, userResource),
  },
  {
    ...readUser,
    path: /^\/2\.0\/user\/emails\/?$/,
    legacyScopes: ['email'],
    perform: (stage, caller) =>
      withUser(stage, caller, ({ email }) => pageOf([{ type: 'email', email, is_primary: true, is_confirmed: true }])),
  },
  {
    ...readWorkspace,
    path: /^\/2\.0\/user\/workspaces\/?$/,
    openTo: 'user',
    perform: (stage, caller) => withUser(stage, caller, (user) => pageOf(workspaceAccesses(stage, caller, user))),
  },
  {
    ...readWorkspace,
    path: /^\/2\.0\/user\/workspaces\/([^/]+)\/permission\/?$/,
    openTo: 'user',
    perform: (stage, caller, [slug = '']) =>
      withUser(stage, caller, (user) => {
        const workspace = reachableWorkspaces(stage, caller).find((candidate) => candidate.slug === slug)
        if (workspace === undefined) return undefined
        const permission = administers(stage, user, workspace) ? 'owner' : 'member'
        return { type: 'workspace_membership', permission, workspace: workspaceResource(workspace) }
      }),
  },
  {
    ...readRepository,
    path: /^\/2\.0\/user\/workspaces\/([^/]+)\/permissions\/repositories\/?$/,
    openTo: 'user',
    perform: (stage, caller, [slug = '']) =>
      withUser(stage, caller, (user) => pageOf(repositoryPermissions(stage, caller, user, slug))),
  },
  {
    ...readWorkspace,
    path: /^\/2\.0\/workspaces\/([^/]+)\/?$/,
    openTo: 'anyone',
    perform: (stage, caller, [slug = '']) => {
      const workspace = reachableWorkspaces(stage, caller).find((candidate) => candidate.slug === slug)
      return workspace === undefined ? undefined : workspaceResource(workspace)
    },
  },
  {
    ...readRepository,
    path: /^\/2\.0\/repositories\/([^/]+)\/?$/,
    openTo: 'anyone',
    perform: (stage, caller, [slug = '']) => {
      if (stage.world.workspace(slug) === undefined) return undefined
      return pageOf(readableRepositories(stage, caller, slug).map(repositoryResource))
    },
  },
  {
    ...readRepository,
    path: /^\/2\.0\/repositories\/([^/]+)\/([^/]+)\/?$/,
    openTo: 'anyone',
    perform: (stage, caller, [workspace = '', slug = '']) => {
      const repository = stage.world.repository(workspace, slug)
      if (repository === undefined || !canRead(stage, caller, repository)) return undefined
      return repositoryResource(repository)
    },
  },
]

const withUser = (stage: Stage, caller: Caller, then: (user: User) => unknown): unknown => {
  const user = caller.kind === 'user' ? stage.world.user(caller.username) : undefined
  return user === undefined ? undefined : then(user)
}

/** A token narrowed to one workspace sees nothing of the others; how Bitbucket words that is not public. */
const insideNarrowing = (caller: Caller, workspace: string): boolean =>
  caller.kind !== 'user' ||
  caller.credential.kind !== 'api-token' ||
  (caller.credential.workspace ?? workspace) === workspace

const permissionOf = (stage: Stage, caller: Caller, repository: Repository): Permission | undefined =>
  caller.kind === 'user' ? stage.world.permission(caller.username, repository) : undefined

const canRead = (stage: Stage, caller: Caller, repository: Repository): boolean => {
  if (!repository.isPrivate) return true
  if (caller.kind === 'anonymous') return false
  if (caller.kind === 'resource') {
    const { resource } = caller.credential
    return resource === repository.workspace || resource === `${repository.workspace}/${repository.slug}`
  }
  return insideNarrowing(caller, repository.workspace) && permissionOf(stage, caller, repository) !== undefined
}

const readableRepositories = (stage: Stage, caller: Caller, workspace: string): readonly Repository[] =>
  stage.world
    .repositories()
    .filter((repository) => repository.workspace === workspace && canRead(stage, caller, repository))

const reachableWorkspaces = (stage: Stage, caller: Caller): readonly Workspace[] => {
  if (caller.kind === 'anonymous') return []
  if (caller.kind === 'resource') {
    const [slug = ''] = caller.credential.resource.split('/')
    return stage.world.workspaces().filter((workspace) => workspace.slug === slug)
  }
  return stage.world.workspacesOf(caller.username).filter((workspace) => insideNarrowing(caller, workspace.slug))
}

const administers = (stage: Stage, user: User, workspace: Workspace): boolean =>
  stage.world
    .repositories()
    .some(
      (repository) =>
        repository.workspace === workspace.slug && stage.world.permission(user.username, repository) === 'admin',
    )

const workspaceAccesses = (stage: Stage, caller: Caller, user: User): readonly unknown[] =>
  reachableWorkspaces(stage, caller).map((workspace) => ({
    type: 'workspace_access',
    administrator: administers(stage, user, workspace),
    workspace: workspaceResource(workspace),
  }))

const repositoryPermissions = (stage: Stage, caller: Caller, user: User, workspace: string): readonly unknown[] =>
  readableRepositories(stage, caller, workspace).flatMap((repository) => {
    const permission = stage.world.permission(user.username, repository)
    if (permission === undefined) return []
    return [{ type: 'repository_permission', permission, repository: repositoryResource(repository) }]
  })
