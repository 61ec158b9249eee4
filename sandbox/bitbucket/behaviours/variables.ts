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
  type RepositoryCall,
  uuidOf,
  type WorkspaceBehaviour,
  withBody,
} from '../call.ts'
import type { Environment, Variable } from '../content.ts'

const shape = z.object({
  key: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
  value: z.string(),
  secured: z.boolean().default(false),
})
const changes = shape.partial()

/** A secured value is never told again. */
const resource = (variable: Variable): Record<string, unknown> => ({
  type: 'pipeline_variable',
  uuid: `{${variable.uuid}}`,
  key: variable.key,
  value: variable.secured ? undefined : variable.value,
  secured: variable.secured,
})

interface Place {
  readonly variables: Map<string, Variable>
  readonly seed: string
}

const taken = (place: Place, key: string, except?: string): boolean =>
  [...place.variables.values()].some((one) => one.key === key && one.uuid !== except)

const conflict = (key: string): Outcome => ({
  kind: 'refused',
  status: 409,
  message: `A variable with the key ${key} already exists`,
})

const create = (call: Call, place: Place): Promise<Outcome> =>
  withBody(call, shape, (body) => {
    if (taken(place, body.key)) return conflict(body.key)
    const variable = { uuid: call.stage.world.newId('variable', place.seed), ...body }
    place.variables.set(variable.uuid, variable)
    return created(resource(variable))
  })

const update = async (call: Call, place: Place): Promise<Outcome> => {
  const before = place.variables.get(uuidOf(call, 'variable_uuid'))
  if (before === undefined) return notFound('Variable not found')
  return withBody(call, changes, (body) => {
    const { key = before.key, value = before.value, secured = before.secured } = body
    if (taken(place, key, before.uuid)) return conflict(key)
    const variable = { uuid: before.uuid, key, value, secured }
    place.variables.set(variable.uuid, variable)
    return ok(resource(variable))
  })
}

const remove = (call: Call, place: Place): Outcome =>
  place.variables.delete(uuidOf(call, 'variable_uuid')) ? done : notFound('Variable not found')

const list = (_call: Call, place: Place): Outcome => page([...place.variables.values()].map(resource))

const one = (call: Call, place: Place): Outcome =>
  okOr(place.variables.get(uuidOf(call, 'variable_uuid')), 'Variable', resource)

type Act = (call: Call, place: Place) => Outcome | Promise<Outcome>

const onRepository =
  (act: Act): RepositoryBehaviour =>
  (call) => {
    const { uuid } = call.repository
    return act(call, { variables: call.stage.world.content.repository(uuid).variables, seed: uuid })
  }

const onWorkspace =
  (act: Act): WorkspaceBehaviour =>
  (call) => {
    const { uuid } = call.workspace
    return act(call, { variables: call.stage.world.content.workspace(uuid).variables, seed: uuid })
  }

const initial = ['Test', 'Staging', 'Production'] as const

/** The three that every repository starts with (support.atlassian.com, set-up-and-monitor-deployments). */
const environmentsOf = (call: RepositoryCall): Map<string, Environment> => {
  const { environments } = call.stage.world.content.repository(call.repository.uuid)
  if (environments.size > 0) return environments
  for (const type of initial) {
    const uuid = call.stage.world.newId('environment', call.repository.uuid, type)
    environments.set(uuid, { uuid, name: type, slug: type.toLowerCase(), type, variables: new Map() })
  }
  return environments
}

const environmentResource = ({ uuid, name, slug, type }: Environment): Record<string, unknown> => ({
  type: 'deployment_environment',
  uuid: `{${uuid}}`,
  name,
  slug,
  environment_type: { type: 'deployment_environment_type', name: type },
})

const onEnvironment =
  (act: Act): RepositoryBehaviour =>
  (call) => {
    const environment = environmentsOf(call).get(uuidOf(call, 'environment_uuid'))
    if (environment === undefined) return notFound('Environment not found')
    return act(call, { variables: environment.variables, seed: environment.uuid })
  }

const atRepository = '~R/pipelines_config/variables'
const atEnvironment = '~R/deployments_config/environments/{environment_uuid}/variables'

export const repositoryVariables: Readonly<Record<string, RepositoryBehaviour>> = {
  [`GET ${atRepository}`]: onRepository(list),
  [`POST ${atRepository}`]: onRepository(create),
  [`GET ${atRepository}/{variable_uuid}`]: onRepository(one),
  [`PUT ${atRepository}/{variable_uuid}`]: onRepository(update),
  [`DELETE ${atRepository}/{variable_uuid}`]: onRepository(remove),
  'GET ~R/environments': (call) => page([...environmentsOf(call).values()].map(environmentResource)),
  'GET ~R/environments/{environment_uuid}': (call) =>
    okOr(environmentsOf(call).get(uuidOf(call, 'environment_uuid')), 'Environment', environmentResource),
  [`GET ${atEnvironment}`]: onEnvironment(list),
  [`POST ${atEnvironment}`]: onEnvironment(create),
  [`PUT ${atEnvironment}/{variable_uuid}`]: onEnvironment(update),
  [`DELETE ${atEnvironment}/{variable_uuid}`]: onEnvironment(remove),
}

const atWorkspace = '~W/pipelines-config/variables'

export const workspaceVariables: Readonly<Record<string, WorkspaceBehaviour>> = {
  [`GET ${atWorkspace}`]: onWorkspace(list),
  [`POST ${atWorkspace}`]: onWorkspace(create),
  [`GET ${atWorkspace}/{variable_uuid}`]: onWorkspace(one),
  [`PUT ${atWorkspace}/{variable_uuid}`]: onWorkspace(update),
  [`DELETE ${atWorkspace}/{variable_uuid}`]: onWorkspace(remove),
}
