import type { Repository, User } from '../../world.ts'
import {
  nameOf,
  notFound,
  ok,
  okOr,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  uuidOf,
  type WorkspaceBehaviour,
  type WorkspaceCall,
} from '../call.ts'
import { administers, members } from '../reach.ts'
import { repositoryResource, userResource, workspaceResource } from '../rest-resources.ts'

const membership = (call: WorkspaceCall, user: User): Record<string, unknown> => ({
  type: 'workspace_membership',
  user: userResource(user),
  workspace: workspaceResource(call.workspace),
})

const withPermission = (call: WorkspaceCall, user: User): Record<string, unknown> => ({
  ...membership(call, user),
  permission: administers(call.stage, user.username, call.workspace) ? 'owner' : 'member',
})

const rows = (call: WorkspaceCall, repositories: readonly Repository[]): readonly unknown[] =>
  repositories.flatMap((repository) =>
    call.stage.world.users().flatMap((user) => {
      const permission = call.stage.world.permission(user.username, repository)
      if (permission === undefined) return []
      return [
        {
          type: 'repository_permission',
          permission,
          user: userResource(user),
          repository: repositoryResource(repository),
        },
      ]
    }),
  )

const ofWorkspace = (call: WorkspaceCall): readonly Repository[] =>
  call.stage.world.repositories().filter(({ workspace }) => workspace === call.workspace.slug)

export const workspacePeople: Readonly<Record<string, WorkspaceBehaviour>> = {
  'GET ~W': ({ workspace }) => ok(workspaceResource(workspace)),
  'GET ~W/members': (call) => page(members(call.stage, call.workspace).map((user) => membership(call, user))),
  'GET ~W/members/{member}': (call) =>
    okOr(
      members(call.stage, call.workspace).find(
        (user) => user.uuid === uuidOf(call, 'member') || user.accountId === nameOf(call, 'member'),
      ),
      'Member',
      (user) => membership(call, user),
    ),
  'GET ~W/permissions': (call) => page(members(call.stage, call.workspace).map((user) => withPermission(call, user))),
  'GET ~W/permissions/repositories': (call) => page(rows(call, ofWorkspace(call))),
  'GET ~W/permissions/repositories/{repo_slug}': (call) => {
    const repository = ofWorkspace(call).find(({ slug }) => slug === nameOf(call, 'repo_slug'))
    return repository === undefined ? notFound('Repository not found') : page(rows(call, [repository]))
  },
}

const userPermission = (call: RepositoryCall, user: User): Record<string, unknown> => ({
  type: 'repository_user_permission',
  permission: call.stage.world.permission(user.username, call.repository) ?? 'none',
  user: userResource(user),
})

export const repositoryPeople: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/permissions-config/users': (call) =>
    page(
      call.stage.world
        .users()
        .filter((user) => call.stage.world.permission(user.username, call.repository) !== undefined)
        .map((user) => userPermission(call, user)),
    ),
  'GET ~R/permissions-config/users/{selected_user_id}': (call) =>
    okOr(
      call.stage.world
        .users()
        .find(
          (one) => one.uuid === uuidOf(call, 'selected_user_id') || one.accountId === nameOf(call, 'selected_user_id'),
        ),
      'User',
      (user) => userPermission(call, user),
    ),
}
