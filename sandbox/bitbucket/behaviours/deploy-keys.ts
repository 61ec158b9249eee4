import { z } from 'zod'
import {
  done,
  nameOf,
  notFound,
  ok,
  okOr,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  stamp,
  withBody,
} from '../call.ts'
import type { DeployKey } from '../content.ts'

const resource = ({ id, label, key, addedAt }: DeployKey): Record<string, unknown> => ({
  type: 'deploy_key',
  id,
  label,
  key,
  comment: key.split(' ')[2] ?? '',
  added_on: stamp(addedAt),
})

const keysOf = (call: RepositoryCall): Map<number, DeployKey> =>
  call.stage.world.content.repository(call.repository.uuid).deployKeys

const asked = (call: RepositoryCall): DeployKey | undefined => keysOf(call).get(Number(nameOf(call, 'key_id')))

const add: RepositoryBehaviour = (call) =>
  withBody(call, z.object({ key: z.string().min(1), label: z.string().default('') }), (body) => {
    const added = { ...body, addedAt: call.stage.world.now() }
    return ok(resource(call.stage.world.content.addDeployKey(call.repository.uuid, added)))
  })

export const deployKeys: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/deploy-keys': (call) => page([...keysOf(call).values()].map(resource)),
  'POST ~R/deploy-keys': add,
  'GET ~R/deploy-keys/{key_id}': (call) => okOr(asked(call), 'Deploy key', resource),
  'DELETE ~R/deploy-keys/{key_id}': (call) =>
    keysOf(call).delete(Number(nameOf(call, 'key_id'))) ? done : notFound('Deploy key not found'),
}
