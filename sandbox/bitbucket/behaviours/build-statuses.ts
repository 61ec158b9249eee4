import { z } from 'zod'
import {
  created,
  nameOf,
  notFound,
  type Outcome,
  ok,
  okOr,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  stamp,
  withBody,
} from '../call.ts'
import type { BuildStatus } from '../content.ts'
import { resolveCommit } from '../git-reading.ts'
import { withPullRequest } from './pull-requests.ts'

const state = z.enum(['INPROGRESS', 'SUCCESSFUL', 'FAILED', 'STOPPED'])

export const newStatus = z.object({
  key: z.string().min(1),
  state,
  url: z.string().min(1),
  name: z.string().optional(),
  description: z.string().optional(),
  refname: z.string().optional(),
})

const changes = newStatus.partial().omit({ key: true })

const statusesOf = (call: RepositoryCall): Map<string, BuildStatus> =>
  call.stage.world.content.repository(call.repository.uuid).statuses

const resource = (status: BuildStatus, call: RepositoryCall): Record<string, unknown> => ({
  type: 'build',
  key: status.key,
  state: status.state,
  url: status.url,
  name: status.name,
  description: status.description,
  refname: status.refname ?? null,
  uuid: `{${status.uuid}}`,
  commit: { type: 'commit', hash: status.commit },
  repository: { type: 'repository', full_name: `${call.repository.workspace}/${call.repository.slug}` },
  created_on: stamp(status.createdAt),
  updated_on: stamp(status.updatedAt),
})

const withCommit = async (
  call: RepositoryCall,
  then: (commit: string) => Outcome | Promise<Outcome>,
): Promise<Outcome> => {
  const commit = await resolveCommit(call.stage, call.repository, nameOf(call, 'commit'))
  return commit === undefined ? notFound('Commit not found') : then(commit)
}

const store = (call: RepositoryCall, commit: string, body: z.infer<typeof newStatus>): BuildStatus => {
  const place = `${commit} ${body.key}`
  const before = statusesOf(call).get(place)
  const now = call.stage.world.now()
  const status: BuildStatus = {
    commit,
    key: body.key,
    state: body.state,
    url: body.url,
    name: body.name ?? before?.name ?? body.key,
    description: body.description ?? before?.description ?? '',
    refname: body.refname ?? before?.refname,
    uuid: before?.uuid ?? call.stage.world.newId('status', call.repository.uuid, place),
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  statusesOf(call).set(place, status)
  return status
}

const report: RepositoryBehaviour = (call) =>
  withBody(call, newStatus, (body) => withCommit(call, (commit) => created(resource(store(call, commit, body), call))))

const find = (call: RepositoryCall, commit: string): BuildStatus | undefined =>
  statusesOf(call).get(`${commit} ${nameOf(call, 'key')}`)

const update: RepositoryBehaviour = (call) =>
  withCommit(call, (commit) => {
    const before = find(call, commit)
    if (before === undefined) return notFound('Build status not found')
    return withBody(call, changes, (body) => {
      const { key } = before
      const changed = { ...body, key, state: body.state ?? before.state, url: body.url ?? before.url }
      return ok(resource(store(call, commit, changed), call))
    })
  })

const listOf = (call: RepositoryCall, commit: string): Outcome =>
  page([...statusesOf(call).values()].filter((one) => one.commit === commit).map((one) => resource(one, call)))

export const buildStatuses: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/commit/{commit}/statuses': (call) => withCommit(call, (commit) => listOf(call, commit)),
  'POST ~R/commit/{commit}/statuses/build': report,
  'GET ~R/commit/{commit}/statuses/build/{key}': (call) =>
    withCommit(call, (commit) => okOr(find(call, commit), 'Build status', (status) => resource(status, call))),
  'PUT ~R/commit/{commit}/statuses/build/{key}': update,
  'GET ~R/pullrequests/{pr}/statuses': (call) => withPullRequest(call, ({ source }) => listOf(call, source.commit)),
}
