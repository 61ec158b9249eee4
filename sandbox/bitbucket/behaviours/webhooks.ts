import { z } from 'zod'
import {
  type Call,
  created,
  done,
  notFound,
  type Outcome,
  ok,
  okOr,
  page,
  type RepositoryBehaviour,
  stamp,
  uuidOf,
  type WorkspaceBehaviour,
  withBody,
} from '../call.ts'
import type { Webhook } from '../content.ts'

const shape = z.object({
  url: z.string().min(1),
  description: z.string().default(''),
  active: z.boolean().default(true),
  events: z.array(z.string().min(1)).min(1),
  secret: z.string().optional(),
})

/** Where a hook hangs: on a repository or on a workspace. */
interface Place {
  readonly hooks: Map<string, Webhook>
  readonly subjectType: 'repository' | 'workspace'
  readonly api: string
  readonly seed: string
}

const resource = (hook: Webhook, place: Place): Record<string, unknown> => ({
  type: 'webhook_subscription',
  uuid: `{${hook.uid}}`,
  url: hook.url,
  description: hook.description,
  subject_type: place.subjectType,
  active: hook.active,
  events: hook.events,
  secret_set: hook.hasSecret,
  created_at: stamp(hook.createdAt),
  links: { self: { href: `${place.api}/hooks/%7B${hook.uid}%7D` } },
})

const read = (body: z.infer<typeof shape>, uid: string, createdAt: Date): Webhook => ({
  uid,
  url: body.url,
  description: body.description,
  active: body.active,
  events: body.events,
  hasSecret: body.secret !== undefined && body.secret !== '',
  createdAt,
})

const create = (call: Call, place: Place): Promise<Outcome> =>
  withBody(call, shape, (body) => {
    const hook = read(body, call.stage.world.newId('hook', place.seed), call.stage.world.now())
    place.hooks.set(hook.uid, hook)
    return created(resource(hook, place))
  })

const update = async (call: Call, place: Place): Promise<Outcome> => {
  const before = place.hooks.get(uuidOf(call, 'uid'))
  if (before === undefined) return notFound('Webhook not found')
  return withBody(call, shape, (body) => {
    const hook = read(body, before.uid, before.createdAt)
    place.hooks.set(hook.uid, hook)
    return ok(resource(hook, place))
  })
}

const remove = (call: Call, place: Place): Outcome =>
  place.hooks.delete(uuidOf(call, 'uid')) ? done : notFound('Webhook not found')

const list = (place: Place): Outcome => page([...place.hooks.values()].map((hook) => resource(hook, place)))

const one = (call: Call, place: Place): Outcome =>
  okOr(place.hooks.get(uuidOf(call, 'uid')), 'Webhook', (hook) => resource(hook, place))

const onRepository =
  (then: (call: Call, place: Place) => Outcome | Promise<Outcome>): RepositoryBehaviour =>
  (call) => {
    const { workspace, slug, uuid } = call.repository
    const { hooks } = call.stage.world.content.repository(uuid)
    const api = `https://api.bitbucket.org/2.0/repositories/${workspace}/${slug}`
    return then(call, { hooks, subjectType: 'repository', api, seed: uuid })
  }

const onWorkspace =
  (then: (call: Call, place: Place) => Outcome | Promise<Outcome>): WorkspaceBehaviour =>
  (call) => {
    const { slug, uuid } = call.workspace
    const { hooks } = call.stage.world.content.workspace(uuid)
    return then(call, {
      hooks,
      subjectType: 'workspace',
      api: `https://api.bitbucket.org/2.0/workspaces/${slug}`,
      seed: uuid,
    })
  }

export const repositoryHooks: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/hooks': onRepository((_call, place) => list(place)),
  'POST ~R/hooks': onRepository(create),
  'GET ~R/hooks/{uid}': onRepository(one),
  'PUT ~R/hooks/{uid}': onRepository(update),
  'DELETE ~R/hooks/{uid}': onRepository(remove),
}

export const workspaceHooks: Readonly<Record<string, WorkspaceBehaviour>> = {
  'GET ~W/hooks': onWorkspace((_call, place) => list(place)),
  'POST ~W/hooks': onWorkspace(create),
  'GET ~W/hooks/{uid}': onWorkspace(one),
  'PUT ~W/hooks/{uid}': onWorkspace(update),
  'DELETE ~W/hooks/{uid}': onWorkspace(remove),
}
