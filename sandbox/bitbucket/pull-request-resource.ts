import type { Stage } from '../reply.ts'
import type { Repository } from '../world.ts'
import { stamp } from './call.ts'
import type { Comment, PullRequest } from './content.ts'
import { userResource } from './rest-resources.ts'

/** A person by name, or the resource token that acted. */
export const actorResource = (stage: Stage, name: string): Record<string, unknown> => {
  const user = stage.world.user(name)
  return user === undefined ? { type: 'app_user', display_name: name } : userResource(user)
}

const side = (repository: Repository, branch: string, commit: string): Record<string, unknown> => ({
  branch: { name: branch },
  commit: { type: 'commit', hash: commit.slice(0, 12) },
  repository: {
    type: 'repository',
    full_name: `${repository.workspace}/${repository.slug}`,
    uuid: `{${repository.uuid}}`,
  },
})

const participants = (stage: Stage, request: PullRequest): readonly unknown[] => {
  const names = new Set([...request.reviewers, ...request.reviews.keys()])
  return [...names].map((name) => ({
    type: 'participant',
    user: actorResource(stage, name),
    role: request.reviewers.includes(name) ? 'REVIEWER' : 'PARTICIPANT',
    approved: request.reviews.get(name) === 'approved',
    state: request.reviews.get(name) ?? null,
  }))
}

export const pullRequestResource = (
  stage: Stage,
  repository: Repository,
  request: PullRequest,
): Record<string, unknown> => {
  const path = `repositories/${repository.workspace}/${repository.slug}/pullrequests/${request.id}`
  return {
    type: 'pullrequest',
    id: request.id,
    title: request.title,
    description: request.description,
    state: request.state,
    author: actorResource(stage, request.author),
    source: side(repository, request.source.branch, request.source.commit),
    destination: side(repository, request.destination.branch, request.destination.commit),
    merge_commit: request.mergeCommit === undefined ? null : { type: 'commit', hash: request.mergeCommit.slice(0, 12) },
    close_source_branch: request.closeSourceBranch,
    closed_by: request.closedBy === undefined ? null : actorResource(stage, request.closedBy),
    reviewers: request.reviewers.map((name) => actorResource(stage, name)),
    participants: participants(stage, request),
    comment_count: request.comments.length,
    task_count: 0,
    created_on: stamp(request.createdAt),
    updated_on: stamp(request.updatedAt),
    links: {
      self: { href: `https://api.bitbucket.org/2.0/${path}` },
      html: { href: `https://bitbucket.org/${repository.workspace}/${repository.slug}/pull-requests/${request.id}` },
    },
  }
}

export const commentResource = (stage: Stage, request: PullRequest, comment: Comment): Record<string, unknown> => ({
  type: 'pullrequest_comment',
  id: comment.id,
  content: { type: 'rendered', raw: comment.raw, markup: 'markdown' },
  user: actorResource(stage, comment.author),
  pullrequest: { type: 'pullrequest', id: request.id },
  created_on: stamp(comment.createdAt),
  deleted: false,
})
