import { type AccessToken, type OAuthToken, resourceKind } from '../issued.ts'
import type { Stage } from '../reply.ts'
import type { Permission, Repository, User, Workspace } from '../world.ts'
import type { Caller } from './rest-identity.ts'

const strength: Readonly<Record<Permission, number>> = { read: 1, write: 2, admin: 3 }

export const atLeast = (granted: Permission | undefined, wanted: Permission): boolean =>
  granted !== undefined && strength[granted] >= strength[wanted]

/** Whether a token of a resource belongs to this repository. */
export const covers = (token: AccessToken | OAuthToken, repository: Repository): boolean => {
  if (token.kind === 'oauth-token')
    return 'workspace' in token.actsAs && token.actsAs.workspace === repository.workspace
  switch (resourceKind(token.resource)) {
    case 'workspace':
      return token.resource === repository.workspace
    case 'project':
      return token.resource === `${repository.workspace}/projects/${repository.project}`
    case 'repository':
      return token.resource === `${repository.workspace}/${repository.slug}`
  }
}

/** A token narrowed to one workspace sees nothing of the others; how Bitbucket words that is not public. */
const insideNarrowing = (caller: Caller, workspace: string): boolean =>
  caller.kind !== 'user' ||
  caller.credential.kind !== 'api-token' ||
  (caller.credential.workspace ?? workspace) === workspace

/** What the caller may do with a repository; a token of a resource is as strong as its scopes. */
export const repositoryPermission = (stage: Stage, caller: Caller, repository: Repository): Permission | undefined => {
  const open = repository.isPrivate ? undefined : 'read'
  switch (caller.kind) {
    case 'anonymous':
      return open
    case 'resource':
      return covers(caller.credential, repository) ? 'admin' : open
    case 'user':
      if (!insideNarrowing(caller, repository.workspace)) return open
      return stage.world.permission(caller.username, repository) ?? open
  }
}

export const readableRepositories = (stage: Stage, caller: Caller, workspace: string): readonly Repository[] =>
  stage.world
    .repositories()
    .filter((one) => one.workspace === workspace && repositoryPermission(stage, caller, one) !== undefined)

export const reachableWorkspaces = (stage: Stage, caller: Caller): readonly Workspace[] => {
  if (caller.kind === 'anonymous') return []
  if (caller.kind === 'user') {
    return stage.world.workspacesOf(caller.username).filter((workspace) => insideNarrowing(caller, workspace.slug))
  }
  const workspace = stage.world.workspace(workspaceOf(caller.credential))
  return workspace === undefined ? [] : [workspace]
}

const workspaceOf = (token: AccessToken | OAuthToken): string => {
  if (token.kind === 'access-token') return token.resource.split('/')[0] ?? ''
  return 'workspace' in token.actsAs ? token.actsAs.workspace : ''
}

/** Who administers a repository of a workspace administers it: there are no other roles in the sandbox. */
export const administers = (stage: Stage, username: string, workspace: Workspace): boolean =>
  stage.world
    .repositories()
    .some((one) => one.workspace === workspace.slug && stage.world.permission(username, one) === 'admin')

export const workspacePermission = (stage: Stage, caller: Caller, workspace: Workspace): Permission | undefined => {
  if (!reachableWorkspaces(stage, caller).some((one) => one.slug === workspace.slug)) return undefined
  if (caller.kind === 'user') return administers(stage, caller.username, workspace) ? 'admin' : 'read'
  const wide =
    caller.kind === 'resource' &&
    (caller.credential.kind === 'oauth-token' || resourceKind(caller.credential.resource) === 'workspace')
  return wide ? 'admin' : 'read'
}

export const members = (stage: Stage, workspace: Workspace): readonly User[] =>
  stage.world
    .users()
    .filter((user) => stage.world.workspacesOf(user.username).some(({ slug }) => slug === workspace.slug))
