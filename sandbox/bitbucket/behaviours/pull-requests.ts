import { z } from 'zod'
import { actorOf } from '../actor.ts'
import {
  created,
  nameOf,
  notFound,
  type Outcome,
  ok,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  withBody,
  wrongFields,
} from '../call.ts'
import type { PullRequest } from '../content.ts'
import { askGit, listCommits, listRefs } from '../git-reading.ts'
import { commitResource } from '../git-resources.ts'
import { pullRequestResource } from '../pull-request-resource.ts'

/** Measured: 100 is refused (github.com/jonasporto/bb-cli, docs/api.md). */
const largestPage = 50

export const pullRequestsOf = (call: RepositoryCall): PullRequest[] =>
  call.stage.world.content.repository(call.repository.uuid).pullRequests

/** Answers with the pull request of the path, or that there is none. */
export const withPullRequest = async (
  call: RepositoryCall,
  then: (request: PullRequest) => Outcome | Promise<Outcome>,
): Promise<Outcome> => {
  const request = pullRequestsOf(call).find(({ id }) => String(id) === nameOf(call, 'pr'))
  return request === undefined ? notFound('Pull request not found') : then(request)
}

export const told = (call: RepositoryCall, request: PullRequest): Record<string, unknown> =>
  pullRequestResource(call.stage, call.repository, request)

/** Open ones unless `state` or `q` asks for others. */
const list: RepositoryBehaviour = (call) => {
  const { query } = call.request
  const states = query.getAll('state').flatMap((one) => one.split(','))
  const wanted = states.length > 0 ? states : /\bstate\b/.test(query.get('q') ?? '') ? undefined : ['OPEN']
  const requests = pullRequestsOf(call)
    .filter(({ state }) => wanted === undefined || wanted.includes(state))
    .map((request) => told(call, request))
  return page(requests.reverse(), largestPage)
}

const branch = z.object({ branch: z.object({ name: z.string().min(1) }) })
const newRequest = z.object({
  title: z.string().min(1),
  description: z.string().default(''),
  source: branch,
  destination: branch.optional(),
  close_source_branch: z.boolean().default(false),
  reviewers: z.array(z.object({ uuid: z.string().optional(), account_id: z.string().optional() })).default([]),
})

type NewRequest = z.infer<typeof newRequest>

const reviewerNames = (call: RepositoryCall, reviewers: NewRequest['reviewers']): readonly string[] =>
  reviewers.flatMap(({ uuid, account_id }) =>
    call.stage.world
      .users()
      .filter((user) => `{${user.uuid}}` === uuid || user.accountId === account_id)
      .map(({ username }) => username),
  )

/** Opens one between two branches of the repository; from a fork it is not played. */
const open = async (call: RepositoryCall, body: NewRequest): Promise<Outcome> => {
  const heads = await listRefs(call.stage, call.repository, 'heads')
  const headOf = (name: string): string | undefined => heads.find((head) => head.name === name)?.commit
  const from = body.source.branch.name
  const to = body.destination?.branch.name ?? 'main'
  const [source, destination] = [headOf(from), headOf(to)]
  if (source === undefined) return wrongFields({ source: [`branch not found: ${from}`] })
  if (destination === undefined) return wrongFields({ destination: [`branch not found: ${to}`] })
  if (source === destination) return { kind: 'refused', status: 400, message: 'There are no changes to be pulled' }
  const requests = pullRequestsOf(call)
  const request: PullRequest = {
    id: requests.length + 1,
    title: body.title,
    description: body.description,
    source: { branch: from, commit: source },
    destination: { branch: to, commit: destination },
    author: actorOf(call),
    createdAt: call.stage.world.now(),
    updatedAt: call.stage.world.now(),
    state: 'OPEN',
    closeSourceBranch: body.close_source_branch,
    reviewers: reviewerNames(call, body.reviewers),
    mergeCommit: undefined,
    closedBy: undefined,
    reviews: new Map(),
    comments: [],
  }
  requests.push(request)
  return created(told(call, request))
}

const changes = newRequest.partial().omit({ source: true })

const update: RepositoryBehaviour = (call) =>
  withPullRequest(call, (request) =>
    withBody(call, changes, (body) => {
      if (request.state !== 'OPEN')
        return { kind: 'refused', status: 400, message: 'This pull request is already closed.' }
      request.title = body.title ?? request.title
      request.description = body.description ?? request.description
      request.destination.branch = body.destination?.branch.name ?? request.destination.branch
      request.closeSourceBranch = body.close_source_branch ?? request.closeSourceBranch
      if (body.reviewers !== undefined) request.reviewers = reviewerNames(call, body.reviewers)
      request.updatedAt = call.stage.world.now()
      return ok(told(call, request))
    }),
  )

const commits: RepositoryBehaviour = (call) =>
  withPullRequest(call, async ({ source, destination }) => {
    const found = await listCommits(call.stage, call.repository, [source.commit], [destination.commit])
    return page(found.map((commit) => commitResource(call.repository, commit)))
  })

const diff: RepositoryBehaviour = (call) =>
  withPullRequest(call, async ({ source, destination }) => {
    const range = `${destination.commit}...${source.commit}`
    const { output } = await askGit(call.stage, call.repository, ['diff', range, '--'])
    return { kind: 'bytes', type: 'text/plain', bytes: output }
  })

export const pullRequests: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/pullrequests': list,
  'POST ~R/pullrequests': (call) => withBody(call, newRequest, (body) => open(call, body)),
  'GET ~R/pullrequests/{pr}': (call) => withPullRequest(call, (request) => ok(told(call, request))),
  'PUT ~R/pullrequests/{pr}': update,
  'GET ~R/pullrequests/{pr}/commits': commits,
  'GET ~R/pullrequests/{pr}/diff': diff,
  'GET ~R/pullrequests/{pr}/activity': (call) => withPullRequest(call, () => page([], largestPage)),
}
