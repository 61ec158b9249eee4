import { z } from 'zod'
import { actorOf } from '../actor.ts'
import {
  created,
  done,
  notFound,
  type Outcome,
  ok,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  withBody,
} from '../call.ts'
import type { PullRequest, Review } from '../content.ts'
import { askGit, listRefs } from '../git-reading.ts'
import { actorResource, commentResource } from '../pull-request-resource.ts'
import { pullRequestsOf, told, withPullRequest } from './pull-requests.ts'

const closed: Outcome = { kind: 'refused', status: 400, message: 'This pull request is already closed.' }

const review =
  (verdict: Review): RepositoryBehaviour =>
  (call) =>
    withPullRequest(call, (request) => {
      if (request.state !== 'OPEN') return closed
      request.reviews.set(actorOf(call), verdict)
      return ok({
        type: 'participant',
        role: 'PARTICIPANT',
        approved: verdict === 'approved',
        state: verdict,
        user: actorResource(call.stage, actorOf(call)),
      })
    })

const withdraw =
  (verdict: Review): RepositoryBehaviour =>
  (call) =>
    withPullRequest(call, (request) => {
      if (request.reviews.get(actorOf(call)) !== verdict) return notFound('Participant not found')
      request.reviews.delete(actorOf(call))
      return done
    })

const close = (call: RepositoryCall, request: PullRequest, state: 'MERGED' | 'DECLINED'): Outcome => {
  request.state = state
  request.closedBy = actorOf(call)
  request.updatedAt = call.stage.world.now()
  return ok(told(call, request))
}

const merge: RepositoryBehaviour = (call) =>
  withPullRequest(call, async (request) => {
    if (request.state !== 'OPEN') return closed
    const heads = await listRefs(call.stage, call.repository, 'heads')
    const headOf = (name: string): string | undefined => heads.find((head) => head.name === name)?.commit
    const [to, from] = [headOf(request.destination.branch), headOf(request.source.branch)]
    if (to === undefined || from === undefined) {
      return { kind: 'refused', status: 400, message: 'A branch of this pull request is gone' }
    }
    const mergeCommit = await writeMerge(call, request, to, from)
    if (mergeCommit === undefined) {
      return { kind: 'refused', status: 400, message: 'You can’t merge until you resolve all merge conflicts.' }
    }
    request.mergeCommit = mergeCommit
    return close(call, request, 'MERGED')
  })

/** A merge commit by git itself; undefined when the two sides conflict. */
const writeMerge = async (
  call: RepositoryCall,
  request: PullRequest,
  to: string,
  from: string,
): Promise<string | undefined> => {
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    const { code, output } = await askGit(call.stage, call.repository, args)
    return code === 0 ? output.toString('utf8').trim() : undefined
  }
  const tree = await git('merge-tree', '--write-tree', to, from)
  if (tree === undefined) return undefined
  const message = `Merged in ${request.source.branch} (pull request #${request.id})\n\n${request.title}`
  const commit = await git('commit-tree', tree, '-p', to, '-p', from, '-m', message)
  if (commit === undefined) return undefined
  const moved = await git('update-ref', `refs/heads/${request.destination.branch}`, commit, to)
  if (moved === undefined) return undefined
  if (request.closeSourceBranch) await git('update-ref', '-d', `refs/heads/${request.source.branch}`, from)
  return commit
}

const comment: RepositoryBehaviour = (call) =>
  withPullRequest(call, (request) =>
    withBody(call, z.object({ content: z.object({ raw: z.string().min(1) }) }), ({ content }) => {
      const count = pullRequestsOf(call).reduce((sum, one) => sum + one.comments.length, 0)
      const added = { id: count + 1, author: actorOf(call), raw: content.raw, createdAt: call.stage.world.now() }
      request.comments.push(added)
      return created(commentResource(call.stage, request, added))
    }),
  )

export const pullRequestReviews: Readonly<Record<string, RepositoryBehaviour>> = {
  'POST ~R/pullrequests/{pr}/approve': review('approved'),
  'DELETE ~R/pullrequests/{pr}/approve': withdraw('approved'),
  'POST ~R/pullrequests/{pr}/request-changes': review('changes_requested'),
  'DELETE ~R/pullrequests/{pr}/request-changes': withdraw('changes_requested'),
  'POST ~R/pullrequests/{pr}/decline': (call) =>
    withPullRequest(call, (request) => (request.state === 'OPEN' ? close(call, request, 'DECLINED') : closed)),
  'POST ~R/pullrequests/{pr}/merge': merge,
  'GET ~R/pullrequests/{pr}/comments': (call) =>
    withPullRequest(call, (request) => page(request.comments.map((one) => commentResource(call.stage, request, one)))),
  'POST ~R/pullrequests/{pr}/comments': comment,
}
