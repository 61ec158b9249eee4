import type { User } from '../../world.ts'
import {
  type Behaviour,
  type Call,
  nameOf,
  type Outcome,
  ok,
  okOr,
  outOfReach,
  page,
  usernameOf,
  uuidOf,
} from '../call.ts'
import { administers, reachableWorkspaces, readableRepositories } from '../reach.ts'
import { repositoryResource, userResource, workspaceResource } from '../rest-resources.ts'

const userOf = (call: Call): User | undefined => call.stage.world.user(usernameOf(call) ?? '')

const withUser = (call: Call, then: (user: User) => Outcome): Outcome => {
  const user = userOf(call)
  return user === undefined ? outOfReach : then(user)
}

/** By UUID or Atlassian account id; usernames are no longer taken (developer.atlassian.com, GDPR changes of 2019). */
const findUser = (call: Call): User | undefined =>
  call.stage.world
    .users()
    .find((user) => user.uuid === uuidOf(call, 'selected_user') || user.accountId === nameOf(call, 'selected_user'))

/** What the consumer itself is called since 2026-05-04, when it asks with client credentials. */
const appUser = (consumer: string): unknown => ({ type: 'app_user', display_name: consumer, kind: 'oauth_consumer' })

const emailOf = ({ email }: User): unknown => ({ type: 'email', email, is_primary: true, is_confirmed: true })

const workspaceAccesses = (call: Call, user: User): readonly unknown[] =>
  reachableWorkspaces(call.stage, call.caller).map((workspace) => ({
    type: 'workspace_access',
    administrator: administers(call.stage, user.username, workspace),
    workspace: workspaceResource(workspace),
  }))

const ownPermission = (call: Call, user: User): Outcome => {
  const asked = call.stage.world.workspace(nameOf(call, 'workspace'))
  const workspace = reachableWorkspaces(call.stage, call.caller).find(({ slug }) => slug === asked?.slug)
  if (workspace === undefined) return outOfReach
  const permission = administers(call.stage, user.username, workspace) ? 'owner' : 'member'
  return ok({ type: 'workspace_membership', permission, workspace: workspaceResource(workspace) })
}

const ownRepositories = (call: Call, user: User): readonly unknown[] =>
  readableRepositories(call.stage, call.caller, nameOf(call, 'workspace')).flatMap((repository) => {
    const permission = call.stage.world.permission(user.username, repository)
    if (permission === undefined) return []
    return [{ type: 'repository_permission', permission, repository: repositoryResource(repository) }]
  })

/** developer.atlassian.com, GET /repositories/{workspace}: `role` narrows the list to what the caller may do there. */
const withRole = (call: Call): ((permission: string | undefined) => boolean) => {
  switch (call.request.query.get('role')) {
    case 'admin':
    case 'owner':
      return (permission) => permission === 'admin'
    case 'contributor':
      return (permission) => permission === 'admin' || permission === 'write'
    case 'member':
      return (permission) => permission !== undefined
    default:
      return () => true
  }
}

const listRepositories = (call: Call): Outcome => {
  const slug = call.stage.world.workspace(nameOf(call, 'workspace'))?.slug
  if (slug === undefined) return outOfReach
  const fits = withRole(call)
  const username = usernameOf(call)
  const permission = (one: Parameters<typeof repositoryResource>[0]): string | undefined =>
    username === undefined ? 'admin' : call.stage.world.permission(username, one)
  const readable = readableRepositories(call.stage, call.caller, slug)
  return page(readable.filter((one) => fits(permission(one))).map(repositoryResource))
}

/** The caller, other people, and what belongs to no single workspace. */
export const people: Readonly<Record<string, Behaviour>> = {
  'GET /user': (call) => {
    if (call.caller.kind === 'resource' && call.caller.credential.kind === 'oauth-token') {
      return ok(appUser(call.caller.credential.consumer))
    }
    return withUser(call, (user) => ok(userResource(user)))
  },
  'GET /user/emails': (call) => withUser(call, (user) => page([emailOf(user)])),
  'GET /user/emails/{email}': (call) =>
    withUser(call, (user) => okOr(nameOf(call, 'email') === user.email ? user : undefined, 'Email', emailOf)),
  'GET /user/workspaces': (call) => withUser(call, (user) => page(workspaceAccesses(call, user))),
  'GET /user/workspaces/{workspace}/permission': (call) => withUser(call, (user) => ownPermission(call, user)),
  'GET /user/workspaces/{workspace}/permissions/repositories': (call) =>
    withUser(call, (user) => page(ownRepositories(call, user))),
  'GET /user/permissions/workspaces': (call) => withUser(call, (user) => page(workspaceAccesses(call, user))),
  'GET /users/{selected_user}': (call) => okOr(findUser(call), 'User', userResource),
  'GET /repositories/{workspace}': listRepositories,
}
