import type { Behaviour, Call, Outcome, RepositoryBehaviour, WorkspaceBehaviour } from '../call.ts'
import type { Subject } from '../subject.ts'
import { buildStatuses } from './build-statuses.ts'
import { deployKeys } from './deploy-keys.ts'
import { downloads } from './downloads.ts'
import { generic } from './generic.ts'
import { people } from './people.ts'
import { projects } from './projects.ts'
import { pullRequestReviews } from './pull-request-reviews.ts'
import { pullRequests } from './pull-requests.ts'
import { refs } from './refs.ts'
import { repositories } from './repositories.ts'
import { repositoryPeople, workspacePeople } from './repository-people.ts'
import { sources } from './sources.ts'
import { repositoryVariables, workspaceVariables } from './variables.ts'
import { repositoryHooks, workspaceHooks } from './webhooks.ts'

export { validateFirst } from './validate-first.ts'

/** By the operation's name in the scope table. What is missing here is answered by `generic`. */
export const behaviours: {
  readonly repository: Readonly<Record<string, RepositoryBehaviour>>
  readonly workspace: Readonly<Record<string, WorkspaceBehaviour>>
  readonly other: Readonly<Record<string, Behaviour>>
} = {
  repository: {
    ...repositories,
    ...repositoryPeople,
    ...refs,
    ...sources,
    ...pullRequests,
    ...pullRequestReviews,
    ...buildStatuses,
    ...repositoryHooks,
    ...repositoryVariables,
    ...downloads,
    ...deployKeys,
  },
  workspace: { ...workspacePeople, ...projects, ...workspaceHooks, ...workspaceVariables },
  other: people,
}

export const performBehaviour = async (call: Call, subject: Subject): Promise<Outcome> => {
  const { id } = call.operation
  switch (subject.kind) {
    case 'repository':
      return (await behaviours.repository[id]?.({ ...call, repository: subject.repository })) ?? generic(call)
    case 'workspace':
      return (await behaviours.workspace[id]?.({ ...call, workspace: subject.workspace })) ?? generic(call)
    case 'other':
      return (await behaviours.other[id]?.(call)) ?? generic(call)
  }
}
