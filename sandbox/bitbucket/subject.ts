import type { Permission, Repository, Workspace } from '../world.ts'
import { type Call, nameOf } from './call.ts'
import type { Operation } from './operation-index.ts'
import { atLeast, repositoryPermission, workspacePermission } from './reach.ts'

/** What an operation is about, once the caller may use it so. */
export type Subject =
  | { readonly kind: 'repository'; readonly repository: Repository }
  | { readonly kind: 'workspace'; readonly workspace: Workspace }
  | { readonly kind: 'other' }

export type NoSubject =
  | { readonly kind: 'out of reach' }
  | { readonly kind: 'needs a credential' }
  | { readonly kind: 'weak'; readonly needs: Permission }
  | { readonly kind: 'refused'; readonly message: string }

const repositoryPath = '/repositories/{workspace}/{repo_slug}'

const needsAdmin = /^(repository:admin|repository:delete|webhook|pipeline:variable|runner:write|project:admin)$/
const needsWrite = /^(repository:write|pipeline:write|runner)$/
/** Its scope is the one of writing a comment; the branch that it changes needs more. */
const changesBranch = new Set(['POST ~R/pullrequests/{pr}/merge', 'POST ~R/pullrequests/{pr}/decline'])

/**
 * Scopes say what a token may be used for, permissions what the person may do. Which permission an operation needs is
 * published for few; the legacy scope is taken as the measure.
 */
const neededPermission = (operation: Operation): Permission => {
  const [legacy = ''] = operation.legacyScopes
  if (needsAdmin.test(legacy)) return 'admin'
  return needsWrite.test(legacy) || changesBranch.has(operation.id) ? 'write' : 'read'
}

/** On public content, reading is open; the scope of an operation shows whether it reads content. */
const openToAnyone = (operation: Operation): boolean =>
  operation.method === 'GET' &&
  operation.legacyScopes.every((scope) => scope === 'repository' || scope === 'pullrequest' || scope === 'snippet')

export const findSubject = (call: Call): Subject | NoSubject => {
  const { operation } = call
  if (operation.template.startsWith(repositoryPath) && operation.id !== 'POST ~R') return repositorySubject(call)
  if (operation.template.startsWith('/workspaces/{workspace}')) return workspaceSubject(call)
  return call.caller.kind === 'anonymous' && !openToAnyone(operation)
    ? { kind: 'needs a credential' }
    : { kind: 'other' }
}

const repositorySubject = (call: Call): Subject | NoSubject => {
  const { stage, caller, operation } = call
  const repository = stage.world.repository(nameOf(call, 'workspace'), nameOf(call, 'repo_slug'))
  const granted = repository === undefined ? undefined : repositoryPermission(stage, caller, repository)
  if (repository === undefined || granted === undefined) return { kind: 'out of reach' }
  if (caller.kind === 'anonymous' && !openToAnyone(operation)) return { kind: 'needs a credential' }
  const needs = neededPermission(operation)
  if (!atLeast(granted, needs)) return { kind: 'weak', needs }
  return (repository.isPrivate ? policy(call, repository.workspace) : undefined) ?? { kind: 'repository', repository }
}

const workspaceSubject = (call: Call): Subject | NoSubject => {
  const { stage, caller, operation } = call
  const workspace = stage.world.workspace(nameOf(call, 'workspace'))
  const granted = workspace === undefined ? undefined : workspacePermission(stage, caller, workspace)
  if (caller.kind === 'anonymous' && operation.id !== 'GET ~W') return { kind: 'needs a credential' }
  if (workspace === undefined || granted === undefined) return { kind: 'out of reach' }
  const needs = neededPermission(operation)
  if (!atLeast(granted, needs)) return { kind: 'weak', needs }
  return policy(call, workspace.slug) ?? { kind: 'workspace', workspace }
}

/** Known for git only; on REST a switch, with git's texts. */
const policy = ({ stage, caller }: Call, slug: string): NoSubject | undefined => {
  const workspace = stage.world.workspace(slug)
  if (stage.switches.policiesOnRest === 'ignored' || workspace === undefined) return undefined
  if (workspace.ipAllowlist) {
    return { kind: 'refused', message: 'To access this repository, an admin must whitelist your IP.' }
  }
  const twoStep = caller.kind !== 'user' || stage.world.user(caller.username)?.twoStep === true
  if (workspace.requires2sv && !twoStep) {
    return { kind: 'refused', message: 'To access this repository, enable two-step authentication.' }
  }
  return undefined
}
